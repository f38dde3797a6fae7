"""Who lets whom see a Patient, and which Patients an app may export together.

`sandbox/permissions.py` serves the first, `sandbox/bulk.py` the second. A reset empties these as it empties
everything else; they do not outlive the process.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Grant:
    """One user lets another see one Patient and what belongs to it."""

    owner: int
    fhir_version: str
    patient_id: str
    grantee: int


@dataclass(slots=True)
class Group:
    """Patients of one app that an export may name together, each with its FHIR version."""

    id: str
    client_id: str
    members: set[tuple[str, str]] = field(default_factory=set)
