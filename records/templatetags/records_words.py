"""Words for what the source sent: dates as precise as they were recorded, and our names for its codes.

A date without a time is never moved to another zone: it is a day, not an instant. A time with a zone is shown
in the reader's, which is named; a time without one is shown as it stands.
"""

import re
from contextlib import suppress
from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ground import times
from records.fhir import moments, wording
from records.fhir.row import Fact

register = template.Library()

_ZONED = re.compile(r"(?:[Zz]|[+-]\d\d:?\d\d)$").search
_FORMATS = {"month": "YEAR_MONTH_FORMAT", "day": "DATE_FORMAT"}


@register.filter
def when(recorded: str) -> str:
    """A FHIR date in the reader's language, as precise as it was recorded; what is no date as it stands."""
    sort, precision = moments.parse(recorded)
    if sort is None or precision is None:
        return recorded
    if precision == "year":
        return recorded[:4]
    if precision == "time":
        return _instant(recorded, sort)
    return date_format(date(sort.year, sort.month, sort.day), _FORMATS[precision])


@register.filter
def month(recorded: str) -> str:
    """The month a FHIR date is in, as `when` would write it; the year alone where no month was recorded."""
    sort, precision = moments.parse(recorded)
    if sort is None or precision is None:
        return _("Without a date")
    if precision == "year":
        return _("%(year)s, no month given") % {"year": recorded.strip()[:4]}
    day = date(sort.year, sort.month, sort.day)
    if precision == "time" and _ZONED(recorded.strip()):
        with suppress(OverflowError, ValueError):  # the first and the last days have no other zone
            day = timezone.localtime(sort).date()
    return date_format(day, "YEAR_MONTH_FORMAT")


@register.filter
def period(recorded: str) -> str:
    """A period as "start/end", either of which may be empty."""
    start, _slash, end = recorded.partition("/")
    if start and end:
        return _("%(start)s to %(end)s") % {"start": when(start), "end": when(end)}
    return _("from %(start)s") % {"start": when(start)} if start else _("until %(end)s") % {"end": when(end)}


@register.filter
def status_word(code: str, kind: str = "") -> str:
    """What a status code of a kind (its slug) means; the code itself where we have no word for it."""
    ours = wording.status_words(kind, code)
    return _(ours) if ours else code


@register.filter
def flag_word(flag: str) -> str:
    """How a value compares, in a word: "High"; nothing for no flag."""
    ours = wording.flag_words(flag)
    return _(ours) if ours else ""


def fact_words(fact: Fact) -> str:
    """The value of one fact as a person reads it."""
    if fact.ours:
        return _(fact.value)
    if fact.kind == "date":
        return when(fact.value)
    return period(fact.value) if fact.kind == "period" else fact.value


def _instant(recorded: str, sort: datetime) -> str:
    if not _ZONED(recorded.strip()):
        return date_format(sort.replace(tzinfo=None), "DATETIME_FORMAT")
    try:
        return times.moment(sort)
    except (OverflowError, ValueError):  # the first and the last days of the calendar have no other zone
        return recorded
