"""Long tests take turns: `@pytest.mark.rota(3)` runs one of three a day, so that three days see all of them.

`EVERY=1 make test` runs all of them, and so does whoever names one test. A file marked as a whole keeps its
tests together, since what they share is what takes long.
"""

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TypeVar

import pytest

_Thing = TypeVar("_Thing")
#: Everything, where one would run a share: before a release, and in `make fuzz`.
EVERY = bool(os.environ.get("EVERY"))
_DAY = "TESTS_DAY"  # all processes of a run agree on the day, also at midnight


def today() -> int:
    """The number of this run's day."""
    return int(os.environ.setdefault(_DAY, str(datetime.now(UTC).toordinal())))


def todays(things: Iterable[_Thing], share: int) -> list[_Thing]:
    """One of `share` of the things, another share each day, so that a few days see all; with EVERY=1 all."""
    return [one for number, one in enumerate(things) if EVERY or (number + today()) % share == 0]


def pytest_configure(config: pytest.Config) -> None:
    """Fix the day before other processes are started."""
    today()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what rests today, and say how much that is."""
    if EVERY or any("::" in each for each in config.args):
        return
    taking_turns = {unit for item in items for unit in _units(item)}
    on = {unit for share in {share for share, _name in taking_turns} for unit in _todays(taking_turns, share)}
    resting = [item for item in items if not on.issuperset(_units(item))]
    if resting:
        config.hook.pytest_deselected(items=resting)
        items[:] = [each for each in items if each not in set(resting)]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say that some rested."""
    if not EVERY:
        terminalreporter.write_line("\nSome long tests run on other days; EVERY=1 runs all of them.")


def _units(item: pytest.Item) -> list[tuple[int, str]]:
    """The marks an item stands under: of how many one runs, and the name of what was marked."""
    return [(mark.args[0], node.nodeid) for node, mark in item.iter_markers_with_node("rota")]


def _todays(units: set[tuple[int, str]], share: int) -> list[tuple[int, str]]:
    ours = sorted(unit for unit in units if unit[0] == share)
    return [unit for number, unit in enumerate(ours) if (number + today()) % share == 0]
