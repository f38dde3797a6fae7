"""Where somebody works now: at one clinic, or at which of several they said for this sign-in."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest

from portal import clinics, reasons
from portal.models import Membership, User

_CHOSEN = "clinic"
"""In the session: the public id of a clinic. It chooses among memberships that are asked for each time."""


@dataclass(frozen=True, slots=True)
class Work:
    """All that holds, the first joined first, and the one that pages are about: None until one of several was
    chosen.
    """

    every: tuple[Membership, ...]
    now: Membership | None

    @property
    def is_several(self) -> bool:
        """Whether there is anything to choose."""
        return len(self.every) > 1


def of(request: HttpRequest) -> Work | None:
    """Where this person works; None where they work nowhere."""
    user = getattr(request, "user", None)
    every = clinics.memberships_of(user) if isinstance(user, User) else ()
    if not every:
        return None
    chosen = request.session.get(_CHOSEN)
    now = next((one for one in every if str(one.clinic.public_id) == chosen), None)
    return Work(every, now or (every[0] if len(every) == 1 else None))


def choose(request: HttpRequest, clinic: UUID) -> Membership | None:
    """Work at this clinic from now on; None where they do not. Why they looked was said for another one, and
    is asked for anew.
    """
    work = of(request)
    found = next((one for one in (work.every if work else ()) if one.clinic.public_id == clinic), None)
    if found is not None:
        request.session[_CHOSEN] = str(clinic)
        reasons.forget(request)
    return found
