"""Whose a line of everybody's export is, told from the line alone; and what else it names.

Strict: what has a subject is the subject's and nobody else's; without one it must name one patient alone.
What names nobody, such as a doctor, is theirs whose records name it.
"""

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

import msgspec

#: What may say of nobody whose it is. Anything else that names no patient is nobody's, and left out.
NOBODYS = frozenset({
    "Binary", "Device", "Endpoint", "HealthcareService", "Location", "Medication", "Organization",
    "Practitioner", "PractitionerRole", "Questionnaire", "Substance",
})  # fmt: skip
_PATIENT = re.compile(rb'"reference"\s*:\s*"(?:[^"]{0,500}/)?Patient/([A-Za-z0-9\-.]{1,64})(?=["/])')
_NAMED = re.compile(
    rb'"(?:reference|url)"\s*:\s*"(?:[^"]{0,500}/)?([A-Z][A-Za-z]{1,63})/([A-Za-z0-9\-.]{1,64})(?=["/])'
)


class Line(NamedTuple):
    """What a line says of itself: type, id, and the upstream Patient it is about; "" where it names none,
    None where it cannot be told.
    """

    kind: str
    id: str
    owner: str | None


class _Head(msgspec.Struct):
    resourceType: str = ""
    id: str = ""
    subject: msgspec.Raw = msgspec.Raw(b"")
    patient: msgspec.Raw = msgspec.Raw(b"")
    beneficiary: msgspec.Raw = msgspec.Raw(b"")


def line(raw: bytes) -> Line:
    """Read a line's head. Never raises."""
    try:
        head = msgspec.json.decode(raw, type=_Head)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Line("", "", None)
    if head.resourceType == "Patient":
        return Line("Patient", head.id, head.id or None)
    return Line(head.resourceType, head.id, _owner(raw, head))


def _owner(raw: bytes, head: _Head) -> str | None:
    said = bytes(head.subject) + bytes(head.patient) + bytes(head.beneficiary)
    named: set[bytes] = set(_PATIENT.findall(said or raw))
    if len(named) == 1:
        return named.pop().decode()
    if named or (said and head.resourceType not in NOBODYS):
        return None
    return ""


def names_patient(raw: bytes, patient: str) -> bool:
    """Whether a line names this Patient, or none at all."""
    named = set(_PATIENT.findall(raw))
    return patient.encode() in named or not named


def names(raw: bytes) -> Iterator[bytes]:
    """Marks of what a record names that may be nobody's."""
    for kind, identifier in _NAMED.findall(raw):
        if kind.decode() in NOBODYS:
            yield mark(kind.decode(), identifier.decode())


def patient_in(raw: bytes) -> str:
    """The one Patient that bytes name which cannot be read; "" where it is not one."""
    named: set[bytes] = set(_PATIENT.findall(raw))
    return named.pop().decode() if len(named) == 1 else ""


def mark(kind: str, identifier: str) -> bytes:
    """Sixteen bytes for a type and an id."""
    return sha256(f"{kind}/{identifier}".encode()).digest()[:16]
