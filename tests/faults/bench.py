"""What faults are put into: a whole site, a wire to each of its servers, and people who connect places."""

import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import django
from celery import current_app
from django.db import connections

from portal.local import folders, postgres, postgres_files
from tests.faults import disks
from tests.faults.registry import NotSurvived, must
from tests.faults.wire import Wire, strung
from tests.journeys.visitor import HARBOR, Visitor
from tests.site import Site, free_port, start_site

T = TypeVar("T")
PAGES = "*/$everything"
_DISK = 4000  # megabytes
_WAITS = """
    select tablename from pg_tables
    where schemaname = 'public' and tablename ~ '^connect_(pacing|breaker|budget)'
"""


@dataclass
class Bench:
    """A running site and its wires. `rng` is seeded, so that a run can be had again."""

    site: Site
    rng: random.Random
    wires: dict[str, Wire] = field(default_factory=dict)  # sandbox, redis, postgres; none in `make test`
    kills: int = 100
    rounds: int = 500
    disk: Path = Path("/nowhere")  # where the database's files lie
    has_own_disk: bool = False
    met: list[Visitor] = field(default_factory=list)
    _marked: int = 0

    def person(self, *who: str) -> Visitor:
        """Somebody new, signed up; Rosa unless told otherwise."""
        visitor = Visitor(self.site, *who).sign_up()
        self.met.append(visitor)
        return visitor

    def people(self, count: int) -> list[Visitor]:
        """Several, signed up side by side."""
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(lambda _: self.person(), range(count)))

    def connected(self, place: str = HARBOR) -> Visitor:
        """Somebody whose records of a place are all here."""
        visitor = self.person()
        visitor.connect(place)
        self.finished(visitor)
        return visitor

    def importing(self, place: str = HARBOR, *, delay: float = 1.0) -> Visitor:
        """Somebody whose records of a place are on their way, each answer `delay` seconds late."""
        visitor = self.person()
        self.site.sandbox.fault(route=arrive(visitor, place), delay=delay, times=None)
        visitor.follow("Back to the app")
        return visitor

    def finished(self, *visitors: Visitor, seconds: float = 150) -> None:
        """Wait until no import of theirs is under way. Raises NotSurvived."""
        for each in visitors:
            self.until(each.witness.is_over, seconds, "an import to end")

    def hurried_to_the_end(self, visitor: Visitor, seconds: float = 120) -> None:
        """The same, where whatever is postponed is brought forward, as if that time had passed."""

        def over() -> bool:
            if self.postponed(visitor) > 1:
                self.hurried(visitor)
            return visitor.witness.is_over()

        self.until(over, seconds, "an import to end")

    def checked(self, visitor: Visitor, place: str = HARBOR, *, whole: bool = False) -> None:
        """Ask a place for what is new, or for its whole chart as if that was due, and wait for the end."""
        if whole:
            mine = f"where patient_id = {visitor.witness.patient}"
            self.site.change(f"update connect_connection set complete_at = null {mine}")
        imports = len(visitor.witness.runs())
        look(visitor, place)
        self.until(lambda: len(visitor.witness.runs()) > imports, 60, "another import")
        self.finished(visitor)

    def until(self, is_so: Callable[[], T], seconds: float, what: str) -> T:
        """Wait until something is true and return it. Raises NotSurvived after so many seconds."""
        try:
            return self.site.until(is_so, seconds=seconds, what=what)  # type: ignore[no-any-return]
        except AssertionError:
            raise NotSurvived(f"waited {seconds:.0f} s for {what}") from None

    def hurried(self, visitor: Visitor) -> int:
        """Let what was postponed be due now, as if that time had passed; how many jobs."""
        return len(
            self.site.rows(
                "update ground_job set due_at = now(), rung_at = null where patient_id = %s"
                " and state = 'waiting' and due_at > now() returning id",
                visitor.witness.patient,
            )
        )

    def postponed(self, visitor: Visitor) -> float:
        """In how many seconds the job of their import is due; 0 when it is, or there is none."""
        rows = self.site.rows(
            "select extract(epoch from due_at - now()) from ground_job"
            " where patient_id = %s and kind = 'import' and state = 'waiting'",
            visitor.witness.patient,
        )
        return max(0.0, float(rows[0][0])) if rows else 0.0

    def struck(self, after: int, path: str = "") -> int:
        """How many requests at the sandbox ran into a fault since entry `after` of its ledger."""
        rows = self.site.sandbox.ledger(after)
        return sum(1 for each in rows if each["fault"] and each["path"].endswith(path))

    def asked(self, after: int, path: str) -> int:
        """How many requests it was asked for this (the end of a path) since entry `after`."""
        return sum(1 for each in self.site.sandbox.ledger(after) if each["path"].endswith(path))

    def mark(self) -> int:
        """The number of the newest entry of the sandbox's ledger."""
        rows = self.site.sandbox.ledger(self._marked)
        self._marked = int(rows[-1]["number"]) if rows else self._marked
        return self._marked

    def calm(self) -> None:
        """Take every fault away, start what is down, and forget the wait that a 429 left behind."""
        for wire in self.wires.values():
            wire.calm()
            connections.close_all()  # this process's own may have died with a server
        for name in ("postgres", "redis", "web", "worker", "beat"):
            if not self.site.is_up(name):
                self.site.start(name)
        self.site.sandbox.heal()
        self.site.sandbox.limits()
        self.site.until(self.site.is_ready, what="the site to be ready again")
        self.forget_waits()

    def forget_waits(self) -> None:
        """As if the time had passed for which a gateway asked us to stay away."""
        for (table,) in self.site.rows(_WAITS):
            self.site.change(f"truncate {table}")


