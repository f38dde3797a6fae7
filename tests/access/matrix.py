"""Every address, method and role, of one's own and of others: "not yours" must be "not there"."""

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from tests.access import asking
from tests.access.asking import Answer, Doors
from tests.access.roles import ANONYMOUS, OPERATOR, PATIENT, ROLES, may_open, words_for
from tests.house.site_rules import FOR_OTHER_SITES, RULES, SHARED, STAFF
from tests.house.site_world import World, names

METHODS = ("get", "head", "post", "put", "patch", "delete", "options", "trace")
_READING = ("get", "head", "post")
#: Pages that name a hospital to whoever asks, because it is the same for everybody.
_NAMING = {"connect:place"}
_NO_GATEWAY = 503
"""What a page says whose gateway does not answer: here there is none."""
OWN, OTHER = "Rosa's", "Ada's"


@dataclass(frozen=True, slots=True)
class Case:
    """One combination."""

    name: str
    method: str
    role: str
    whose: str


@dataclass
class Found:
    """What came of it: how many were tried, and what leaked, in words."""

    tried: int = 0
    leaks: list[str] = field(default_factory=list)


class Matrix:
    """Rosa's and Ada's worlds, and everybody of Rosa's before the doors."""

    def __init__(self, rosa: World, ada: World, doors: Doors, tell: Callable[[str], object] = bool) -> None:
        """`tell` is called with each leak, as it is found."""
        self.tell = tell
        self.worlds = {OWN: rosa, OTHER: ada}
        self.doors = doors
        self.found = Found()
        self._nothing: dict[tuple[str, str, str], Answer] = {}

    def run(self, cases: Iterable[Case]) -> Found:
        """Try each."""
        for case in cases:
            self.found.tried += 1
            told = f"{case.role}: {case.method} {case.name} of {case.whose}"
            for why in self._leaks(case):
                self.found.leaks.append(f"{told}: {why}")
                self.tell(self.found.leaks[-1])
        return self.found

    def _leaks(self, case: Case) -> Iterator[str]:
        answer = self.doors.ask(case.role, case.method, asking.of(self.worlds[case.whose], case.name))
        if answer.status >= 500 and answer.status != _NO_GATEWAY:
            yield f"answered {answer.status}"
        asks_first = case.method == "options" and case.name in FOR_OTHER_SITES
        if case.method not in _READING and answer.status != (204 if asks_first else 405):
            yield f"takes {case.method}"
        if asking.is_named(case.name) and not self._is_theirs(case) and answer.same != self._none(case).same:
            yield from self._again(case)
        if case.name not in _NAMING:
            yield from (f"shows {word}" for word in self._strange(case) if word in answer.body)
        if case.role == PATIENT and case.whose == OWN and case.method == "get":
            yield from self._wrong(case.name, answer)

    def _is_theirs(self, case: Case) -> bool:
        """Ada's things are nobody's of these; what is open to all is no secret of hers."""
        if case.whose == OWN or is_open(case.name):
            return may_open(case.role, case.name)
        return case.role == OPERATOR and may_open(OPERATOR, case.name)

    def _none(self, case: Case) -> Answer:
        """What the same person is told where there is nothing."""
        key = (case.name, case.method, case.role)
        if key not in self._nothing:
            address = asking.nowhere(self.worlds[OWN], case.name)
            self._nothing[key] = self.doors.ask(case.role, case.method, address)
        return self._nothing[key]

    def _again(self, case: Case) -> Iterator[str]:
        """Ask for both once more, in a row and from a fresh sign-in: a clock may have ticked in between."""
        self.doors.sign_out(case.role)
        nothing = self.doors.ask(case.role, case.method, asking.nowhere(self.worlds[OWN], case.name))
        answer = self.doors.ask(case.role, case.method, asking.of(self.worlds[case.whose], case.name))
        if answer.same != nothing.same:
            yield f"answered {answer.status}, and {nothing.status} where there is nothing"

    def _strange(self, case: Case) -> set[str]:
        """The words that may not stand in what this role is shown."""
        rosa, ada = self.worlds[OWN], self.worlds[OTHER]
        words = {*rosa.words.canaries, *ada.words.canaries} - words_for(case.role, rosa)
        if case.role == OPERATOR:  # administers both, and has no business with what is in their records
            words -= words_for(OPERATOR, ada)
        return words

    def _wrong(self, name: str, answer: Answer) -> Iterator[str]:
        """A page that is shut to its owner would leak nothing either."""
        if name in RULES and answer.status != RULES[name].get:
            yield f"answers its owner {answer.status}"


def is_open(name: str) -> bool:
    """Whether an address is the same for everybody."""
    return not name.startswith(STAFF) and (RULES[name].who == "open" or name in SHARED)


def cases() -> list[Case]:
    """All there are. An address that names nothing is nobody's: it is asked once."""
    return [
        Case(name, method, role, whose)
        for name in dict.fromkeys(names())
        for method in METHODS
        for role in ROLES
        for whose in ((OWN, OTHER) if asking.is_named(name) else (OWN,))
    ]


def share(parts: int, seed: int) -> list[Case]:
    """One of so many parts, by chance."""
    told = cases()
    random.Random(seed).shuffle(told)
    return told[::parts]


def sample(amount: int, seed: int) -> list[Case]:
    """Some of those that reach a view, by chance."""
    told = [one for one in cases() if one.method in _READING and one.role != ANONYMOUS]
    return random.Random(seed).sample(told, amount)
