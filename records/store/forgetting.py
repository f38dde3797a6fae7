"""Deleting a patient's records altogether, and what is left of a user in the records of others."""

from records.models import (
    Correction,
    EmergencyContact,
    Feed,
    Looked,
    Question,
    Record,
    Said,
    Seen,
    Source,
    Takeout,
    Version,
)
from records.store import erasing, writing
from records.store.erasing import Count

_WORDS = (Said, Correction, Question, EmergencyContact)


def forget(patient_id: int) -> Count | None:
    """One batch of everything kept for a patient; None when nothing is left. Inside their scope."""
    source = Source.objects.filter(patient_id=patient_id).order_by("pk").first()
    if source is not None and not source.key.startswith(writing.ERASING):
        return erasing.begin_erasing(patient_id, source.key)[1]
    if source is not None:
        return erasing.erase(patient_id, source.pk)
    return _rest(patient_id)


def forget_user(patient_id: int, user_id: int, *, called: str) -> None:
    """Take a user out of the records of a patient whom somebody else looks after too.

    What they wrote for the patient stays, as the patient's; `called` stands in place of their name. Inside
    the patient's scope.
    """
    mine = {"patient_id": patient_id, "user_id": user_id}
    for table in (Seen, Looked, Takeout):
        table.objects.filter(**mine).delete()
    for words in (Said, Correction, Question):
        words.objects.filter(**mine, own=False).update(speaker=called)


def _rest(patient_id: int) -> Count | None:
    """What hangs on no place; its own count, and None when there was none of it."""
    mine = {"patient_id": patient_id}
    gone = Count(
        records=erasing.count_deleted(Record.objects.filter(**mine)),
        versions=erasing.count_deleted(Version.objects.filter(**mine)),
        words=sum(erasing.count_deleted(words.objects.filter(**mine)) for words in _WORDS),
        takeouts=erasing.count_deleted(Takeout.objects.filter(**mine)),
    )
    marks = [erasing.count_deleted(table.objects.filter(**mine)) for table in (Seen, Looked, Feed)]
    return gone if gone != Count() or any(marks) else None
