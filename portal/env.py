"""Strict readers of the environment: anything unexpected is a sentence at start, not a later surprise."""

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_YES_NO = {"yes": True, "no": False}


def text(name: str, *, default: str = "") -> str:
    """The variable's words, trimmed; `default` when unset or empty."""
    return os.environ.get(name, "").strip() or default


def required(name: str) -> str:
    """The variable's words. Raises ImproperlyConfigured when unset or empty."""
    value = text(name)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. .env.example explains it.")
    return value


def secret(name: str, *, optional: bool = False) -> str:
    """A secret: from the file that NAME_FILE names, or from NAME itself. No default, never printed."""
    path = text(f"{name}_FILE")
    if not path:
        return text(name) if optional else required(name)
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as trouble:
        raise ImproperlyConfigured(f"{name}_FILE names a file that cannot be read.") from trouble


def flag(name: str, *, default: bool) -> bool:
    """yes or no. Raises ImproperlyConfigured on any other word."""
    value = text(name).lower()
    if not value:
        return default
    if value not in _YES_NO:
        raise ImproperlyConfigured(f"{name} must be yes or no, not {value!r}.")
    return _YES_NO[value]


def whole(name: str, *, default: int, least: int = 0) -> int:
    """A whole number of at least `least`. Raises ImproperlyConfigured."""
    value = text(name)
    if not value:
        return default
    if not value.isdecimal() or int(value) < least:
        raise ImproperlyConfigured(f"{name} must be a whole number of at least {least}, not {value!r}.")
    return int(value)


def listed(name: str, *, default: Sequence[str] = ()) -> list[str]:
    """Words separated by commas."""
    return [part.strip() for part in text(name).split(",") if part.strip()] or list(default)


def database(name: str) -> dict[str, object] | None:
    """A postgresql:// address as Django's settings; None when unset. Raises ImproperlyConfigured.

    A Unix socket is given as `postgresql://role@/name?host=/folder`.
    """
    address = text(name)
    if not address:
        return None
    parts = urlsplit(address)
    if parts.scheme not in ("postgresql", "postgres"):
        raise ImproperlyConfigured(f"{name} must begin with postgresql://.")
    options = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(options.pop("host", "") or parts.hostname or ""),
        "PORT": str(parts.port or options.pop("port", "")),
        "OPTIONS": {key: unquote(value) for key, value in options.items()},
    }