def look(visitor: Visitor, place: str = HARBOR) -> None:
    """Press the button that looks for new records on the place's page, as if five minutes had passed."""
    mine = f"where patient_id = {visitor.witness.patient}"
    visitor.site.change(f"update connect_connection set asked_at = null {mine}")
    visitor.go("/connect/places/")
    visitor.follow(f"^{place}")
    visitor.press("^Check (for new records|now)")


def arrive(visitor: Visitor, place: str = HARBOR) -> str:
    """Leave for a place and agree there, and stop before coming back; the path of the chart that waits there.

    `visitor.follow("Back to the app")` then starts the import.
    """
    visitor.leave_for(place)
    visitor.sign_in_there()
    visitor.press("^Allow")
    site, user = visitor.site, visitor.witness.app_user
    site.until(lambda: site.sandbox.truth(user), seconds=20, what="a chart")
    return chart_of(visitor)


def chart_of(visitor: Visitor) -> str:
    """The path of this person's whole chart at the sandbox, for faults that are to strike them alone."""
    held = visitor.site.sandbox.truth(visitor.witness.app_user)
    patients = [each["id"] for each in held if each["type"] == "Patient"]
    must(len(patients) == 1, f"{len(patients)} Patients and not one")
    return f"*/Patient/{patients[0]}/$everything"


def side_by_side(*works: Callable[[], T]) -> list[T]:
    """Do all of these at once; what each came to. The first error is raised when all have ended."""
    with ThreadPoolExecutor(len(works)) as pool:
        return [each.result() for each in [pool.submit(work) for work in works]]


def timed(work: Callable[[], Any]) -> float:
    """How many seconds it takes."""
    began = time.monotonic()
    work()
    return time.monotonic() - began


@contextmanager
def start_bench(seed: int, *, kills: int, rounds: int) -> Iterator[Bench]:
    """A bench of its own for the length of the block: site, wires, and Django of this process on its data."""
    with tempfile.TemporaryDirectory(prefix="tributary-faults-") as folder, ExitStack() as ending:
        home = Path(folder)
        disks.sweep()
        disk = postgres_files.data(home).parent
        has_own_disk = ending.enter_context(disks.mounted(disk, _DISK))
        wires = {name: ending.enter_context(strung(target)) for name, target in _targets(home).items()}
        settings = {
            "DATABASE_URL": f"postgresql://tributary_app@127.0.0.1:{wires['postgres'].port}/tributary",
            "REDIS_URL": f"redis://127.0.0.1:{wires['redis'].port}/0",
            "SWEEP_SECONDS": "2",
        }
        port, base = free_port(), f"http://127.0.0.1:{wires['sandbox'].port}"
        wires["sandbox"].target = ("127.0.0.1", port)
        site = ending.enter_context(
            start_site(home, settings=settings, port=port, public_base=base, slow_seconds=4, big=2000)
        )
        site.sandbox.url = f"http://127.0.0.1:{port}"  # faults of the wire are not for our own look
        _join(site)
        yield Bench(site, random.Random(seed), wires, kills, rounds, disk, has_own_disk)


def _join(site: Site) -> None:
    """Let this process be one more of the site's: its settings and data, past the wires of the others."""
    os.environ.update(site.environment(), DATABASE_URL=postgres.address(site.home), LOG_LEVEL="CRITICAL")
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    django.setup()
    current_app.loader.import_default_modules()  # what does each kind of job


def _targets(home: Path) -> dict[str, Any]:
    return {
        "sandbox": ("127.0.0.1", 0),
        "redis": folders.for_sockets(home, "redis-socket") / "redis.sock",
        "postgres": postgres_files.sockets(home) / ".s.PGSQL.5432",
    }
