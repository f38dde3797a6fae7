"""A clinic's work on outside records: mark as reviewed, assign, note, and that a question of the patient was
talked about. Inside the scope of who looks.
"""

from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Now

from ground.viewer import Viewer
from records import access
from records.models import Question, Review
from records.reading.finding import NotThere
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


def discussed(*, viewer: Viewer, pk: int, named: str) -> None:
    """A question of the patient was talked about with them, says who looks for a clinic (`named`, as the
    patient reads it); what was said so before stays. Raises NotThere.
    """
    found = _question(viewer, pk).filter(discussed_at=None, answered_at=None)
    found.update(
        discussed_at=Now(),
        discussed_by=viewer.user_id,
        discussed_clinic=viewer.clinic_id,
        discussed_named=named[:320],
    )


def not_discussed(*, viewer: Viewer, pk: int) -> None:
    """It was not, after all, says the clinic that said so. Raises NotThere."""
    found = _question(viewer, pk).filter(discussed_clinic=viewer.clinic_id)
    found.update(discussed_at=None, discussed_by=None, discussed_clinic=None, discussed_named="")


def _question(viewer: Viewer, pk: int) -> QuerySet[Question]:
    """One that the viewer's grant shows them."""
    found = access.words_of(viewer, Question.objects.filter(pk=pk))
    if viewer.kind != "staff" or not found.exists():
        raise NotThere
    return found


def _mine(viewer: Viewer) -> Review:
    """Of the one patient in reach."""
    (patient_id,) = viewer.patients
    review, _is_new = Review.objects.get_or_create(clinic_id=viewer.clinic_id or 0, patient_id=patient_id)
    return review
