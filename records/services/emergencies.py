"""Access in an emergency: one member of a clinic sees one patient's records for an hour, unasked.

It is a grant that nobody gave: it ends by itself, the patient can stop it, and all that asks for grants asks
for this one too. What places marked as sensitive and what the patient says stay out of it (decision 0033).
"""

from dataclasses import replace
from datetime import timedelta

from django.db.models.functions import Now

from ground import scope
from ground.viewer import Viewer
from records.models import Grant

LASTS = timedelta(minutes=60)


def begin(*, viewer: Viewer, patient_id: int, named: str) -> Grant:
    """Let who looks for a clinic see this patient from now on; `named` is who, as the patient reads it. A
    second time within the hour it is the one that is there.
    """
    if viewer.kind != "staff" or viewer.clinic_id is None or viewer.user_id is None:
        raise ValueError("only somebody of a clinic")
    with scope.open(replace(viewer, patients=(patient_id,))):
        scope.alone(patient_id)
        found = _mine(viewer, patient_id)
        return found or Grant.objects.create(
            patient_id=patient_id,
            recipient=Grant.Recipient.EMERGENCY,
            clinic_id=viewer.clinic_id,
            person_id=viewer.user_id,
            named=named,
            every_kind=True,
            every_place=True,
            undated=True,
            offered_at=Now(),
            accepted_at=Now(),
            confirmed_at=Now(),
            ends_at=Now() + LASTS,
            changed_by=viewer.user_id,
        )


def _mine(viewer: Viewer, patient_id: int) -> Grant | None:
    rows = Grant.objects.of(patient_id).good().filter(recipient=Grant.Recipient.EMERGENCY)
    return rows.filter(clinic_id=viewer.clinic_id, person_id=viewer.user_id).first()
