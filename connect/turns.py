"""Who may make the next call: rules as plain functions of plain values, without a database or a clock.

`connect.pacing` keeps the values in rows; a simulation keeps them in lists and moves a clock of its own. All
times are seconds since the epoch. The decision on turns (docs/decisions) says why.

A window. A credential's last calls are counted in slots. The oldest, half-passed slot counts whole, so no
stretch of a window's length ever holds more calls than the limit.

A lane for each kind of asker: a person who waits for the answer, work that somebody asked for, and routine.
Work leaves a part of the window to those before it.

A pace of one's own. A patient's calls may run ahead of an even share by so much and no further. The share of
a person is a quarter of the limit; of work, what there is divided by the patients who want some of it just
now. It is never more than one round of those: who was slow in a crowd is not kept waiting when it is gone.

A ticket. Who cannot be served gets a place in the line of their lane and is told when to come back: all
before them have had a call by then. One call uses the ticket up, so patients take turns page by page, and
each comes once for each turn. When a window is narrower than thought, who comes keeps the ticket and is told
again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum
from math import ceil

SLOTS = 30
#: A ticket whose holder is late by so much no longer keeps a call free for them; a sweep and a slice fit in.
GRACE = 60.0
LEAST_PERCENT = 10
_PERCENT_A_MINUTE = 10
_SOON = 0.05
_PART = 4  # of a window's calls, one patient's may be this part ahead of an even share
_FEW = 5  # calls that anybody may make in a row, however small the budget


class Lane(IntEnum):
    """Who asks; the lower is served first."""

    PERSON = 0
    ASKED = 1
    ROUTINE = 2


#: What a lane leaves to those before it. A fifth lets some ten searches a minute through while imports run;
#: the further part lets somebody who has just connected see a first page at once on a busy night.
LEAVES = {Lane.PERSON: 0, Lane.ASKED: 20, Lane.ROUTINE: 28}  # percent


@dataclass(frozen=True, slots=True)
class Budget:
    """How many calls (`limit`) one credential may make in a window of so many seconds."""

    credential: str
    limit: int
    window: float = 60.0

    @property
    def slot(self) -> float:
        """The length of one slot, in seconds."""
        return self.window / SLOTS


@dataclass(frozen=True, slots=True)
class Window:
    """Calls in each of the last slots, the newest last, and what is left of the budget after a 429."""

    slots: tuple[int, ...] = ()
    newest: int = 0
    percent: int = 100
    shrunk_at: float | None = None
    closed_until: float = 0.0


@dataclass(frozen=True, slots=True)
class Turn:
    """How one patient stands in one lane: paid up to when, and which ticket for when. 0: none."""

    lane: Lane = Lane.ROUTINE
    paid_until: float = 0.0
    ticket: int = 0
    back_at: float = 0.0

    @property
    def busy_until(self) -> float:
        """Until when this patient counts as one who wants calls."""
        return max(self.paid_until, self.back_at + GRACE if self.ticket else 0.0)

    def is_due(self, now: float) -> bool:
        """Whether there is a ticket and its time has come."""
        return bool(self.ticket) and self.back_at <= now


@dataclass(frozen=True, slots=True)
class Line:
    """The others, as one patient in one lane meets them."""

    wanting: int = 0  # patients who had calls lately or wait for one
    ahead: int = 0  # those with a ticket that comes before
    ready: int = 0  # those of them whose time has come, so that a call is kept for each


@dataclass(frozen=True, slots=True)
class Verdict:
    """`wait` is 0.0 when the call may be made, which is then counted in `window` and `turn`."""

    wait: float
    window: Window
    turn: Turn


def decide(
    window: Window, budget: Budget, turn: Turn, line: Line, now: float, *, spends: bool = True
) -> Verdict:
    """Whether one more call may be made now, and else when to come back.

    `window` is as `slid` left it. `spends`: not for a call that only prepares another (new tokens): it counts
    in the window, and leaves the patient's pace and ticket alone.
    """
    wait = max(window.closed_until - now, until_free(window, budget, turn.lane, now, line.ready + 1))
    cost = _cost(budget, window, turn.lane, line, now)
    if not turn.is_due(now):
        wait = max(wait, min(_ahead_of_pace(budget, window, turn, now), cost))
    if wait <= 0:
        spent = _spent(turn, cost, now) if spends else turn
        return Verdict(0.0, _counted(window), spent)
    return Verdict(_told(window, budget, turn, line, now, wait), window, turn)


def refused(verdict: Verdict, ticket: int, now: float) -> Turn:
    """The turn of somebody who has to wait, with a new ticket where they have none; people get none."""
    turn = verdict.turn
    if turn.lane == Lane.PERSON:
        return turn
    return replace(turn, ticket=turn.ticket or ticket, back_at=now + verdict.wait)


def line_of(turn: Turn, others: Iterable[Turn], now: float) -> Line:
    """What `others` of the same credential are to somebody; the one patient's own turn is not among them."""
    here = [other for other in others if 0 < other.lane <= turn.lane and other.busy_until > now]
    waiting = [other for other in here if other.ticket and other.back_at > now - GRACE]
    if turn.is_due(now):
        waiting = [other for other in waiting if (other.lane, other.ticket) < (turn.lane, turn.ticket)]
    return Line(len(here), len(waiting), sum(other.back_at <= now for other in waiting))


