"""Days and times in templates, as `ground.times` writes them; nothing where there is none. The settings load
these everywhere.
"""

from datetime import date, datetime

from django import template

from ground import times

register = template.Library()


@register.filter
def day(at: date | None) -> str:
    """See `times.day`."""
    return times.day(at) if at else ""


@register.filter
def hour(at: datetime | None) -> str:
    """See `times.hour`."""
    return times.hour(at) if at else ""


@register.filter
def clock(at: datetime | None) -> str:
    """See `times.clock`."""
    return times.clock(at) if at else ""


@register.filter
def moment(at: datetime | None) -> str:
    """See `times.moment`."""
    return times.moment(at) if at else ""
