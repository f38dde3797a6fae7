"""From a request to the patient in front of us and the Viewer who looks."""

from django.http import HttpRequest

from ground.viewer import Viewer
from portal.models import Patient

_NOBODY = Viewer(kind="patient", patients=())


def viewer_of(request: HttpRequest) -> tuple[Patient | None, Viewer]:
    """The patient whose records this person looks after (None before they said whose), and the viewer.

    A signed-out person is a viewer who reaches nobody.
    """
    if not request.user.is_authenticated:
        return None, _NOBODY
    patient = Patient.objects.filter(holdings__user=request.user).order_by("holdings__created_at").first()
    reach = (patient.pk,) if patient is not None else ()
    return patient, Viewer(kind="patient", patients=reach, user_id=request.user.pk)
