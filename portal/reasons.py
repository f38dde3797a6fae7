"""Why somebody of a clinic opens a patient's records: asked before the first page, noted with every look.

It stands in the session and allows nothing: whether the page opens at all is asked of the grant each time.
"""

from dataclasses import dataclass
from time import time
from uuid import UUID

from django.http import HttpRequest

from ground.models import Reason

LASTS = 2 * 3600
"""Seconds. After that, and with each new sign-in, the reason is asked for anew."""
CHOICES = [(one.value, one.label) for one in Reason if one != Reason.EMERGENCY]
_KEPT = 40
_KEY = "reasons"


@dataclass(frozen=True, slots=True)
class Why:
    """A value of Reason, and what they wrote beside it."""

    reason: str
    words: str = ""

    @property
    def text(self) -> str:
        """As people read it."""
        return self.words or str(Reason(self.reason).label)


def give(request: HttpRequest, public_id: UUID, why: Why) -> None:
    """Note for which reason this sign-in looks at a patient, from now on."""
    kept = sorted(request.session.get(_KEY, {}).items(), key=lambda one: one[1]["at"])[-_KEPT:]
    told = {"reason": why.reason, "words": why.words, "at": int(time())}
    request.session[_KEY] = dict(kept) | {str(public_id): told}


def forget(request: HttpRequest) -> None:
    """Ask for each reason anew."""
    request.session.pop(_KEY, None)


def given(request: HttpRequest, public_id: UUID) -> Why | None:
    """The reason; None where it must be asked for."""
    found = request.session.get(_KEY, {}).get(str(public_id))
    if found is None or time() - found["at"] >= LASTS:
        return None
    return Why(found["reason"], found["words"])
