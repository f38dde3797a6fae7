"""What we listen to: signing in starts a session's clock, a changed second step ends other sessions, a second
factor is kept for its user alone, and failed sign-ins are counted.
"""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.db.models.signals import post_init, pre_save

from ground import counting
from portal import sealed_factors, sessions


def listen() -> None:
    """Called once, when the apps are loaded. Each word keeps a listener from being added twice."""
    user_logged_in.connect(sessions.begin, dispatch_uid="portal.sessions.begin")
    for signal in (authenticator_added, authenticator_removed):
        signal.connect(sessions.end_the_others, dispatch_uid="portal.sessions.end_the_others")
    pre_save.connect(sealed_factors.bind, sender=Authenticator, dispatch_uid="portal.sealed_factors.bind")
    post_init.connect(
        sealed_factors.refuse_strangers, sender=Authenticator, dispatch_uid="portal.sealed_factors.refuse"
    )
    user_login_failed.connect(_wrong_password, dispatch_uid="portal.signals.wrong_password")
    authentication_failed.connect(_wrong_code, dispatch_uid="portal.signals.wrong_code")


def _wrong_password(**_: Any) -> None:
    """How many there are is watched, whose account was meant is not."""
    counting.add("sign in", "password", "failed")


def _wrong_code(**_: Any) -> None:
    counting.add("sign in", "code", "failed")
