"""How far a reader has looked."""

from collections.abc import Iterable

from ground.viewer import Viewer
from records.models import Looked, Record, Seen
from records.reading import upto


def mark_seen(*, viewer: Viewer, number: int) -> None:
    """The viewer has looked at everything up to a number of the feed; never takes back a later look."""
    for patient_id in viewer.patients:
        seen, made = Seen.objects.get_or_create(
            patient_id=patient_id, user_id=viewer.user_id or 0, defaults={"number": number}
        )
        if not made:
            Seen.objects.filter(pk=seen.pk, patient_id=patient_id, number__lt=number).update(number=number)
        mine = Looked.objects.filter(patient_id=patient_id, user_id=viewer.user_id or 0)
        mine.filter(number__lte=number).delete()


def mark_opened(*, viewer: Viewer, records: Iterable[Record]) -> None:
    """The viewer has read the page of these records: they are unread no more, all others stay as they were.

    Nothing is written where none was unread, nor for who acts for a patient without being a user.
    """
    looked = upto(viewer)
    if viewer.user_id is None or looked.seen is None:
        return
    unread = [one for one in records if one.changed > looked.seen]
    Looked.objects.bulk_create(
        [_opened(one, viewer.user_id) for one in unread],
        update_conflicts=True,
        unique_fields=["patient", "user_id", "origin", "resource_type", "fhir_id"],
        update_fields=["number"],
    )


def _opened(record: Record, user_id: int) -> Looked:
    return Looked(
        patient_id=record.patient_id,
        source_id=record.source_id,
        user_id=user_id,
        origin_id=record.origin_id,
        resource_type=record.resource_type,
        fhir_id=record.fhir_id,
        number=record.changed,
    )
