"""What a reader may choose of their records: words, dates, one place, a status. The rule of who sees what
comes first (`records.access`); this only takes away.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from records.models import UNDATED, Record
from records.reading.words import sought

FLAGGED = "flagged"
"""Stands among the statuses for a value that is marked as high, low or otherwise out of its range."""

STATUSES: dict[str, tuple[str, ...]] = {
    "test-results": (FLAGGED, "preliminary", "corrected"),
    "vitals": (FLAGGED,),
    "medicines": ("active", "completed", "on-hold", "stopped"),
    "conditions": ("active", "recurrence", "remission", "inactive", "resolved"),
    "allergies": ("active", "inactive", "resolved"),
    "vaccines": ("completed", "not-done"),
    "visits": ("planned", "booked", "in-progress", "finished", "fulfilled", "cancelled", "noshow"),
    "procedures": ("preparation", "in-progress", "completed", "not-done"),
    "reports": ("preliminary", "final", "corrected", "amended"),
    "care-plans": ("draft", "active", "on-hold", "completed", "cancelled"),
    "goals": ("proposed", "active", "completed", "cancelled"),
}
"""By kind, the statuses people choose by; of the other kinds nearly all records share one."""

_ZONED = r":\S*([Zz]|[+-]\d\d:?\d\d)$"
_YEAR, _MONTH = r"^\d{4}$", r"^\d{4}-\d\d?$"


@dataclass(frozen=True, slots=True)
class Sift:
    """What was chosen; nothing of it, everything. `since` and `until` are days, both included; `place` is a
    source's pk, `kinds` are slugs.
    """

    words: str = ""
    since: date | None = None
    until: date | None = None
    place: int | None = None
    status: str = ""
    kinds: tuple[str, ...] = ()

    @property
    def dated(self) -> bool:
        """Whether dates were chosen; what has no date is then left out."""
        return self.since is not None or self.until is not None

    @property
    def is_tallied(self) -> bool:
        """Whether the tally, per place and kind, says how many fit."""
        return not (self.words or self.dated or self.status)

    @property
    def active(self) -> bool:
        """Whether anything was chosen."""
        return self.place is not None or bool(self.kinds) or not self.is_tallied


EVERYTHING = Sift()


def sifted(rows: QuerySet[Record], sift: Sift) -> QuerySet[Record]:
    """The rows that fit; the cheap questions first, the words last."""
    if sift.place is not None:
        rows = rows.filter(source_id=sift.place)
    if sift.kinds:
        rows = rows.filter(kind__in=sift.kinds)
    if sift.dated:
        rows = rows.filter(_from(sift.since), _to(sift.until), clinical_at__gt=UNDATED)
    if sift.status:
        rows = rows.filter(_status(sift.status))
    asked = sought(sift.words) if sift.words else None
    return rows.filter(asked.matching) if asked else rows


def _status(status: str) -> Q:
    return ~Q(flag__in=("", "N")) if status == FLAGGED else Q(status=status)


def _from(day: date | None) -> Q:
    """From the beginning of a day: of the reader's day for an instant, of the calendar's for what is a date.

    A record whose date is known to the month or the year alone fits while any day of it does.
    """
    if day is None:
        return Q()
    here, calendar = _starts(day)
    known = Q(when__regex=_ZONED, clinical_at__gte=here) | (
        ~Q(when__regex=_ZONED) & Q(clinical_at__gte=calendar)
    )
    vague = Q(when__regex=_MONTH, clinical_at__gte=calendar.replace(day=1)) | Q(
        when__regex=_YEAR, clinical_at__gte=calendar.replace(month=1, day=1)
    )
    return Q(clinical_at__gte=calendar.replace(month=1, day=1) - timedelta(days=1)) & (known | vague)


def _to(day: date | None) -> Q:
    """To the end of a day, by the same two clocks."""
    if day is None:
        return Q()
    here, calendar = _starts(day + timedelta(days=1))
    late = max(here, calendar)
    return Q(clinical_at__lt=late) & (
        Q(when__regex=_ZONED, clinical_at__lt=here) | (~Q(when__regex=_ZONED) & Q(clinical_at__lt=calendar))
    )


def _starts(day: date) -> tuple[datetime, datetime]:
    """When a day begins: on the reader's clock, and as dates without a time are sorted."""
    here = datetime.combine(day, time.min, timezone.get_current_timezone())
    return here.astimezone(UTC), datetime.combine(day, time.min, UTC)
