"""Where everything in a chart stands. Numbers in, places on the drawing out; words only pass through.

Each chart is drawn twice, for a phone and for a wider page, so that its letters are never shrunk. All places
are text already, because a template would write numbers in the reader's language.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

_Side = float | None


@dataclass(frozen=True, slots=True)
class Frame:
    """The size of a drawing, the margins around what is plotted, and how wide a letter is; all in its own
    units.
    """

    name: str
    width: float
    height: float
    left: float
    letter: float
    right: float = 14
    top: float = 34
    bottom: float = 34


NARROW = Frame("narrow", 300, 260, left=40, letter=7.6)
WIDE = Frame("wide", 640, 300, left=48, letter=7.8)
_INSET = 14
"""Points keep this far from the sides."""
_HALF = 9
"""How far a range reaches to both sides of the result it was sent with."""
_STYLES = 3
_DENSE = 120


class Dot(NamedTuple):
    """A result to draw: its values and ranges, one for each line, and what is said of it.

    at, first, last  where it stands, and what its date can mean · lab  which of the labs sent it
    joined  a line leads here from the one before · out  it is marked as out of range
    label  its date for the axis · words  all of it, as its row in the table
    """

    at: datetime
    first: datetime
    last: datetime
    values: tuple[float, ...]
    ranges: tuple[tuple[_Side, _Side], ...]
    lab: int = 0
    joined: bool = True
    out: bool = False
    label: str = ""
    words: str = ""


class Spot(NamedTuple):
    """A point: its middle, how large, its kind ("", "out"), which line it is on, what is said of it."""

    x: str
    y: str
    size: str
    tone: str
    line: int
    words: str


class Band(NamedTuple):
    """A reference range; `style` tells the labs apart."""

    x: str
    y: str
    width: str
    height: str
    style: int


class Text(NamedTuple):
    """Words on the drawing."""

    x: str
    y: str
    text: str


class Path(NamedTuple):
    """A line through points."""

    points: str
    line: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything a template needs to draw; see components/chart.html."""

    frame: Frame
    bands: tuple[Band, ...]
    levels: tuple[Text, ...]
    """The numbers on the left; each with a line across."""
    dates: tuple[Text, ...]
    spans: tuple[Band, ...]
    """How long the date of a result can mean, where that is longer than a point is wide."""
    paths: tuple[Path, ...]
    spots: tuple[Spot, ...]
    last: tuple[Text, ...]
    start: str
    end: str
    unit: str
    is_dense: bool


def draw(frame: Frame, dots: Sequence[Dot], last: Sequence[str] = (), unit: str = "") -> Drawing:
    """The drawing of at least one result, oldest first; `last`: the newest value of each line in words."""
    plot = _Plot(frame, dots)
    return Drawing(
        frame,
        tuple(plot.bands(dots)),
        tuple(Text(_n(frame.left - 6), _n(plot.y(one)), plot.written(one)) for one in plot.levels),
        tuple(plot.dates(dots)),
        tuple(plot.spans(dots)),
        tuple(plot.paths(dots)),
        tuple(plot.spots(dots)),
        tuple(plot.newest(dots, last)),
        _n(frame.left),
        _n(frame.width - frame.right),
        unit,
        is_dense=len(dots) > _DENSE,
    )


def _n(place: float) -> str:
    return f"{place:.1f}"


