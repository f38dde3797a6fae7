"""Lets time pass for everybody who is signed in, without waiting for it."""

from tests.site import Site

_AGE = """
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
for key in Session.objects.values_list("session_key", flat=True):
    session = SessionStore(key)
    for mark in ("seen_at", "began_at"):
        if mark in session:
            session[mark] -= {seconds}
            session.save()
"""


def grow_quiet(site: Site, seconds: int) -> None:
    """As if nobody had done anything for so long."""
    site.manage("shell", "-c", _AGE.format(seconds=seconds))
