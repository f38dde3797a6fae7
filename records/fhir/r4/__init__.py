"""Resources of any FHIR version as FHIR R4 resources that a stranger's software accepts.

Built anew from what is surely the same (types.py), never copied whole: what is unknown, malformed or has
another meaning in R4 is left out, and the narrative that the caller puts beside it says it in words. Sources:
the R4 resource definitions, and the maps between versions that come with them.
"""

from collections.abc import Callable, Mapping

from records.fhir.r4 import clinical, measured, medicines
from records.fhir.r4.types import ABSENT, Part, absent, made
from records.fhir.row import Resource

__all__ = ["ABSENT", "Part", "absent", "as_r4", "made"]

_DEEPEST = 40
Translator = Callable[[Resource, str, Mapping[str, str]], Part | None]
_TRANSLATORS: dict[str, tuple[str, str, Translator]] = {
    "AllergyIntolerance": ("AllergyIntolerance", "patient", clinical.allergy),
    "CarePlan": ("CarePlan", "subject", clinical.plan),
    "Condition": ("Condition", "subject", clinical.condition),
    "DiagnosticReport": ("DiagnosticReport", "subject", measured.report),
    "Immunization": ("Immunization", "patient", clinical.vaccine),
    "MedicationAdministration": ("MedicationAdministration", "subject", medicines.administration),
    "MedicationDispense": ("MedicationDispense", "subject", medicines.dispense),
    "MedicationOrder": ("MedicationRequest", "subject", medicines.request),
    "MedicationPrescription": ("MedicationRequest", "subject", medicines.request),
    "MedicationRequest": ("MedicationRequest", "subject", medicines.request),
    "MedicationStatement": ("MedicationStatement", "subject", medicines.statement),
    "Observation": ("Observation", "subject", measured.observation),
    "Procedure": ("Procedure", "subject", clinical.procedure),
}


def turned(value: object, depth: int = 0) -> bool:
    """Whether an extension that may turn a meaning round stands anywhere in it (FHIR R4 §2.4.0.3): such a
    record is told in words alone.
    """
    if depth > _DEEPEST:
        return True
    if isinstance(value, dict):
        return "modifierExtension" in value or any(turned(one, depth + 1) for one in value.values())
    return isinstance(value, list) and any(turned(one, depth + 1) for one in value)


def as_r4(resource: Resource, title: str, patient: str, inside: Mapping[str, str]) -> Part | None:
    """The resource in R4's shape, about the Patient at the address `patient`; None where R4 cannot surely say
    it. `title`: what its page calls it. `inside`: where records of the same document stand, by their keys
    ("Observation/123").
    """
    name = resource.get("resourceType")
    if not isinstance(name, str) or name not in _TRANSLATORS or turned(resource):
        return None
    becomes, about, translate = _TRANSLATORS[name]
    told = translate(resource, title, inside)
    return None if told is None else {"resourceType": becomes, **told, about: {"reference": patient}}
