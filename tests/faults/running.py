"""Runs faults one after the other: one that breaks or hangs costs itself, never the rest."""

import signal
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tests.faults import families
from tests.faults.bench import Bench
from tests.faults.registry import FAULTS, Fault, NotRun, NotSurvived

LONGEST = 2400.0  # seconds for one fault; the kills take the longest


class _Enough(BaseException):
    """Time is up. Nobody on the way may take it for a failure of their own."""


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    id: str
    says: str
    injections: int
    verdict: str  # survived, not survived, not run, broke
    seen: str
    seconds: float

    @property
    def is_survived(self) -> bool:
        """Put in, and nothing lost."""
        return self.verdict == "survived"


def run(bench: Bench, asked: Sequence[str] = ()) -> list[Line]:
    """Put in these faults (none named: all), in the order of the list, saying how each went."""
    families.load()
    lines = []
    for each in sorted(FAULTS.values(), key=lambda fault: fault.id):
        if not asked or each.id in asked:
            lines.append(_one(bench, each))
            print(_said(lines[-1]), flush=True)
    return lines


def table(lines: Sequence[Line]) -> str:
    """Id, fault, injections, verdict, what was seen."""
    rows = [("id", "fault", "injected", "verdict", "seen")]
    rows += [(each.id, each.says, str(each.injections), each.verdict, each.seen) for each in lines]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row[:4], widths, strict=True)), row[4]])
        for row in rows
    )


def _one(bench: Bench, fault: Fault) -> Line:
    began = time.monotonic()
    injections, verdict, seen = 0, "survived", ""
    try:
        with _limited(LONGEST):
            bench.calm()
            found = fault.put(bench)
            injections, seen = found.injections, found.seen
            if not injections:
                verdict, seen = "not survived", "it was never really put in"
    except (NotSurvived, _Enough) as lost:
        verdict, seen = "not survived", str(lost)
    except NotRun as why:
        verdict, seen = "not run", str(why)
    except Exception as broke:  # noqa: BLE001  (one fault must not end the bench)
        traceback.print_exc()
        verdict, seen = "broke", f"{type(broke).__name__}: {str(broke)[:200]}"
    return Line(fault.id, fault.says, injections, verdict, seen, time.monotonic() - began)


def _said(line: Line) -> str:
    return (
        f"{line.id}  {line.verdict:12}  {line.seconds:6.1f} s  {line.injections:5}  {line.says}: {line.seen}"
    )


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """End whatever hangs in here."""

    def enough(*_: object) -> None:
        raise _Enough(f"it had not ended after {seconds:.0f} s")

    before = signal.signal(signal.SIGALRM, enough)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