def slid(window: Window, budget: Budget, now: float) -> Window:
    """The window moved to now: slots that have left it are dropped, all that may still reach into it stay."""
    newest = int(now / budget.slot)
    slots = list(window.slots)[-(SLOTS + 1) :]
    slots = [0] * (SLOTS + 1 - len(slots)) + slots
    passed = min(max(0, newest - window.newest), SLOTS + 1)
    return replace(window, slots=tuple(slots[passed:] + [0] * passed), newest=max(newest, window.newest))


def shrunk(window: Window, retry_after: float, now: float) -> Window:
    """After a 429: half the budget, and nothing in the next seconds. It grows back, a tenth a minute.

    Several of those under way hear the same no; the first halves.
    """
    percent = percent_of(window, now)
    if window.closed_until <= now:
        percent = max(LEAST_PERCENT, percent // 2)
    return replace(
        window, percent=percent, shrunk_at=now, closed_until=max(window.closed_until, now + retry_after)
    )


def percent_of(window: Window, now: float) -> int:
    """What is left of the budget after a 429, in percent."""
    if window.shrunk_at is None:
        return 100
    minutes = (now - window.shrunk_at) / 60
    return min(100, window.percent + int(minutes * _PERCENT_A_MINUTE))


def allowed(limit: int, lane: Lane) -> int:
    """How many calls of a window a lane may see made before it waits; at least one."""
    return max(1, limit - ceil(limit * LEAVES[lane] / 100))


def spacing(budget: Budget, lane: Lane, percent: int = 100) -> float:
    """Seconds between two calls of a lane that alone uses all it may."""
    return (budget.window + budget.slot) / allowed(_limit(budget, percent), lane)


def until_free(window: Window, budget: Budget, lane: Lane, now: float, calls: int = 1) -> float:
    """Seconds until so many more calls fit; 0.0 when there is room."""
    may = allowed(_limit(budget, percent_of(window, now)), lane)
    over, freed = sum(window.slots) + min(calls, may) - may, 0
    for count in window.slots:
        if over <= 0:
            break
        over, freed = over - count, freed + 1
    if freed == 0:
        return 0.0
    return max(_SOON, (window.newest + freed) * budget.slot - now)


def _limit(budget: Budget, percent: int) -> int:
    return max(1, budget.limit * percent // 100)


def _cost(budget: Budget, window: Window, lane: Lane, line: Line, now: float) -> float:
    """What one call weighs on a patient's pace, in seconds: an even share of the time between two calls."""
    if lane == Lane.PERSON:
        return budget.window / _in_a_row(budget.limit)
    return spacing(budget, lane, percent_of(window, now)) * (line.wanting + 1)


def _ahead_of_pace(budget: Budget, window: Window, turn: Turn, now: float) -> float:
    """Seconds by which a patient is too far ahead of an even share."""
    alone = _cost(budget, window, turn.lane, Line(), now)
    may = allowed(_limit(budget, percent_of(window, now)), turn.lane)
    return turn.paid_until - now - alone * (_in_a_row(may) - 1)


def _in_a_row(limit: int) -> int:
    """How many calls one patient may make at once."""
    return max(limit // _PART, min(_FEW, limit))


def _spent(turn: Turn, cost: float, now: float) -> Turn:
    return replace(turn, paid_until=max(turn.paid_until, now) + cost, ticket=0, back_at=0.0)


def _counted(window: Window) -> Window:
    return replace(window, slots=(*window.slots[:-1], window.slots[-1] + 1))


def _told(window: Window, budget: Budget, turn: Turn, line: Line, now: float, wait: float) -> float:
    """When to come back: at one's time if that is still to come, else once those before have had theirs."""
    if turn.ticket and turn.back_at > now:
        return turn.back_at - now
    free = max(window.closed_until - now, until_free(window, budget, turn.lane, now))
    apart = spacing(budget, turn.lane, percent_of(window, now))
    return max(_SOON, wait, free + line.ahead * apart)
