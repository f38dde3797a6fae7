"""Which FHIR version a bundle is in: by the folder it lies in, else by what only one version writes."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

from sandbox.charts import VERSIONS

Resource = Mapping[str, Any]

# Types that one version has and the others have not.
_TYPES = {
    "MedicationOrder": "dstu2",
    "DiagnosticOrder": "dstu2",
    "ProcedureRequest": "stu3",
    "ReferralRequest": "stu3",
    "ServiceRequest": "r4",
    "MolecularSequence": "r4",
    "CoverageEligibilityRequest": "r4",
}

# (version, type or "" for all, test): signs inside a resource, from the FHIR change logs of STU3 and R4.
_SIGNS: tuple[tuple[str, str, Callable[[Resource], bool]], ...] = (
    ("dstu2", "Patient", lambda it: isinstance(_first(it.get("name")).get("family"), list)),
    ("dstu2", "Patient", lambda it: "careProvider" in it),
    ("dstu2", "Encounter", lambda it: isinstance(it.get("class"), str)),
    ("dstu2", "Encounter", lambda it: "patient" in it),
    ("dstu2", "Condition", lambda it: "patient" in it),
    ("dstu2", "Immunization", lambda it: "wasNotGiven" in it),
    ("stu3", "Immunization", lambda it: "notGiven" in it),
    ("dstu2", "Observation", lambda it: isinstance(it.get("category"), dict)),
    ("stu3", "", lambda it: "context" in it and "subject" in it),
    ("stu3", "Condition", lambda it: isinstance(it.get("clinicalStatus"), str) and "subject" in it),
    ("r4", "Condition", lambda it: isinstance(it.get("clinicalStatus"), dict)),
    ("r4", "AllergyIntolerance", lambda it: isinstance(it.get("clinicalStatus"), dict)),
    ("r4", "Encounter", lambda it: isinstance(it.get("class"), dict) and "reasonReference" in it),
    ("r4", "Observation", lambda it: "encounter" in it and isinstance(it.get("category"), list)),
    ("r4", "Immunization", lambda it: isinstance(it.get("statusReason"), dict)),
)


def version_of(place: PurePosixPath, resources: Iterable[Resource]) -> str:
    """ "dstu2", "stu3" or "r4": the nearest folder so named, else what most signs say, else "r4"."""
    for folder in reversed(place.parent.parts):
        if folder.lower() in VERSIONS:
            return folder.lower()
    votes = Counter(vote for resource in resources for vote in _votes(resource))
    return votes.most_common(1)[0][0] if votes else "r4"


def _votes(resource: Resource) -> list[str]:
    resource_type = resource.get("resourceType", "")
    votes = [version for version, kind, sign in _SIGNS if kind in ("", resource_type) and sign(resource)]
    return [*votes, _TYPES[resource_type]] if resource_type in _TYPES else votes


def _first(value: Any) -> Resource:
    found = value[0] if isinstance(value, list) and value else value
    return found if isinstance(found, dict) else {}
