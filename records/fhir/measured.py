"""What of an Observation can stand in a chart: its plain numbers, each with the range sent for it."""

from fractions import Fraction
from typing import Literal, NamedTuple

from records.fhir.elements import code, member, words
from records.fhir.flags import plain_range, range_text
from records.fhir.measurements import components, panel_value, pressure, value_of
from records.fhir.quantities import Amount, unit_words
from records.fhir.row import Resource
from records.fhir.texts import fold
from records.fhir.units import convert

Why = Literal["", "cancelled", "inexact", "words", "nothing"]


class Reading(NamedTuple):
    """A plain number in its unit, and the range sent for it, in the same unit; a side of it may be open."""

    number: Fraction
    unit: str = ""
    shown: str = ""
    """The unit as people write it."""
    low: Fraction | None = None
    high: Fraction | None = None


class Measured(NamedTuple):
    """What was measured.

    readings  one; of a blood pressure the upper and the lower; none where there is no plain number
    why       why there is none: the test was cancelled, the value is a bound ("< 5"), words, or was not sent
    value     in words, as lists show it
    range     the range in words, as sent
    method    folded, "" when not stated
    """

    readings: tuple[Reading, ...] = ()
    why: Why = ""
    value: str = ""
    range: str = ""
    method: str = ""


def measured(resource: Resource) -> Measured:
    """What an Observation of any version says was measured. Total."""
    value, parts = value_of(resource), components(resource)
    pair = None if value.words else pressure(parts)
    sides = pair or (resource,)
    readings = tuple(one for one in map(_reading, sides) if one is not None)
    shown = value.words or panel_value(parts).words
    if len({one.unit for one in readings}) != 1 or len(readings) < len(sides):
        readings = ()
    return Measured(
        () if _is_cancelled(resource) else readings,
        _why(resource, shown, readings),
        shown,
        _ranges(sides),
        fold(words(resource.get("method"))),
    )


def _reading(part: Resource) -> Reading | None:
    value = value_of(part)
    if value.number is None:
        return None
    low, high = (_side(side, value.unit) for side in plain_range(part))
    shown = unit_words(part["valueQuantity"]) if "valueQuantity" in part else ""
    return Reading(Fraction(value.words.split(" ")[0]), value.unit, shown, low, high)


def _side(side: Amount, unit: str) -> Fraction | None:
    """One side of a range in the value's unit, which it has where it names none; None for an open one."""
    if side.number is None:
        return None
    number = Fraction(side.words.split(" ")[0])
    return convert(number, side.unit, unit) if side.unit else number


def _ranges(sides: tuple[Resource, ...]) -> str:
    """The range of each side, the same one once."""
    return " / ".join(dict.fromkeys(filter(None, map(range_text, sides))))


def _is_cancelled(resource: Resource) -> bool:
    return code(resource.get("status")).lower() in ("cancelled", "canceled")


def _why(resource: Resource, shown: str, readings: tuple[Reading, ...]) -> Why:
    """Why there is nothing to draw, "" where there is something."""
    if _is_cancelled(resource):
        return "cancelled"
    if readings:
        return ""
    if not shown:
        return "nothing"
    return "inexact" if member(resource.get("valueQuantity"), "comparator") else "words"
