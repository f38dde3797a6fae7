"""Many patients' imports on a clock of our own, served by the rules that `connect.pacing` keeps in rows.

Values stand in dictionaries here; every decision is `connect.turns` and `connect.breaker`. What is simple:
a call takes half a second, a worker is always free, and a postponed job is found by the next sweep.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from math import ceil

from connect import breaker, turns
from connect.breaker import Standing
from connect.importing.troubles import WAITS
from connect.turns import Budget, Lane, Line, Turn, Window

CALL = 0.5
SWEEP = 10.0


@dataclass(eq=False)
class Import:
    """One job: so many pages for one patient from one place, and when and at which call each page came."""

    patient: int
    pages: int
    place: str = "harbor"
    lane: Lane = Lane.ROUTINE
    begins: float = 0.0
    troubles: int = 0
    came: list[tuple[float, int]] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        return len(self.came) >= self.pages

    @property
    def slots(self) -> int:
        """How many calls of anybody's were made up to this import's last page."""
        return self.came[-1][1]

    @property
    def seconds(self) -> float:
        return self.came[-1][0] - self.begins


class Crowd:
    """A budget and the patients who want some of it."""

    def __init__(
        self,
        limit: int = 50,
        *,
        fair: bool = True,
        rests: bool = True,
        fails: Callable[[Import], bool] | None = None,
    ) -> None:
        self.budget = Budget("test", limit)
        self.window, self.standing, self.tickets = Window(), dict[tuple[int, Lane], Turn](), 0
        self.places: dict[str, Standing] = {}
        self.fair, self.rests = fair, rests
        self.fails = fails or (lambda job: False)
        self.calls, self.asked, self.to = 0, 0, Counter[int]()
        self.now = 1_000_000.0
        self.begun = self.now

    def ask(self, patient: int, lane: Lane) -> float:
        """What `pacing.take` does with its rows."""
        self.asked += 1
        turn = self.standing.get((patient, lane), Turn(lane)) if self.fair else Turn(lane)
        line = Line()
        if self.fair and lane != Lane.PERSON:
            others = (each for (whose, _), each in self.standing.items() if whose != patient)
            line = turns.line_of(turn, others, self.now)
        window = turns.slid(self.window, self.budget, self.now)
        verdict = turns.decide(window, self.budget, turn, line, self.now)
        if verdict.wait == 0.0:
            self.window, self.calls = verdict.window, self.calls + 1
            self.to[patient] += 1
            self.standing[patient, lane] = verdict.turn
        else:
            self.tickets += 1
            self.standing[patient, lane] = turns.refused(verdict, self.tickets, self.now)
        return verdict.wait

    def run(self, jobs: Sequence[Import], *, beside: Sequence[Import] = ()) -> None:
        """Work until every job is done; those beside are worked at as well, done or not."""
        order, left = count(), len(jobs)
        waiting = [(self.begun + job.begins, next(order), job) for job in (*beside, *jobs)]
        heapq.heapify(waiting)
        while left:
            self.now, _, job = heapq.heappop(waiting)
            again = self._slice(job)
            if again is not None:
                heapq.heappush(waiting, (again, next(order), job))
            elif job not in beside:
                left -= 1

    def _slice(self, job: Import) -> float | None:
        """One slice of a job; when it is looked at next, None when it is done."""
        if self.rests and (rest := self._rest(job)):
            self.standing.pop((job.patient, job.lane), None)
            return self._swept(max(rest, self._backoff(job)))
        if wait := self.ask(job.patient, job.lane):
            return self._swept(wait)
        if self.fails(job):
            self._failed(job)
            return self._swept(self._backoff(job))
        self.places.pop(job.place, None)
        job.troubles = 0
        job.came.append((self.now - self.begun, self.calls))
        return None if job.is_done else self.now + CALL

    def _rest(self, job: Import) -> float:
        standing = self.places.get(job.place, Standing())
        if breaker.wants_probe(standing, self.now):
            self.places[job.place] = breaker.probing(standing, self.now)
            return 0.0
        return breaker.rest(standing, self.now) * (1 + job.patient % 64 / 64)

    def _failed(self, job: Import) -> None:
        standing = self.places.get(job.place, Standing())
        probe = standing.trips > 0
        self.places[job.place] = breaker.failed(standing, job.place, self.now, is_host=False, is_probe=probe)
        job.troubles += 1

    def _backoff(self, job: Import) -> float:
        return WAITS[min(max(job.troubles, 1), len(WAITS)) - 1]

    def _swept(self, wait: float) -> float:
        """The first sweep after a job is due."""
        return self.begun + ceil((self.now + wait - self.begun) / SWEEP) * SWEEP
