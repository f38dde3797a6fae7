"""Whom to call in an emergency, as the patient wrote it down. Nobody else is shown it."""

from ground import audit
from ground.viewer import Viewer
from records import access
from records.models import EmergencyContact


def to_call(viewer: Viewer) -> tuple[EmergencyContact, ...]:
    """Whom to call, the first one first; nobody for who looks by a grant. Inside the viewer's scope; the look
    is written.
    """
    if not access.sees_all(viewer):
        return ()
    found = tuple(EmergencyContact.objects.filter(patient_id__in=viewer.patients).order_by("position"))
    for patient_id in {one.patient_id for one in found}:
        audit.looked(viewer, patient_id, "contacts", rows=len(found))
    return found
