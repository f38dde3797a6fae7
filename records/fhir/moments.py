"""FHIR dates as points on a line, for sorting and filtering only. What is shown is always the recorded text.

FHIR R4 §2.24.0.1: `date` and `dateTime` may stop after the year, the month or the day; with a time there is a
zone. Hospitals send more than that, and none of it may raise.
"""

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

Precision = Literal["year", "month", "day", "time"]


class Moment(NamedTuple):
    """`sort` is aware, in UTC, within years 1 to 9998, the first instant the text can mean; None if it is no
    date.
    """

    sort: datetime | None
    precision: Precision | None


NEVER = Moment(None, None)
FIRST = datetime(1, 1, 1, tzinfo=UTC)
LAST = datetime(9998, 12, 31, 23, 59, 59, tzinfo=UTC)
"""A whole second: Postgres counts these microseconds in doubles, and a part of one would round into 9999."""

_SHAPE = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d?)(?:-(?P<day>\d\d?)"
    r"(?:[Tt ](?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<part>\d{1,30}))?)?"
    r"\s?(?P<zone>[Zz]|[+-]\d\d:?\d\d)?)?)?)?",
    re.ASCII,
).fullmatch
_PLAIN = re.compile(
    r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d))?", re.ASCII
).fullmatch
"""How nearly all of them are written, and Python reads that by itself."""


def parse(text: object) -> Moment:
    """Where a FHIR date stands and how precise it is. Never raises; `NEVER` for what is no date.

    A month or day that does not exist is dropped, not guessed (30 February is February), 24:00 is the next
    day's start, a leap second counts as the second before, a time without a zone is taken as UTC.
    """
    if not isinstance(text, str) or len(text) > 64:
        return NEVER
    return (_plain(text) if _PLAIN(text) else None) or _shaped(text)


def _plain(text: str) -> Moment | None:
    """A whole date, or one with a time and a zone; None where it names a day or an hour there is not."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not FIRST.year < found.year < LAST.year:
        return None
    if len(text) == 10:
        return Moment(found.replace(tzinfo=UTC), "day")
    return Moment(found.astimezone(UTC), "time")


def _shaped(text: str) -> Moment:
    """Everything else that can be placed, damage among it."""
    match = _SHAPE(text)
    if match is None:
        return NEVER
    year, month, day = (int(match[name] or 0) for name in ("year", "month", "day"))
    if not 1 <= month <= 12:
        return Moment(_at(year, 1, 1), "year")
    if year and not 1 <= day <= monthrange(min(year, 9998), month)[1]:
        return Moment(_at(year, month, 1), "month")
    return _with_time(match, _at(year, month, max(day, 1)))


def ends(text: object) -> datetime | None:
    """The last instant a FHIR date can mean: "2019" runs to the end of December. None if it is no date."""
    sort, precision = parse(text)
    if sort is None or precision is None:
        return None
    if precision == "time":
        return sort
    days = {
        "year": 366 if monthrange(sort.year, 2)[1] == 29 else 365,
        "month": monthrange(sort.year, sort.month)[1],
        "day": 1,
    }
    return _clamped(sort, timedelta(days=days[precision], microseconds=-1))


def is_date(text: object) -> bool:
    """Whether a text is a date we can place (whatever has the shape can be placed)."""
    return isinstance(text, str) and len(text) <= 64 and (_PLAIN(text) or _SHAPE(text)) is not None


def recorded(text: object) -> str:
    """The text itself when it is a date we can place, else ""; surrounding space removed."""
    stripped = text.strip() if isinstance(text, str) and len(text) <= 80 else ""
    return stripped if is_date(stripped) else ""


def _at(year: int, month: int, day: int) -> datetime:
    if year < 1:
        return FIRST
    return LAST if year > LAST.year else datetime(year, month, day, tzinfo=UTC)


def _with_time(match: re.Match[str], start: datetime) -> Moment:
    """The moment inside a known day, or the day when the clock reads something impossible."""
    if match["hour"] is None:
        return Moment(start, "day")
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    if minute > 59 or second > 60 or hour > 24 or (hour == 24 and (minute or second)):
        return Moment(start, "day")
    micro = int(((match["part"] or "0") + "00000")[:6])
    clock = timedelta(hours=hour, minutes=minute, seconds=min(second, 59), microseconds=micro)
    return Moment(_clamped(start, clock - _offset(match["zone"])), "time")


def _offset(zone: str | None) -> timedelta:
    """How far a zone is ahead of UTC; zones beyond 24 hours are damage and count as UTC."""
    if zone is None or zone in "Zz":
        return timedelta()
    ahead = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    if ahead >= timedelta(days=1):
        return timedelta()
    return -ahead if zone[0] == "-" else ahead


def _clamped(start: datetime, by: timedelta) -> datetime:
    try:
        return max(FIRST, min(LAST, start + by))
    except OverflowError:
        return FIRST if by < timedelta() else LAST
