"""What a trend says in words: what changed, what was left out and why. Facts alone, never a verdict."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from records.fhir import moments
from records.fhir.series import LeftOut, Point
from records.reading import Taken, Trend
from records.templatetags.records_words import flag_word, when

_ABOVE, _BELOW = ("H", "HH"), ("L", "LL")


def sentence(found: Trend) -> str:
    """What the newest result is, and how it compares with the one before and with the lab's own range."""
    points = found.series.points
    if not points:
        return _("None of these results is a plain number with a date, so there is nothing to draw.")
    said = [_change(found, points[-2], points[-1]) if len(points) > 1 else _alone(found, points[-1])]
    told = " ".join(filter(None, [*said, _against_range(found, points[-1])]))
    return told.replace("..", ".")  # a date may end in "a.m."


def _alone(found: Trend, point: Point) -> str:
    return _("%(last)s. There is no other result to compare it with.") % {"last": _told(found, point)}


def _change(found: Trend, before: Point, last: Point) -> str:
    """The newest and the one before it; compared unless something forbids it."""
    there, here = (found.taken[point.entry].line for point in (before, last))
    told = {
        "last": _told(found, last, beside=there.place, other=there.record.when),
        "before": _told(found, before, beside=here.place, other=here.record.when),
    }
    if last.breaks == "method":
        return _("%(last)s. Before that %(before)s, by another method, so the two are not compared.") % told
    if last.breaks == "between":
        text = _("%(last)s. Before that %(before)s; between the two is a result that is not drawn.")
        return text % told
    return _sides(before, last, told) if len(last.numbers) > 1 else _moved(before, last) % told


def _moved(before: Point, last: Point) -> str:
    was, now = before.numbers[0], last.numbers[0]
    if now == was:
        return _("%(last)s, the same as %(before)s.")
    return _("%(last)s, up from %(before)s.") if now > was else _("%(last)s, down from %(before)s.")


def _sides(before: Point, last: Point, told: dict[str, str]) -> str:
    """A blood pressure: both numbers, each with its way."""
    names = (_("The upper number (systolic)"), _("The lower number (diastolic)"))
    ways = [_side(name, was, now) for name, was, now in zip(names, before.numbers, last.numbers, strict=True)]
    return " ".join([_("%(last)s; before that %(before)s.") % told, *ways])


def _side(name: str, was: Fraction, now: Fraction) -> str:
    said = {"name": name, "was": written(was), "now": written(now)}
    if was == now:
        return _("%(name)s stayed at %(now)s.") % said
    up, down = (
        _("%(name)s went up from %(was)s to %(now)s."),
        _("%(name)s went down from %(was)s to %(now)s."),
    )
    return (up if now > was else down) % said


def _told(found: Trend, point: Point, *, beside: str = "", other: str = "") -> str:
    """A value with its date, and with its place where the one beside it is from another."""
    line = found.taken[point.entry].line
    words = {"value": value(found, point), "date": dated(line.record.when, other), "place": line.place}
    if beside and beside != line.place:
        return _("%(value)s %(date)s (%(place)s)") % words
    return _("%(value)s %(date)s") % words


def value(found: Trend, point: Point) -> str:
    """The value in the unit of the chart: as it was sent, where it was sent in that unit."""
    sent = found.taken[point.entry].measured
    if sent.readings[0].unit == found.series.unit:
        return sent.value
    return f"{'/'.join(map(written, point.numbers))} {found.series.shown}".rstrip()


def written(number: Fraction) -> str:
    """A number as people write it; one that has no end is cut after four digits that count."""
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    places = max(0, 3 - exact.adjusted()) if exact else 0
    text = f"{round(exact, places):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def dated(recorded: str, other: str = "") -> str:
    """ "in March 2026", "on March 4, 2026"; with the time of day only where the other is of the same day."""
    __, precision = moments.parse(recorded)
    if precision in ("year", "month"):
        return _("in %(date)s") % {"date": when(recorded)}
    is_same_day = bool(other) and day(recorded) == day(other)
    return _("on %(date)s") % {"date": when(recorded) if is_same_day else day(recorded)}


def day(recorded: str) -> str:
    """A recorded date without its time of day, never more precise than it was recorded."""
    sort, precision = moments.parse(recorded)
    if sort is None or precision != "time":
        return when(recorded)
    return date_format(_local(sort, recorded), "DATE_FORMAT")


def _local(sort: datetime, recorded: str) -> datetime:
    """In the reader's zone; a time that names no zone stays as it stands."""
    has_zone = recorded[-1:] in "Zz" or "+" in recorded or recorded.count("-") > 2
    try:
        return timezone.localtime(sort) if has_zone else sort
    except (OverflowError, ValueError):  # the first and the last days of the calendar have no other zone
        return sort


def _against_range(found: Trend, point: Point) -> str:
    """Above or below the range sent with it, the lab's own mark where that says something else."""
    taken = found.taken[point.entry]
    mark, said = taken.line.record.flag, {"range": taken.measured.range}
    position = _position(point)
    parts = []
    if taken.measured.range:
        parts.append(_POSITIONS[position]() % said)
    if mark and mark not in {"above": _ABOVE, "below": _BELOW}.get(position, ()):
        parts.append(_("It is marked: %(mark)s.") % {"mark": flag_word(mark)})
    return " ".join(parts)


