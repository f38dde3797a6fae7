"""Units of measurement that can be turned into one another exactly, and nothing beyond that.

Reads the part of UCUM (https://ucum.org/ucum, §2 and the tables of §4) in which results are sent: metric
prefixes, mass, volume, length, time, pressure, temperature, and the pounds and inches of the scales here.
Factors are fractions, so that nothing is lost on the way.

Stricter than UCUM where UCUM would mislead a reader: what stands above and below the line is not cancelled
(55 mmol/mol of an HbA1c is not 5.5 %), equivalents are no moles, international units of one substance are
not those of another, and a remark in braces (mg/L{FEU}) is part of the unit unless it only names what is
counted.
"""

import re
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

_PREFIXES = {"f": -15, "p": -12, "n": -9, "u": -6, "m": -3, "c": -2, "d": -1, "k": 3, "M": 6, "G": 9}
_INCH = Fraction(254, 10_000)
_POUND = Fraction("453.59237")
_LITRE = (Fraction(1, 1000), ("m", "m", "m"))
_Atom = tuple[Fraction, tuple[str, ...]]
# How many of which base unit; a base named three times is its cube. These take a prefix, the next do not.
_METRIC: dict[str, _Atom] = {
    **{name: (Fraction(1), (name,)) for name in ("g", "m", "mol", "eq", "osm", "U", "[iU]", "s", "Pa")},
    "L": _LITRE,
    "l": _LITRE,
    "[IU]": (Fraction(1), ("[iU]",)),
    "m[Hg]": (Fraction(133_322), ("Pa",)),
    "m[H2O]": (Fraction("9806.65"), ("Pa",)),
}
_PLAIN: dict[str, _Atom] = {
    "": (Fraction(1), ()),
    "1": (Fraction(1), ()),
    "%": (Fraction(1), ("%",)),
    "min": (Fraction(60), ("s",)),
    "h": (Fraction(3600), ("s",)),
    "d": (Fraction(86_400), ("s",)),
    "wk": (Fraction(604_800), ("s",)),
    "mo": (Fraction(1), ("mo",)),
    "a": (Fraction(12), ("mo",)),
    "[lb_av]": (_POUND, ("g",)),
    "[oz_av]": (_POUND / 16, ("g",)),
    "[in_i]": (_INCH, ("m",)),
    "[ft_i]": (_INCH * 12, ("m",)),
    "[in_us]": (Fraction(100, 3937), ("m",)),
}
_SUBSTANCE = frozenset({"g", "mol", "eq", "[iU]"})
_COUNTED = frozenset(
    f"{{{name}}}" for name in ("beats", "beat", "breaths", "breath", "cells", "cell", "count", "INR", "ratio")
)
# How the same is written by senders that know no UCUM.
_SPELLED = {
    "mmHg": "mm[Hg]",
    "mm Hg": "mm[Hg]",
    "cmH2O": "cm[H2O]",
    "kg/m²": "kg/m2",
    "ft": "[ft_i]",
    "°C": "Cel",
    "degC": "Cel",
    "deg C": "Cel",
    "°F": "[degF]",
    "degF": "[degF]",
    "deg F": "[degF]",
    "lb": "[lb_av]",
    "lbs": "[lb_av]",
    "oz": "[oz_av]",
    "in": "[in_i]",
    "inches": "[in_i]",
    "bpm": "/min",
    "beats/min": "/min",
    "breaths/min": "/min",
    "cells/uL": "/uL",
    **dict.fromkeys(("K/uL", "k/uL", "x10E3/uL", "x10*3/uL", "thou/uL"), "10*3/uL"),
    **dict.fromkeys(("M/uL", "x10E6/uL", "x10*6/uL", "mil/uL"), "10*6/uL"),
}
_IU = re.compile(r"(?<![\w\[])([munk]?)IU(?![\w\]])")
_BODY_SURFACE = re.compile(r"\{?1\.73[ _]?m[2²]\}?")
_OPERATOR = re.compile(r"([./])(?![^{\[]*[}\]])")
_TERM = re.compile(
    r"(?:10[*^](?P<ten>[+-]?\d{1,2})|(?P<atom>[A-Za-z%]*(?:\[[A-Za-z0-9_]+\])?|1)(?P<power>[1-3])?)"
    r"(?P<remark>\{[^{}]*\})?",
    re.ASCII,
).fullmatch
_LONGEST = 40


