"""A clinic's work on outside records: mark as reviewed, assign, note. Inside the scope of who looks."""

from typing import Any

from django.db.models.functions import Now

from ground.viewer import Viewer
from records.models import Review
from records.reading.work import feed_number


def reviews(viewer: Viewer) -> dict[int, Review]:
    """What the viewer's clinic noted, by patient."""
    rows = Review.objects.filter(clinic_id=viewer.clinic_id or 0, patient_id__in=viewer.patients)
    return {one.patient_id: one for one in rows}


def mark_reviewed(*, viewer: Viewer, number: int) -> None:
    """The clinic has reviewed everything up to a number of the feed, and nothing that is still to come; never
    takes back a later one.
    """
    review = _mine(viewer)
    number = min(number, feed_number(viewer))
    later = Review.objects.filter(pk=review.pk, number__lte=number)
    later.update(number=number, reviewed_by=viewer.user_id, reviewed_at=Now(), changed_at=Now())


def assign(*, viewer: Viewer, to: int | None, note: str) -> None:
    """Whose turn it is (a user of the clinic, None: nobody's), and what the next reader should know."""
    review = _mine(viewer)
    changed: dict[str, Any] = {"assigned_to": to, "changed_at": Now()}
    if note != review.note:
        changed |= {"note": note, "noted_by": viewer.user_id}
    Review.objects.filter(pk=review.pk).update(**changed)


def _mine(viewer: Viewer) -> Review:
    """Of the one patient in reach."""
    (patient_id,) = viewer.patients
    review, _is_new = Review.objects.get_or_create(clinic_id=viewer.clinic_id or 0, patient_id=patient_id)
    return review
