"""How long a sign-in lasts, and what ends it: quiet, half a day, or a change to how one signs in.

Two times stand in the session: when it began, and when its person last did something. A page that asks by
itself (a progress bar, the warning before the end) is no sign of life; it sends `X-Quiet: yes`.
"""

from time import time
from typing import Any

from allauth.usersessions.internal.flows.sessions import end_other_sessions
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from portal.models import User

#: A busy page asks many times; its session is written once in this many seconds.
_WRITE_EVERY = 10


_WORKS = "works"
"""Says of a sign-in that it opened a staff page. It shortens the sign-in and allows nothing."""


def quiet_limit(user: User, *, works: bool = False) -> int:
    """How many seconds a sign-in outlives its person's last sign of life."""
    return settings.STAFF_IDLE_SECONDS if user.is_staff or works else settings.SESSION_IDLE_SECONDS


def longest(user: User, *, works: bool = False) -> int:
    """How many seconds a sign-in lasts in any case."""
    return settings.STAFF_LONGEST_SECONDS if user.is_staff or works else settings.SESSION_LONGEST_SECONDS


def at_work(request: HttpRequest) -> None:
    """Note that this sign-in opened a staff page, and from now on lasts no longer than one of staff."""
    if not request.session.get(_WORKS):
        request.session[_WORKS] = True


def seconds_left(request: HttpRequest) -> tuple[int, bool]:
    """How long this sign-in has to live if nothing happens, and whether a sign of life lengthens it."""
    user, now = request.user, int(time())
    assert isinstance(user, User)  # callers are behind the sign-in
    works = bool(request.session.get(_WORKS))
    quiet = request.session.get("seen_at", now) + quiet_limit(user, works=works) - now
    whole = request.session.get("began_at", now) + longest(user, works=works) - now
    return min(quiet, whole), whole > quiet


def tick(request: HttpRequest) -> None:
    """End a sign-in that is over (`request.user` is nobody afterwards); else note the sign of life."""
    now = int(time())
    request.session.setdefault("began_at", now)
    seen = request.session.setdefault("seen_at", now)
    if seconds_left(request)[0] < 0:
        logout(request)
        request.user = AnonymousUser()
    elif "X-Quiet" not in request.headers and now - seen >= _WRITE_EVERY:
        request.session["seen_at"] = now


def is_fresh(request: HttpRequest, seconds: int) -> bool:
    """Whether this person signed in at most so many seconds ago."""
    return request.user.is_authenticated and time() - request.session.get("began_at", 0) < seconds


def begin(request: HttpRequest | None, **_: Any) -> None:
    """Somebody signed in: their time runs from now."""
    if request is not None:
        request.session["began_at"] = request.session["seen_at"] = int(time())


def end_the_others(request: HttpRequest, user: User, **_: Any) -> None:
    """How one signs in has changed: whoever else is signed in to this account must sign in anew."""
    end_other_sessions(request, user)
