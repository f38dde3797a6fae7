"""Patient resources as references: one for each connected place (docs/oneup.md §0.2 fact 7, §8.7)."""

import re
from collections.abc import Iterable

from connect.gateway import Page, PatientRef, Unreadable
from connect.oneup.replies import json_of
from connect.oneup.rules import FHIR_ID

_SOURCE = re.compile(r"1up-external-system:([A-Za-z0-9_-]{1,64})(?:#.*)?")


def patient_refs(call: str, pages: Iterable[Page], version: str) -> tuple[PatientRef, ...]:
    """Each Patient once, in the order they came; one without a usable id cannot be asked for and is left out.

    Raises `Unreadable` when Patients came and not one of them can be used: "none" would be untrue.
    """
    found: dict[str, PatientRef] = {}
    left_out = 0
    for page in pages:
        refs = [_patient_ref(resource, version) for resource in page.resources]
        found |= {ref.id: ref for ref in refs if ref is not None}
        left_out += refs.count(None) + len(page.rejected)
    if left_out and not found:
        raise Unreadable(call)
    return tuple(found.values())


def _patient_ref(resource: bytes, version: str) -> PatientRef | None:
    values = json_of(resource)
    identifier = values.get("id")
    if values["resourceType"] != "Patient" or not isinstance(identifier, str):
        return None
    if not re.fullmatch(FHIR_ID, identifier):
        return None
    return PatientRef(version, identifier, _place_key(values.get("meta")), resource)


def _place_key(meta: object) -> str:
    """The system id in `meta.source`; DSTU2 has no such element, then the caller asks the audit events."""
    source = meta.get("source") if isinstance(meta, dict) else None
    found = _SOURCE.fullmatch(source) if isinstance(source, str) else None
    return found[1] if found else ""
