"""Whose records a file holds, and who reads it: what a file says that no record does."""

import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone, translation

_DEFAULT_ZONE = "UTC"


@dataclass(frozen=True, slots=True)
class Whose:
    """The patient's name and birth date, and the language and time zone of who asked for the file."""

    name: str = field(repr=False)
    born: date = field(repr=False)
    language: str = "en"
    zone: str = _DEFAULT_ZONE

    @contextmanager
    def spoken(self) -> Iterator[None]:
        """Inside, texts are in their language and times in their zone."""
        try:
            zone = zoneinfo.ZoneInfo(self.zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            zone = zoneinfo.ZoneInfo(_DEFAULT_ZONE)
        with translation.override(self.language), timezone.override(zone):
            yield
