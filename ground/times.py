"""Days and times as every page, paper and mail writes them: in the reader's own zone, the zone named beside.

"Nov. 21, 2026", "2:30 p.m. EST", "Nov. 21, 2026, 2:30 p.m. EST". With the zone behind it no time ends in a
full stop, so a sentence may end with one.
"""

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format


def day(at: date) -> str:
    """A day; of an aware time the day it is for the reader."""
    return date_format(_local(at), "DATE_FORMAT")


def hour(at: datetime) -> str:
    """A time of the day and its zone."""
    return f"{clock(at)} {_zone(at)}"


def clock(at: datetime) -> str:
    """A time of the day alone, for the first of two: the other says the zone."""
    return date_format(_local(at), "TIME_FORMAT")


def moment(at: datetime) -> str:
    """A day, a time and its zone."""
    return f"{date_format(_local(at), 'DATETIME_FORMAT')} {_zone(at)}"


def _zone(at: datetime) -> str:
    """What the reader's zone is called at this time: "EST"; "UTC-03" where it has no letters of its own."""
    name = timezone.localtime(at).tzname() or ""
    return name if name[:1].isalpha() else f"UTC{name}"


def _local(at: date) -> date:
    return timezone.localtime(at) if isinstance(at, datetime) else at
