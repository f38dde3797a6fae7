"""Refuses to start where the settings would be unsafe, or the keys are not those that sealed what is kept."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from ground.crypto import Keyring
from portal import keys


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


@checks.register(checks.Tags.database)
def field_keys_are_the_right_ones(*, databases: Any = None, **_: Any) -> list[checks.CheckMessage]:
    """Each key opens what was sealed with it, and none that is needed is missing."""
    sentence = keys.trouble() if databases else ""
    return [checks.Error(sentence, id="portal.E004")] if sentence else []


def refuse(**_: Any) -> None:
    """At the start of web, worker and beat. Raises ImproperlyConfigured with a plain sentence."""
    found = [*debug_stays_at_home(), *field_keys_are_keys(), *demo_stays_at_home()]
    if sentence := next((str(each.msg) for each in found), "") or keys.trouble():
        raise ImproperlyConfigured(sentence)
