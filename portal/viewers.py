"""From a request to the patient in front of us and the Viewer who looks."""

from django.http import HttpRequest

from ground.viewer import CHOSEN, Viewer
from portal import services
from portal.models import Patient

_NOBODY = Viewer(kind="patient", patients=())


def viewer_of(request: HttpRequest) -> tuple[Patient | None, Viewer]:
    """The patient whose records this person looks at (None before they said whose), and the viewer.

    Who looks after several chooses one at a time; the viewer reaches that one and nobody else. A signed-out
    person is a viewer who reaches nobody.
    """
    if not request.user.is_authenticated:
        return None, _NOBODY
    held = services.held(request.user)
    chosen = request.session.get(CHOSEN)
    patient = next((each for each in held if str(each.public_id) == chosen), held[0] if held else None)
    request.held = held  # type: ignore[attr-defined]
    reach = (patient.pk,) if patient is not None else ()
    return patient, Viewer(kind="patient", patients=reach, user_id=request.user.pk)
