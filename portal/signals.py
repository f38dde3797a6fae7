"""What we listen to: signing in starts a session's clock, a changed second step ends other sessions."""

from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_logged_in

from portal import sessions


def listen() -> None:
    """Called once, when the apps are loaded. Each word keeps a listener from being added twice."""
    user_logged_in.connect(sessions.begin, dispatch_uid="portal.sessions.begin")
    for signal in (authenticator_added, authenticator_removed):
        signal.connect(sessions.end_the_others, dispatch_uid="portal.sessions.end_the_others")
