"""Deleting all that came from one place, a batch at a time, so that it may be interrupted anywhere.

From the first moment nothing of it is shown, and nothing can be kept for the place any more: whatever a
worker still brings is turned away (`writing.hold`). The place's key is free at once for a new beginning.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from records.models import (
    Correction,
    Delivery,
    Looked,
    Quarantined,
    Question,
    Record,
    Said,
    Source,
    Takeout,
    Tally,
    Version,
    Wanted,
)
from records.store import writing

_AT_ONCE = 500
_WORDS: tuple[Any, ...] = (Said, Correction, Question)


@dataclass(frozen=True, slots=True)
class Count:
    """How many of what: records, earlier states of them, the patient's own words about them, resources that
    could not be read, and files made from the records to take away.
    """

    records: int = 0
    versions: int = 0
    words: int = 0
    unread: int = 0
    takeouts: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    def as_dict(self) -> dict[str, int]:
        """For a column of plain values."""
        return asdict(self)


def would_erase(patient_id: int, key: str) -> Count:
    """What `erase` would take away of the place with this key. Inside the patient's scope."""
    source = Source.objects.filter(patient_id=patient_id, key=key).first()
    takeouts = Takeout.objects.filter(patient_id=patient_id).count()
    if source is None:
        return Count(takeouts=takeouts)
    mine = {"patient_id": patient_id, "source_id": source.pk}
    return Count(
        records=Record.objects.filter(**mine).count(),
        versions=Version.objects.filter(**mine).count(),
        words=_words_of(source),
        unread=Quarantined.objects.filter(**mine).count(),
        takeouts=takeouts,
    )


def held(patient_id: int) -> int:
    """How many records are kept for a patient, of all places. Inside their scope."""
    return Record.objects.filter(patient_id=patient_id).count()


def begin_erasing(patient_id: int, key: str) -> tuple[int | None, Count]:
    """Close the place with this key for good, and delete the files made to be taken away: they hold its
    records. Its primary key, None where there is none, and what went at once. Inside the patient's scope.
    """
    writing.hold_alone(patient_id)
    files = Takeout.objects.filter(patient_id=patient_id)
    gone = Count(takeouts=files.count())
    files.delete()
    source = Source.objects.filter(patient_id=patient_id, key=key).first()
    if source is None:
        return None, gone
    Source.objects.filter(patient_id=patient_id, pk=source.pk).update(
        key=f"{writing.ERASING}{source.pk}", gate=Source.Gate.REFUSED, gate_note="erasing"
    )
    return source.pk, gone


def erase(patient_id: int, source_id: int) -> Count | None:
    """One batch of what came from a place that was closed by `begin_erasing`; None when nothing is left.

    What other places sent stays. Inside the patient's scope.
    """
    writing.hold_alone(patient_id)
    mine = {"patient_id": patient_id, "source_id": source_id}
    head = Record.objects.filter(**mine).values_list("origin_id", "resource_type").first()
    if head is not None:
        return _batch(mine, *head)
    source = Source.objects.filter(patient_id=patient_id, pk=source_id).first()
    return _rest(source, mine) if source is not None else None


def _batch(mine: dict[str, int], origin_id: int, resource_type: str) -> Count:
    """Some records of one type, with whatever hangs on them."""
    rows = Record.objects.filter(**mine, origin_id=origin_id, resource_type=resource_type)
    ids = list(rows.values_list("fhir_id", flat=True)[:_AT_ONCE])
    same = {
        "patient_id": mine["patient_id"],
        "origin_id": origin_id,
        "resource_type": resource_type,
        "fhir_id__in": ids,
    }
    Looked.objects.filter(**same).delete()
    return Count(
        versions=count_deleted(Version.objects.filter(**same)),
        words=sum(count_deleted(words.objects.filter(**same)) for words in _WORDS),
        records=count_deleted(rows.filter(fhir_id__in=ids)),
    )


def _rest(source: Source, mine: dict[str, int]) -> Count:
    """What names the place without one of its records, and at last the place."""
    gone = Count(
        versions=count_deleted(Version.objects.filter(**mine)),
        words=count_deleted(Correction.objects.filter(**mine)),
        unread=count_deleted(Quarantined.objects.filter(**mine)),
    )
    for table in (Wanted, Delivery, Looked, Tally):
        table.objects.filter(**mine).delete()
    source.delete()
    return gone


def count_deleted(rows: QuerySet[Any]) -> int:
    """How many of these rows themselves went; what hangs on them is not counted."""
    return rows.delete()[1].get(rows.model._meta.label, 0)


def _words_of(source: Source) -> int:
    """How many words of the patient's own are about records of this place."""
    here = Record.objects.filter(
        patient_id=source.patient_id,
        source=source,
        origin_id=OuterRef("origin_id"),
        resource_type=OuterRef("resource_type"),
        fhir_id=OuterRef("fhir_id"),
    )
    about = Q(Exists(here))
    kinds: list[tuple[Any, Q]] = [
        (Said, about),
        (Question, about),
        (Correction, about | Q(source_id=source.pk)),
    ]
    return sum(words.objects.filter(meant, patient_id=source.patient_id).count() for words, meant in kinds)
