"""Measurements of the same thing put in one line, as far as they can be compared; the rest named with its
reason.

Never joined: units that cannot be turned into one another exactly, results by different methods, two
results between which there is one that cannot be drawn, and two that are years apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Literal, NamedTuple

from records.fhir import moments
from records.fhir.measured import Measured, Reading, Why
from records.fhir.units import convert, needs_the_substance

LeftOut = Literal["undated", "unitless", "substance", "unit", "shape"] | Why
Break = Literal["", "method", "between", "pause"]
_UNBROKEN = ("undated", "cancelled", "nothing")
"""Left out without anything that was measured being skipped."""
_PAUSE = timedelta(days=5 * 366)
"""Over a longer time without a result a line would claim a course that nobody measured."""


class Entry(NamedTuple):
    """A measurement and when it was made, as recorded."""

    when: str
    measured: Measured


class Band(NamedTuple):
    """A reference range in the unit of the chart; a side may be open."""

    low: Fraction | None
    high: Fraction | None


class Point(NamedTuple):
    """A measurement in the chart.

    entry  which of the entries it is · first, last  the first and the last instant its date can mean
    numbers, bands  in the unit of the series, one for each line of the chart
    """

    entry: int
    first: datetime
    last: datetime
    numbers: tuple[Fraction, ...]
    bands: tuple[Band, ...]
    breaks: Break = ""
    """Why no line leads here from the point before."""

    @property
    def at(self) -> datetime:
        """Where it is drawn: in the middle of what its date can mean."""
        return self.first + (self.last - self.first) / 2


@dataclass(frozen=True, slots=True)
class Series:
    """`points` oldest first · `left` the reason for each entry that is not among them, by its index."""

    unit: str = ""
    shown: str = ""
    points: tuple[Point, ...] = ()
    left: tuple[tuple[int, LeftOut], ...] = ()


def series(entries: Sequence[Entry], asked: int = 0) -> Series:
    """The entries that can be compared with the one asked for; where that is not a number, with the first
    that is.
    """
    wanted = next((one for one in (asked, *range(len(entries))) if _is_drawable(entries, one)), None)
    if wanted is None:
        return Series(left=tuple((index, _why(one, None)) for index, one in enumerate(entries)))
    model = entries[wanted].measured.readings
    points, left = [], []
    for index, one in enumerate(entries):
        found = _point(index, one, model)
        if found is None:
            left.append((index, _why(one, model)))
        else:
            points.append(found)
    points.sort(key=lambda point: (point.at, -point.entry))
    joined = _joined(points, entries, _skipped(entries, left))
    return Series(model[0].unit, model[0].shown, joined, tuple(left))


def _is_drawable(entries: Sequence[Entry], index: int) -> bool:
    if index >= len(entries):
        return False
    return bool(entries[index].measured.readings) and moments.ends(entries[index].when) is not None


def _point(index: int, entry: Entry, model: Sequence[Reading]) -> Point | None:
    """The entry in the unit of the model; None where it has no date or cannot be compared."""
    first, last = moments.parse(entry.when).sort, moments.ends(entry.when)
    readings, unit = entry.measured.readings, model[0].unit
    numbers = [convert(one.number, one.unit, unit) for one in readings]
    known = [one for one in numbers if one is not None]
    if first is None or last is None or len(known) != len(model):
        return None
    return Point(index, first, last, tuple(known), tuple(_band(one, unit) for one in readings))


def _band(reading: Reading, unit: str) -> Band:
    low, high = (
        None if side is None else convert(side, reading.unit, unit) for side in (reading.low, reading.high)
    )
    return Band(low, high)


def _why(entry: Entry, model: Sequence[Reading] | None) -> LeftOut:
    """Why an entry is not drawn: because of itself, or because it is nothing like the model."""
    readings = entry.measured.readings
    if not readings:
        return entry.measured.why
    if moments.parse(entry.when).sort is None or model is None:
        return "undated"
    if len(readings) != len(model):
        return "shape"
    sent, wanted = readings[0].unit, model[0].unit
    if not sent or not wanted:
        return "unitless"
    return "substance" if needs_the_substance(sent, wanted) else "unit"


def _skipped(entries: Sequence[Entry], left: Sequence[tuple[int, LeftOut]]) -> list[datetime]:
    """When something was measured that is not drawn."""
    dates = [moments.parse(entries[index].when).sort for index, why in left if why not in _UNBROKEN]
    return [one for one in dates if one is not None]


def _joined(points: list[Point], entries: Sequence[Entry], skipped: list[datetime]) -> tuple[Point, ...]:
    """The points, each with why no line leads to it."""
    found = points[:1]
    for before, point in pairwise(points):
        methods = {entries[one.entry].measured.method for one in (before, point)} - {""}
        why: Break = "pause" if point.at - before.at > _PAUSE else ""
        if len(methods) > 1:
            why = "method"
        if any(before.at < one < point.at for one in skipped):
            why = "between"
        found.append(point._replace(breaks=why))
    return tuple(found)