class _Unit(NamedTuple):
    """So many base units above and below the line, and the remarks that belong to it; `zero` where it counts
    from.
    """

    factor: Fraction
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    zero: Fraction = Fraction(0)


_DEGREES = {
    "K": _Unit(Fraction(1), ("K",)),
    "Cel": _Unit(Fraction(1), ("K",), zero=Fraction("273.15")),
    "[degF]": _Unit(Fraction(5, 9), ("K",), zero=Fraction("459.67") * 5 / 9),
}


def convert(number: Fraction, sent: str, wanted: str) -> Fraction | None:
    """A number of one unit (UCUM or as people spell it) in another; None where there is no exact way."""
    if sent == wanted:
        return number
    one, other = _read(sent), _read(wanted)
    if one is None or other is None or one[1:4] != other[1:4]:
        return None
    return (number * one.factor + one.zero - other.zero) / other.factor


def comparable(sent: str, wanted: str) -> bool:
    """Whether numbers of the two can stand on one axis."""
    return convert(Fraction(0), sent, wanted) is not None


def needs_the_substance(sent: str, wanted: str) -> bool:
    """Whether one unit weighs and the other counts, so that only the substance tells how they compare."""
    one, other = _read(sent), _read(wanted)
    if one is None or other is None or one[1:4] == other[1:4]:
        return False
    return _unnamed(one) == _unnamed(other)


def _unnamed(unit: _Unit) -> list[list[str]]:
    """The base units with every measure of a substance called the same."""
    return [sorted("?" if name in _SUBSTANCE else name for name in side) for side in (unit.above, unit.below)]


@lru_cache(maxsize=512)
def _read(text: str) -> _Unit | None:
    """A unit taken apart; None for one outside the part of UCUM that we know, and for none at all."""
    spelled = _respelled(text.strip())
    if not spelled or len(spelled) > _LONGEST:
        return None
    return _DEGREES.get(spelled) or _composed(_OPERATOR.split(spelled))


def _respelled(text: str) -> str:
    text = _SPELLED.get(text, text).replace("µ", "u").replace("μ", "u").replace("mcg", "ug")
    text = _BODY_SURFACE.sub("{1.73_m2}", text.replace("10^", "10*").replace("mEq", "meq"))
    return _IU.sub(r"\1[iU]", text)


def _composed(pieces: list[str]) -> _Unit | None:
    """Terms at even places, the operators between them at odd ones. What follows a slash stands below."""
    factor, sides, remarks = Fraction(1), {".": list[str](), "/": list[str]()}, list[str]()
    for place in range(0, len(pieces), 2):
        operator = pieces[place - 1] if place else "."
        read = _term(pieces[place])
        if read is None or (not pieces[place] and place):
            return None
        factor = factor / read.factor if operator == "/" else factor * read.factor
        sides[operator] += read.above
        remarks += read.remarks
    above, below = (tuple(sorted(sides[side])) for side in "./")
    return _Unit(factor, above, below, tuple(sorted(remarks)))


def _term(text: str) -> _Unit | None:
    """One unit with its prefix, power and remark: "mL", "m2", "10*3", "L{FEU}"."""
    match = _TERM(text)
    if match is None:
        return None
    remark = match["remark"] or ""
    remarks = (remark,) if remark and not (remark in _COUNTED and not match["atom"]) else ()
    if match["ten"]:
        return _Unit(Fraction(10) ** int(match["ten"]), remarks=remarks)
    atom = _atom(match["atom"])
    if atom is None:
        return None
    power = int(match["power"] or 1)
    return _Unit(atom[0] ** power, atom[1] * power, remarks=remarks)


def _atom(symbol: str) -> _Atom | None:
    """A unit with or without a prefix; what is a unit as it stands is never taken for a prefixed one."""
    if found := _PLAIN.get(symbol) or _METRIC.get(symbol):
        return found
    power, base = _PREFIXES.get(symbol[:1]), _METRIC.get(symbol[1:])
    return None if power is None or base is None else (Fraction(10) ** power * base[0], base[1])
