"""Records that their place no longer sends: in no list any more, on their own page still."""

from collections.abc import Collection
from hashlib import blake2b

from records.fhir.catalogue import BEHIND, PEOPLE_AND_PLACES
from records.models import Origin, Record
from records.store import writing
from records.store.writing import Place

MARK_BYTES = 8
_SHARED = ("Binary", "Medication", "Patient")
"""Fetched by itself, or about more than one record: that a pass did not bring it says nothing."""


def mark(resource_type: str, fhir_id: str) -> bytes:
    """What stands for a record among those that a pass saw; no two of a patient's meet in it by chance."""
    return blake2b(f"{resource_type}/{fhir_id}".encode(), digest_size=MARK_BYTES).digest()


def note_gone(
    *,
    patient_id: int,
    source_id: int,
    origin: Origin,
    upstream_patients: Collection[str],
    seen: Collection[bytes],
) -> int:
    """Note that complete passes over these Patients brought only what is `seen`; how many records are gone.

    Of a type of which they brought nothing at all nobody knows: sharing that kind may have been switched off.
    What is gone moves in the feed, so that it is told. Inside the patient's scope.
    """
    place = Place(patient_id, source_id, origin.pk, "")
    if not writing.hold(place):
        return 0
    gone = _gone(place, upstream_patients, seen)
    if gone:
        writing.remove(place, writing.next_number(patient_id), gone)
    return len(gone)


def missing(
    *,
    patient_id: int,
    source_id: int,
    origin: Origin,
    upstream_patients: Collection[str],
    seen: Collection[bytes],
) -> int:
    """How many records `note_gone` would take out of the lists; changes nothing."""
    return len(_gone(Place(patient_id, source_id, origin.pk, ""), upstream_patients, seen))


def _gone(place: Place, upstream_patients: Collection[str], seen: Collection[bytes]) -> list[tuple[str, str]]:
    rows = Record.objects.filter(
        patient_id=place.patient_id,
        source_id=place.source_id,
        origin_id=place.origin_id,
        upstream_patient__in=upstream_patients,
        removed_at=None,
    ).exclude(kind__in=(BEHIND.slug, PEOPLE_AND_PLACES.slug))
    held = list(rows.exclude(resource_type__in=_SHARED).values_list("resource_type", "fhir_id"))
    here = {name for name, key in held if mark(name, key) in seen}
    return [(name, key) for name, key in held if name in here and mark(name, key) not in seen]
