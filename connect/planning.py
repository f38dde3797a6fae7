"""How long it takes to look at everybody's places once, and how often that can be done, under a budget.

Plain arithmetic on the rules that pace real work (`connect.turns`): routine leaves people and those who have
just connected their part of each window, and a window is a slot longer than its name.
"""

from dataclasses import dataclass
from math import ceil

from connect import turns
from connect.turns import Budget, Lane

HOUR, DAY = 3600.0, 86_400.0
#: Of all time, for what no plan knows: calls that fail, places that are down, new people. A fifth.
HEADROOM = 0.2


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at one connection costs. All of it assumptions, to be replaced by what is measured."""

    ask: int = 2  # to send anew, and how the sign-in there stands
    follow: int = 3  # asks for word until the place has sent all
    find: int = 1  # the patient's ids
    tokens: int = 2  # a code and its redemption: those of the last look are dead by now
    users: int = 1  # of them on user management, which has a budget of its own
    records: int = 800  # in one connection's chart
    page: int = 100  # records a call brings
    complete: int = 30  # each so manieth look reads the chart whole, the others one page of what is new

    @property
    def pages(self) -> float:
        """Pages of the chart that a look reads, over many looks."""
        whole = max(1, ceil(self.records / self.page))
        return 1 + (whole - 1) / self.complete

    @property
    def first_calls(self) -> int:
        """Calls of a whole chart, as at first or when everybody is read anew."""
        return self.ask + self.follow + self.find + self.tokens + max(1, ceil(self.records / self.page))

    @property
    def calls(self) -> float:
        """Calls of one look, over many."""
        return self.ask + self.follow + self.find + self.tokens + self.pages


@dataclass(frozen=True, slots=True)
class Plan:
    """What a budget holds for so many patients. Times in seconds."""

    patients: int
    connections: int
    calls_a_look: float
    looks_an_hour: float
    refresh: float  # one look at every connection
    whole: float  # everybody's charts once, whole
    interval: float  # how often every connection can be looked at, with headroom
    narrow: str  # which of the budgets decides: "all" or "users"
    wanted: float  # the interval that is asked for
    calls_a_minute: int  # what that would take, of all calls …
    users_an_hour: int  # … and of user management


def plan(
    patients: int, connections: int, look: Look, *, a_minute: int, users_an_hour: int, wanted: float = DAY
) -> Plan:
    """What these budgets hold for `patients` with so many `connections` each."""
    every, users = Budget("all", a_minute), Budget("users", users_an_hour, HOUR)
    one_call, one_user = (turns.spacing(each, Lane.ROUTINE) for each in (every, users))
    looks = patients * connections
    by_calls, by_users = looks * look.calls * one_call, looks * look.users * one_user
    refresh = max(by_calls, by_users)
    return Plan(
        patients=patients,
        connections=connections,
        calls_a_look=round(look.calls, 2),
        looks_an_hour=round(looks / refresh * HOUR, 1),
        refresh=refresh,
        whole=max(looks * look.first_calls * one_call, by_users),
        interval=refresh / (1 - HEADROOM),
        narrow="users" if by_users > by_calls else "all",
        wanted=wanted,
        calls_a_minute=_limit_for(looks * look.calls, wanted, 60.0),
        users_an_hour=_limit_for(looks * look.users, wanted, HOUR),
    )


def _limit_for(calls: float, seconds: float, window: float) -> int:
    """The least limit of a window under which routine makes so many calls in that time, with headroom."""
    apart = seconds * (1 - HEADROOM) / calls
    slot = window / turns.SLOTS
    limit = ceil((window + slot) / apart / (1 - turns.LEAVES[Lane.ROUTINE] / 100))
    while turns.spacing(Budget("", limit, window), Lane.ROUTINE) > apart:
        limit += 1
    return limit
