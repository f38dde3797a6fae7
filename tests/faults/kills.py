"""SIGKILLs at seeded moments, while charts are read in: F16, and the kills that F18 and F22 build on.

They come in waves: four kills some seconds apart, then everybody who was struck has to go on. How long that
takes is counted from the kill to the next page that is kept of the import that was struck.
"""

import os
import signal
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import psutil
import psycopg

from tests.faults.bench import PAGES, Bench, arrive
from tests.faults.ledger import exact
from tests.faults.registry import Verdict, fault, must
from tests.journeys.visitor import BIG, Visitor

#: Of each hundred kills: a child of the worker, the worker whole, Redis, Postgres, the web server.
SHARES = {"child": 30, "worker": 25, "redis": 20, "postgres": 15, "web": 10}
UNDER_WAY = 8  # imports at a time
_WAVE = 5
_APART = (3.0, 6.0)  # seconds between two kills of a wave
_PATIENCE = 120.0  # seconds for those who were struck
_BOUND = 60.0  # seconds for 95 of 100

_RUNS = """
    select r.patient_id, r.phase, concat_ws('/', r.phase, r.pass_number, r.seen),
           coalesce(j.leased_until > now(), false)
    from connect_importrun r
    left join ground_job j on j.kind = 'import' and j.subject = r.id and j.state = 'waiting'
    where r.patient_id = any(%s) order by r.id
"""


@dataclass(frozen=True)
class Struck:
    """An import that a kill struck: how far it was, and when that was."""

    kill: int  # its number
    patient: int
    mark: str
    at: float


@dataclass
class Campaign:
    """All kills of one run and what came of them."""

    bench: Bench
    kills: list[str] = field(default_factory=list)
    waits: dict[int, float] = field(default_factory=dict)  # by kill: seconds until all it struck went on
    records: int = 0
    imports: int = 0
    _open: dict[int, Visitor] = field(default_factory=dict)
    _waiting: list[Struck] = field(default_factory=list)

    def run(self) -> None:
        """As many kills as the bench was told. Raises NotSurvived at the first import that is not exact."""
        with self._slow_pages():
            plan = list(_plan(self.bench))
            while plan:
                self._fill()
                wave, plan = plan[:_WAVE], plan[_WAVE:]
                for victim in wave:
                    self._while(self.bench.rng.uniform(*_APART))
                    self._kill(victim)
                self._until_all_go_on()
            self.bench.until(self._all_over, 300, "the last imports to end")

    def _slow_pages(self) -> "_Slow":
        return _Slow(self.bench)

    def _fill(self) -> None:
        """Let new people leave for the big chart until enough are under way."""
        self._settle()
        while len(self._open) < UNDER_WAY:
            self.bench.site.until(self.bench.site.is_ready, what="the site")
            visitor = self.bench.person()
            arrive(visitor, BIG)
            visitor.follow("Back to the app")
            self._open[visitor.witness.patient] = visitor

    def _settle(self) -> None:
        """Check the ledger of those whose import is over."""
        for patient, phase, _mark, _is_held in self._runs():
            if phase == "ended" and patient not in {each.patient for each in self._waiting}:
                self.records += exact(self._open.pop(patient).witness)
                self.imports += 1

    def _all_over(self) -> bool:
        self._settle()
        return not self._open

    def _kill(self, victim: str) -> None:
        before = [each for each in self._runs() if each[1] != "ended" and (each[3] or victim == "redis")]
        at = time.monotonic()
        _end(self.bench, victim)
        self._waiting += [
            Struck(len(self.kills), patient, mark, at) for patient, _phase, mark, _is_held in before
        ]
        self.kills.append(victim)

    def _look(self) -> None:
        """Note who has gone on since they were struck."""
        now, marks = time.monotonic(), {each[0]: each[2] for each in self._runs()}
        for each in list(self._waiting):
            if marks.get(each.patient, each.mark) != each.mark:
                self.waits[each.kill] = max(now - each.at, self.waits.get(each.kill, 0.0))
                self._waiting.remove(each)

    def _while(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            self._look()
            time.sleep(0.25)

    def _until_all_go_on(self) -> None:
        def none_waits() -> bool:
            self._look()
            return not self._waiting

        self.bench.until(none_waits, _PATIENCE, "an import to go on after a kill")

    def _runs(self) -> list[tuple[int, str, str, bool]]:
        """Where the imports under way are; nothing while the database is down."""
        try:
            rows = self.bench.site.rows(_RUNS, list(self._open))
        except psycopg.OperationalError:
            return []
        return list({row[0]: row for row in rows}.values())  # type: ignore[misc]

    def of(self, *victims: str) -> list[float]:
        """For each kill of these, how long the last of those waited whom it struck."""
        return [seconds for kill, seconds in self.waits.items() if self.kills[kill] in victims]


class _Slow:
    """Pages that take a moment, so that there is a middle; and the sweep as seldom as in life."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def __enter__(self) -> None:
        self._bench.site.sandbox.fault(route=PAGES, delay=0.7, times=None)
        self._sweep("10")

    def __exit__(self, *_: object) -> None:
        self._sweep("2")
        self._bench.site.sandbox.heal()

    def _sweep(self, seconds: str) -> None:
        site = self._bench.site
        site.settings["SWEEP_SECONDS"] = seconds
        if site.is_up("beat"):
            site.kill("beat")
        site.start("beat")


def _plan(bench: Bench) -> Iterator[str]:
    """Who is killed, in seeded order."""
    names = [name for name, share in SHARES.items() for _ in range(max(1, round(share * bench.kills / 100)))]
    bench.rng.shuffle(names)
    yield from names


def _end(bench: Bench, victim: str) -> None:
    if victim == "child":
        children = psutil.Process(bench.site.pid("worker")).children()
        if children:
            os.kill(bench.rng.choice(children).pid, signal.SIGKILL)
            return
        victim = "worker"
    bench.site.kill(victim)
    bench.site.start(victim)


_done: dict[int, Campaign] = {}


def campaign(bench: Bench) -> Campaign:
    """The kills of this bench, done once however many faults look at them."""
    if id(bench) not in _done:
        made = Campaign(bench)
        made.run()
        _done[id(bench)] = made
    return _done[id(bench)]


def said(waits: list[float]) -> str:
    """The waits in a few words."""
    quantiles = statistics.quantiles(waits, n=20) if len(waits) > 1 else [*waits * 19]
    middle = statistics.median(waits)
    return f"median {middle:.0f} s, 95th percentile {quantiles[18]:.0f} s, most {max(waits):.0f} s"


@fault("F16", "SIGKILL of a child of the worker and of the whole, with Redis, Postgres and web among them")
def killed(bench: Bench) -> Verdict:
    """Nothing lost, nothing doubled, and on again within a minute, 95 times of 100."""
    found = campaign(bench)
    waits = list(found.waits.values())
    must(statistics.quantiles(waits, n=20)[18] <= _BOUND, f"too slow to go on: {said(waits)}")
    counts = ", ".join(f"{found.kills.count(name)} {name}" for name in SHARES)
    return Verdict(
        len(found.kills),
        f"{counts}; {found.imports} imports, {found.records} records, 0 lost, 0 doubled; "
        f"{len(waits)} kills struck imports; all of them on again after {said(waits)}",
    )