class _Plot:
    """The two scales of a drawing, and what is laid out along them."""

    def __init__(self, frame: Frame, dots: Sequence[Dot]) -> None:
        self.frame = frame
        self._from, self._to = dots[0].at, dots[-1].at
        low, high = reach(dots)
        self.levels = levels(low, high)
        self._low, self._high = self.levels[0], self.levels[-1]

    def x(self, at: datetime) -> float:
        """Where a moment stands; a single one in the middle."""
        start, end = self.frame.left + _INSET, self.frame.width - self.frame.right - _INSET
        whole = (self._to - self._from).total_seconds()
        part = (at - self._from).total_seconds() / whole if whole else 0.5
        return start + max(0.0, min(1.0, part)) * (end - start)

    def y(self, value: float) -> float:
        """Where a value stands; what lies beyond is cut to the edge."""
        top, floor = self.frame.top, self.frame.height - self.frame.bottom
        part = (value - self._low) / (self._high - self._low)
        return floor - max(0.0, min(1.0, part)) * (floor - top)

    def written(self, level: float) -> str:
        """A level as it is written at the side, with as many decimals as its neighbours need."""
        step = self.levels[1] - self.levels[0]
        return f"{level:.{max(0, -math.floor(math.log10(step) + 1e-9))}f}"

    def paths(self, dots: Sequence[Dot]) -> Iterable[Path]:
        """A path for each unbroken run of at least two, on each line."""
        for run in runs(dots):
            for line in range(len(run[0].values) if len(run) > 1 else 0):
                places = (f"{_n(self.x(dot.at))},{_n(self.y(dot.values[line]))}" for dot in run)
                yield Path(" ".join(places), line)

    def spots(self, dots: Sequence[Dot]) -> Iterable[Spot]:
        """A point for each value."""
        size = _n(5 if len(dots) <= 40 else 3.5 if len(dots) <= _DENSE else 2)
        for dot in dots:
            for line, value in enumerate(dot.values):
                tone = "out" if dot.out else ""
                yield Spot(_n(self.x(dot.at)), _n(self.y(value)), size, tone, line, dot.words)

    def spans(self, dots: Sequence[Dot]) -> Iterable[Band]:
        """A thin bar for each date that can mean more than the point is wide."""
        for dot in dots:
            start, end = self.x(dot.first), self.x(dot.last)
            if end - start > 3 * _HALF / 2:
                for line, value in enumerate(dot.values):
                    yield Band(_n(start), _n(self.y(value) - 1), _n(end - start), "2.0", line)

    def bands(self, dots: Sequence[Dot]) -> Iterable[Band]:
        """The ranges each lab sent, those that stayed the same as one."""
        for line in range(len(dots[0].values)):
            for lab in dict.fromkeys(dot.lab for dot in dots):
                for side, first, last in _stretches([dot for dot in dots if dot.lab == lab], line):
                    yield self._band(side, first, last, lab % _STYLES)

    def _band(self, sides: tuple[_Side, _Side], first: Dot, last: Dot, style: int) -> Band:
        start = max(self.frame.left, self.x(first.at) - _HALF)
        end = min(self.frame.width - self.frame.right, self.x(last.at) + _HALF)
        low, high = sides
        top = self.y(self._high if high is None else high)
        floor = self.y(self._low if low is None else low)
        return Band(_n(start), _n(top), _n(end - start), _n(max(1.0, floor - top)), style)

    def newest(self, dots: Sequence[Dot], words: Sequence[str]) -> Iterable[Text]:
        """The newest value of each line beside its point, on the side that no line comes from."""
        last, before = dots[-1], dots[-2] if len(dots) > 1 else dots[-1]
        for text, value, old in zip(words, last.values, before.values, strict=False):
            above, below = self.y(value) - 12, self.y(value) + 24
            is_below = old > value and below < self.frame.height - self.frame.bottom
            yield Text(
                _n(self._fitted(self.x(last.at), text)), _n(below if is_below or above < 16 else above), text
            )

    def dates(self, dots: Sequence[Dot]) -> Iterable[Text]:
        """As many dates as have room: the last and the first before those between."""
        taken: list[tuple[float, float]] = []
        seen: set[str] = set()
        for dot in (dots[-1], dots[0], *reversed(dots[1:-1])):
            half = len(dot.label) * self.frame.letter / 2 + 6
            middle = self._fitted(self.x(dot.at), dot.label)
            is_free = all(middle + half <= start or middle - half >= end for start, end in taken)
            if is_free and dot.label not in seen and abs(middle - self.x(dot.at)) < half:
                taken.append((middle - half, middle + half))
                seen.add(dot.label)
                yield Text(_n(middle), _n(self.frame.height - 12), dot.label)

    def _fitted(self, x: float, text: str) -> float:
        """The middle of a text that shall stand at x and stay inside the drawing."""
        half = len(text) * self.frame.letter / 2 + 2
        return max(half, min(self.frame.width - half, x))


def runs(dots: Sequence[Dot]) -> list[list[Dot]]:
    """The results in unbroken runs."""
    found: list[list[Dot]] = []
    for dot in dots:
        if dot.joined and found:
            found[-1].append(dot)
        else:
            found.append([dot])
    return found


def _stretches(dots: Sequence[Dot], line: int) -> list[tuple[tuple[_Side, _Side], Dot, Dot]]:
    """The ranges of one lab, each with the first and the last result in a row it was sent with."""
    found: list[tuple[tuple[_Side, _Side], Dot, Dot]] = []
    for dot in dots:
        sides = dot.ranges[line]
        if found and found[-1][0] == sides:
            found[-1] = (sides, found[-1][1], dot)
        else:
            found.append((sides, dot, dot))
    return [one for one in found if one[0] != (None, None)]


def reach(dots: Sequence[Dot]) -> tuple[float, float]:
    """From where to where the scale must go: all values, and the ranges unless those would flatten them."""
    values = [value for dot in dots for value in dot.values]
    low, high = min(values), max(values)
    room = max(high - low, abs(high) / 4, abs(low) / 4) or 1.0
    sides = [side for dot in dots for pair in dot.ranges for side in pair if side is not None]
    near = [side for side in sides if low - 2 * room <= side <= high + 2 * room]
    low, high = min([low, *near]), max([high, *near])
    if high - low < room / 2:
        low, high = (low - room / 4, high + room / 4)
    return (max(low, 0.0) if min(values) >= 0 else low), high


def levels(low: float, high: float) -> list[float]:
    """Three to seven round numbers that reach around both; `low` is less than `high`."""
    rough = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * one for one in (1, 2, 5, 10) if power * one >= rough * 0.85)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [step * one for one in range(first, max(last, first + 1) + 1)]
