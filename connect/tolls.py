"""The toll before each call to a gateway: is its host up, is the place up, whose turn is it; and what came
of it after.

Nothing waits here. A call that may not be made now raises at once and says when to come back: the caller
shows that to somebody, or postpones its job.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from connect import pacing, weather
from connect.gateway import GatewayError, SignInAgain, TryLater, Unreadable
from connect.pacing import Asker, Budget, Lane
from ground import counting

#: Calls that only prepare another: they take nobody's turn, or tokens would die of old age in a long line.
_PREPARING = frozenset({"create_account", "new_code", "redeem", "refresh"})
#: Calls that a hospital can make fail. What an account is asked of says nothing about one, and permission is
#: taken back at the gateway.
_OF_A_PLACE = frozenset({"depart", "everything", "read", "ingest"})
#: Whose 429 means that one connection was asked too often (docs/oneup.md §11.1), and stops nobody else.
_COOLING = frozenset({"ingest", "revoke"})
_AFTER_429 = 10.0  # seconds, where the gateway does not say
_TIMED_OUT = (408, 425)


class NotAsked(TryLater):
    """The call was not made. `retry_after` is always set."""


class Busy(NotAsked):
    """Our own budget is used up for now, or it is others' turn."""


class Resting(NotAsked):
    """The gateway's host, or the place, failed several times in a row and is left alone for a while."""


@dataclass(frozen=True, slots=True)
class Errand:
    """For whom calls are made. `person`: somebody waits for the answer; `asked`: somebody asked for the work.

    `whose`: the patient, None for nobody's; `place`: the gateway's key of the place it is about, or empty.
    """

    person: bool
    whose: int | None = None
    place: str = ""
    asked: bool = False

    @property
    def asker(self) -> Asker:
        """As `connect.pacing` knows it."""
        work = Lane.ASKED if self.asked else Lane.ROUTINE
        return Asker(Lane.PERSON if self.person else work, self.whose)


@dataclass(frozen=True, slots=True)
class Road:
    """One call of one gateway: its name, the host it goes to, and the budgets it is counted against."""

    gateway: str
    call: str
    host: str
    budgets: tuple[Budget, ...]


@contextmanager
def crossing(road: Road, errand: Errand) -> Iterator[None]:
    """Around one call. Raises `Busy` and `Resting` before it; what it raises itself is noted and passes."""
    outlook = _outlook(road, errand)
    _pay(road, errand, outlook)
    try:
        yield
    except NotAsked:
        weather.give_back(outlook.probes)
        raise
    except GatewayError as trouble:
        note(road.call, _word(trouble))
        if trouble.status == 429 and road.call not in _COOLING:
            retry_after = getattr(trouble, "retry_after", None)
            pacing.shrink(_guilty(road), retry_after=retry_after or _AFTER_429)
        _came_to(road, errand, outlook, trouble)
        raise
    _came_to(road, errand, outlook, None)


def note(call: str, how: str, *, later: bool = False) -> None:
    """Count what a call came to, for operators: by the call's name, never by whose it was."""
    counting.add("upstream", call, how, later=later)


def is_failure(trouble: GatewayError | None) -> bool:
    """Whether this means that the other side is out of order, rather than that it says no.

    A web page where JSON was due is mostly a broken gateway's; a 429 is a healthy one's.
    """
    if isinstance(trouble, SignInAgain):
        return trouble.status is not None and 200 <= trouble.status < 300
    if not isinstance(trouble, TryLater):
        return False
    return trouble.status is None or trouble.status >= 500 or trouble.status in _TIMED_OUT


def _outlook(road: Road, errand: Errand) -> weather.Outlook:
    outlook = weather.ahead((*_names(road, errand), *_holds(road, errand)))
    if not outlook.rest:
        return outlook
    if errand.person:
        raise Resting(road.call, None, outlook.rest)
    pacing.give_up_turn(road.budgets, errand.asker)
    raise Resting(road.call, None, outlook.rest * (1 + weather.spread(errand.whose)))


def _pay(road: Road, errand: Errand, outlook: weather.Outlook) -> None:
    wait = pacing.take(road.budgets, errand.asker, spends=road.call not in _PREPARING)
    if wait:
        weather.give_back(outlook.probes)
        raise Busy(road.call, None, wait)


def _came_to(road: Road, errand: Errand, outlook: weather.Outlook, trouble: GatewayError | None) -> None:
    host, *place = _names(road, errand)
    failed = is_failure(trouble)
    if not failed:
        weather.went_well(outlook.marked)
    else:
        about = errand.place if place else weather.account(errand.whose)
        weather.failed(host, about, is_host=True, is_probe=host in outlook.probes)
    if place and isinstance(trouble, SignInAgain):
        return  # of an account, or of the host
    if place and failed:
        weather.failed(place[0], errand.place, is_host=False, is_probe=place[0] in outlook.probes)
    if place and host not in outlook.probes:
        weather.count(road.gateway, errand.place, whose=errand.whose, failed=failed)


def _names(road: Road, errand: Errand) -> tuple[str, ...]:
    """The breakers on the way: the host's first, then the place's where the call is about one."""
    host = weather.host_breaker(road.gateway, road.host)
    if road.call not in _OF_A_PLACE or not errand.place:
        return (host,)
    return host, weather.place_breaker(road.gateway, errand.place)


def _holds(road: Road, errand: Errand) -> tuple[str, ...]:
    """What an operator may have put in the way of a call about a place."""
    is_about = road.call in _OF_A_PLACE and errand.place
    return (weather.hold_name(road.gateway, errand.place),) if is_about else ()


def _guilty(road: Road) -> tuple[Budget, ...]:
    """The budget that a 429 is about: the narrowest. If it was the other, the next call will hear so."""
    return road.budgets[-1:]


def _word(trouble: GatewayError) -> str:
    if isinstance(trouble, TryLater):
        return "429" if trouble.status == 429 else "5xx" if (trouble.status or 0) >= 500 else "no answer"
    words = {SignInAgain: "sign in", Unreadable: "unreadable"}
    return next((word for kind, word in words.items() if isinstance(trouble, kind)), "refused")
