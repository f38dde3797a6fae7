"""Refuses to start where the settings would be unsafe."""

from typing import Any

from django.conf import settings
from django.core import checks

from ground.crypto import Keyring


@checks.register(checks.Tags.security)
def debug_stays_at_home(**_: Any) -> list[checks.CheckMessage]:
    """DEBUG only on localhost."""
    if settings.DEBUG and not settings.IS_LOCAL:
        return [checks.Error("DEBUG must be no on a public address.", id="portal.E001")]
    return []


@checks.register(checks.Tags.security)
def field_keys_are_keys(**_: Any) -> list[checks.CheckMessage]:
    """FIELD_KEYS can be read."""
    try:
        Keyring.from_text(settings.FIELD_KEYS)
    except ValueError:
        return [checks.Error("FIELD_KEYS must be id:base64 of 32 bytes, comma separated.", id="portal.E002")]
    return []


@checks.register(checks.Tags.security)
def demo_stays_at_home(**_: Any) -> list[checks.CheckMessage]:
    """DEMO shows mails to everybody: only on localhost."""
    if settings.DEMO and not settings.IS_LOCAL:
        return [checks.Error("DEMO must be no on a public address.", id="portal.E003")]
    return []
