"""One-time codes are good once: allauth forgets a used code before its clock tolerance lets it die."""

from typing import Any

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms
from allauth.mfa.models import Authenticator
from django.core.cache import cache


class _Once:
    """Refuses an authenticator app's code that was used before. Recovery codes look after themselves."""

    authenticator: Authenticator
    user: Any

    def clean_code(self) -> str:
        """The code. Raises ValidationError when it is wrong, or was right already."""
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP and not _first_use(self.user.pk, code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class AuthenticateForm(_Once, forms.AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""


class ReauthenticateForm(_Once, forms.ReauthenticateForm):  # type: ignore[misc]
    """Confirming that it is you."""


def _first_use(user_id: int, code: str) -> bool:
    """Whether nobody used this code as long as the clock's tolerance lets it live."""
    alive = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
    return bool(cache.add(f"portal.code-used:{user_id}:{normalize_user_code(code)}", True, timeout=alive))