_POSITIONS: dict[str, Callable[[], str]] = {
    "above": lambda: _("Above the lab’s own range, %(range)s."),
    "below": lambda: _("Below the lab’s own range, %(range)s."),
    "": lambda: _("The lab’s own range is %(range)s."),
}


def _position(point: Point) -> str:
    """Where a single number lies against its own range: "above", "below", or "" for anything else."""
    if len(point.numbers) != 1:
        return ""
    number, band = point.numbers[0], point.bands[0]
    if band.high is not None and number > band.high:
        return "above"
    return "below" if band.low is not None and number < band.low else ""


def summary(found: Trend) -> str:
    """How many are drawn, from when to when, and between which numbers."""
    points = found.series.points
    first, last = (found.taken[points[end].entry].line.record.when for end in (0, -1))
    said = {"count": len(points), "first": day(first), "last": day(last)}
    text = ngettext(
        "%(count)d result, %(first)s.", "%(count)d results from %(first)s to %(last)s.", len(points)
    )
    if len(points) < 3 or len(points[0].numbers) != 1:
        return text % said
    ends = (min(points, key=lambda one: one.numbers), max(points, key=lambda one: one.numbers))
    low, high = (value(found, one) for one in ends)
    return " ".join(
        [text % said, _("The lowest was %(low)s, the highest %(high)s.") % {"low": low, "high": high}]
    )


def left_out(found: Trend) -> list[str]:
    """A sentence for each reason why results are not drawn."""
    groups = Counter((why, _sent_unit(found.taken[entry])) for entry, why in found.series.left)
    merged: Counter[tuple[LeftOut, str]] = Counter()
    for (why, unit), count in groups.items():
        merged[why, unit if why in ("substance", "unit") else ""] += count
    return [
        _REASONS[why](count) % {"count": count, "unit": unit, "wanted": found.series.shown}
        for (why, unit), count in merged.items()
    ]


def _sent_unit(taken: Taken) -> str:
    readings = taken.measured.readings
    return (readings[0].shown or readings[0].unit) if readings else ""


def not_drawn(why: LeftOut) -> str:
    """Why one result is not in the chart, for its row in the table."""
    return _NOT_DRAWN[why]()


_NOT_DRAWN: dict[LeftOut, Callable[[], str]] = {
    "undated": lambda: _("Not drawn: no date"),
    "unitless": lambda: _("Not drawn: unit not given"),
    "substance": lambda: _("Not drawn: another unit"),
    "unit": lambda: _("Not drawn: another unit"),
    "shape": lambda: _("Not drawn: another kind of value"),
    "cancelled": lambda: _("Not drawn: cancelled"),
    "inexact": lambda: _("Not drawn: not an exact number"),
    "words": lambda: _("Not drawn: not a single number"),
    "nothing": lambda: _("Not drawn: no value"),
    "": lambda: "",
}
_REASONS: dict[LeftOut, Callable[[int], str]] = {
    "undated": lambda n: ngettext(
        "%(count)d result is not drawn: it has no date we can read.",
        "%(count)d results are not drawn: they have no date we can read.",
        n,
    ),
    "unitless": lambda n: ngettext(
        "%(count)d result is not drawn: either it or the others come without a unit.",
        "%(count)d results are not drawn: either they or the others come without a unit.",
        n,
    ),
    "substance": lambda n: ngettext(
        "%(count)d result in %(unit)s is not drawn: it cannot be compared with %(wanted)s without knowing the"
        " substance.",
        "%(count)d results in %(unit)s are not drawn: they cannot be compared with %(wanted)s without knowing"
        " the substance.",
        n,
    ),
    "unit": lambda n: ngettext(
        "%(count)d result in %(unit)s is not drawn: there is no exact way to turn it into %(wanted)s.",
        "%(count)d results in %(unit)s are not drawn: there is no exact way to turn them into %(wanted)s.",
        n,
    ),
    "shape": lambda n: ngettext(
        "%(count)d result is not drawn: it has one number where the others have two, or two for one.",
        "%(count)d results are not drawn: they have one number where the others have two, or two for one.",
        n,
    ),
    "cancelled": lambda n: ngettext(
        "%(count)d result is not drawn: the test was cancelled.",
        "%(count)d results are not drawn: the tests were cancelled.",
        n,
    ),
    "inexact": lambda n: ngettext(
        "%(count)d result is not drawn: it says only “less than” or “more than” a number.",
        "%(count)d results are not drawn: they say only “less than” or “more than” a number.",
        n,
    ),
    "words": lambda n: ngettext(
        "%(count)d result is not drawn: it is given in words or as several numbers.",
        "%(count)d results are not drawn: they are given in words or as several numbers.",
        n,
    ),
    "nothing": lambda n: ngettext(
        "%(count)d result is not drawn: no value was sent.",
        "%(count)d results are not drawn: no values were sent.",
        n,
    ),
    "": lambda n: "",
}
