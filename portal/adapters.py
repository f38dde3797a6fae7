"""The few allauth decisions that are ours."""

from typing import Any
from urllib.parse import urljoin, urlsplit

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal import devices, passwords, sealed_factors, sessions
from portal.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts by e-mail."""

    def set_password(self, user: User, password: str) -> None:
        """Keep a new password, and whether it is one that needs a second step beside it."""
        user.password_is_short = len(password) < passwords.ALONE
        super().set_password(user, password)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """As allauth's; links lead to this site's own address, whatever host the request named."""
        links = {name: _at_home(value) for name, value in context.items() if name.endswith("_url")}
        super().send_mail(template_prefix, email, context | links)

    def add_message(self, request: HttpRequest, level: int, *args: Any, **more: Any) -> None:
        """As allauth's; whose code was wrong too often is not told to wait, but how to get a new one."""
        if "message" in more and more["message"] == self.error_messages["too_many_login_attempts"]:
            more["message"] = _(
                "That code was wrong too often and is no longer good. Sign in, or ask for a new password,"
                " and we send you a new one."
            )
        super().add_message(request, level, *args, **more)

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign somebody in, and tell them by mail when the browser is a new one."""
        first_time = user.last_login is None
        super().login(request, user)
        devices.noticed(request, user, first_time=first_time)

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether this is their password. Where it was hashed anew meanwhile, because hashing became dearer,
        they stay signed in: a sign-in is bound to the hash.
        """
        before = user.password
        is_right = bool(super().reauthenticate(user, password))
        user.refresh_from_db(fields=["password"])
        if is_right and user.password != before:
            update_session_auth_hash(self.request, user)
        return is_right

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """As allauth's, but who signed in just now need not say it twice to change how they sign in."""
        if app and sessions.is_fresh(self.request, app_settings.REAUTHENTICATION_TIMEOUT):
            return False
        return bool(super().is_reauthentication_required(app=app, **more))


def _at_home(link: str) -> str:
    return urljoin(settings.SITE_URL, urlsplit(link)._replace(scheme="", netloc="").geturl())


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors, with their secrets encrypted (allauth keeps them in the clear by default)."""

    def encrypt(self, text: str) -> str:
        """Seal a secret for keeping."""
        return sealed_factors.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a kept secret. Raises ground.crypto.CannotOpen."""
        return sealed_factors.unseal(encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, Any]:
        """Who asks for a passkey: our own host from the settings, whatever the request says it is."""
        return {"id": settings.SITE_HOST, "name": settings.SITE_NAME}
