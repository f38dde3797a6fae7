"""From a request to the patient in front of us and the Viewer who looks."""

from dataclasses import replace

from django.http import HttpRequest

from ground import scope
from ground.viewer import CHOSEN, Viewer
from portal import services
from portal.models import Membership, Patient
from records import access

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


def staff_of(membership: Membership) -> Viewer:
    """Somebody who looks for the clinic they work at, with no patient in reach yet."""
    return Viewer(kind="staff", patients=(), user_id=membership.user_id, clinic_id=membership.clinic_id)


def staff_viewer(
    membership: Membership, patient_id: int | None = None, *, reason: str = "", words: str = ""
) -> Viewer:
    """The same with the patients whose grants to the clinic are good at this moment; of one patient, only
    that one, and nobody where theirs is not good. To be asked anew by each request.

    `reason` (a value of `ground.models.Reason`) and `words` stand in each look, which the patient reads.
    """
    nobody = staff_of(membership)
    with scope.open(nobody):
        reach = access.reach_of(nobody)
    if patient_id is None:
        return replace(nobody, patients=tuple(sorted(reach)), reason=reason, words=words)
    here = (patient_id,) if patient_id in reach else ()
    return replace(nobody, patients=here, grant_id=reach.get(patient_id), reason=reason, words=words)
