"""Which faults there are, and what came of one: an id, a sentence, and the function that puts it in.

    @fault("F05", "429 with Retry-After in six spellings")
    def too_many(bench: Bench) -> Verdict: ...

A function says how often the fault was really put in (`injections`) and what was seen. It raises
`NotSurvived`, by `must`, with the reason where something was lost; `NotRun` where this machine cannot do it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.faults.bench import Bench


@dataclass(frozen=True)
class Verdict:
    """How often it was put in, and what was seen, in a few words."""

    injections: int
    seen: str


class NotSurvived(Exception):
    """Something was lost, doubled, hung or not said."""


class NotRun(Exception):
    """The fault could not be put in here."""


Put = Callable[["Bench"], Verdict]


@dataclass(frozen=True)
class Fault:
    """One line of the list."""

    id: str
    says: str
    put: Put
    is_quick: bool  # also part of `make test`, in a site that is up anyway


FAULTS: dict[str, Fault] = {}
#: These are put in when what they break is built: a deploy in the middle, a migration that waits, a backup.
LATER = {
    "F31": "deploy in the middle",
    "F32": "migration behind a long query",
    "F38": "backup restored to yesterday",
}


def fault(id: str, says: str, *, quick: bool = False) -> Callable[[Put], Put]:
    """Enter a function into the list."""

    def enter(put: Put) -> Put:
        assert id not in FAULTS, f"{id} is there twice"
        FAULTS[id] = Fault(id, says, put, quick)
        return put

    return enter


def must(is_so: object, why: str) -> None:
    """Go on where it is so. Raises NotSurvived with the reason."""
    if not is_so:
        raise NotSurvived(why)
