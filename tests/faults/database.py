"""F22 to F24, F26, F27: Postgres restarted, failing over, full, used up, and with locks held."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
import requests

from ground import jobs
from portal.local import postgres
from tests.faults import disks, failover, poison
from tests.faults.bench import Bench
from tests.faults.ledger import exact
from tests.faults.registry import NotRun, Verdict, fault, must
from tests.faults.workers import poisoned, to_the_end
from tests.journeys.plain import Page
from tests.journeys.visitor import Visitor

_QUICK = 5.0  # seconds within which a page says that it cannot


def _asked(visitor: Visitor, path: str = "/connect/places/") -> Page:
    page = visitor.go(path)
    must("Traceback" not in page.text, "a page shows a trace")
    return page


def _says_later(visitor: Visitor, path: str = "/connect/places/") -> Page:
    """A page that cannot be had now: one clean 503 that says when to come again."""
    reply = visitor.http.get(visitor.origin + path, timeout=60)
    must(reply.status_code == 503, f"answered {reply.status_code} and not 503")
    must(reply.headers.get("Retry-After", "").isdecimal(), "no Retry-After")
    must("Traceback" not in reply.text, "a page shows a trace")
    return Page(reply)


@fault("F22", "Postgres restarted, fast and immediately")
def restarted(bench: Bench) -> Verdict:
    """Six times during imports. While it is gone one clean 503; when it is back no request fails."""
    reader, visitor = bench.connected(), bench.importing()
    failed = 0
    for turn in range(6):
        if turn % 2:
            bench.site.kill("postgres")
        else:
            bench.site.end("postgres")
        page = _says_later(reader)
        must(page.seconds <= _QUICK, f"it took {page.seconds:.1f} s to say so")
        bench.site.start("postgres")
        failed += sum(_asked(reader).status != 200 for _ in range(10))
    must(not failed, f"{failed} of 60 first requests failed")
    bench.finished(visitor)
    kept = exact(visitor.witness)
    return Verdict(6, f"503 with Retry-After meanwhile, 0 of 60 first requests failed; {kept} records")


@fault("F23", "Postgres fails over to a standby")
def failed_over(bench: Bench) -> Verdict:
    """Two clusters, the standby synchronous; the product writes through a two-host address."""
    found = failover.run()
    must(found.lost == 0, f"{found.lost} of {found.acked} acknowledged writes are lost")
    must(found.after >= 0, "no write after the promotion")
    must(found.after <= 5, f"writes again only {found.after:.1f} s after the promotion")
    there = found.acked - found.lost
    return Verdict(1, f"acknowledged {found.acked}, found {there}; writes again after {found.after:.1f} s")


@fault("F24", "Postgres' disk full")
def disk_full(bench: Bench) -> Verdict:
    """Its data lie on a small disk of their own, which is filled to the last byte during an import."""
    if not bench.has_own_disk:
        raise NotRun("no disk of its own can be mounted here")
    reader, visitor = bench.connected(), bench.importing("Big Chart", delay=0.5)
    bench.until(lambda: visitor.witness.of_theirs("records_record"), 30, "the first page")
    had = set(visitor.witness.kept())
    with disks.filled(bench.disk):
        must(disks.is_full(bench.disk), "the disk was not full")
        time.sleep(8)
        statuses = {_asked(reader, path).status for path in ("/records/", "/connect/places/", "/livez")}
        must(statuses <= {200, 503}, f"pages answered {statuses}")
    if not bench.site.is_up("postgres"):
        bench.site.start("postgres")
    bench.until(lambda: _asked(reader).status == 200, 60, "pages again")
    must(had <= set(visitor.witness.kept()), "committed records are lost")
    bench.site.sandbox.heal()
    bench.hurried_to_the_end(visitor, 240)
    kept = exact(visitor.witness)
    return Verdict(1, f"pages answered {sorted(statuses)}; all {len(had)} of before, then {kept} records")


@fault("F26", "no connection to Postgres left")
def used_up(bench: Bench) -> Verdict:
    """Every connection the role may have is taken. Pages say so soon, and all comes back by itself."""
    visitor = bench.connected()
    with _all_taken(bench) as taken:
        page = _says_later(visitor)
        must(page.seconds <= _QUICK, f"it took {page.seconds:.1f} s to say so")
        probes = {path: requests.get(bench.site.url + path, timeout=20) for path in ("/livez", "/readyz")}
        must(probes["/livez"].status_code == 200, "the process does not answer")
        must(probes["/readyz"].status_code == 503, "it says that it is ready")
    bench.until(lambda: _asked(visitor).status == 200, 30, "pages again")
    bench.checked(visitor)
    kept = exact(visitor.witness)
    return Verdict(taken, f"503 after {page.seconds:.1f} s, well again without a restart; {kept} records")


@contextmanager
def _all_taken(bench: Bench) -> Iterator[int]:
    """Take what is free, end what the site holds, and take that as well, until nothing is given any more."""
    site, held = bench.site, []
    address = postgres.address(site.home)
    for name in ("worker", "beat"):
        site.kill(name)
    try:
        for _ in range(3):
            with suppress(psycopg.OperationalError):
                while True:
                    held.append(psycopg.connect(address))
            mine = [each.info.backend_pid for each in held]
            site.rows(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where usename = 'tributary_app' and not (pid = any(%s))",
                mine,
            )
        yield len(held)
    finally:
        for each in held:
            each.close()
        for name in ("worker", "beat"):
            site.start(name)


@fault("F27", "a lock that is held, a deadlock, a statement without end")
def locked(bench: Bench) -> Verdict:
    """Each ends by itself, says so, and costs a retry at most."""
    visitor = bench.connected()
    slow = threading.Thread(target=_without_end, args=(bench, ended := []))
    slow.start()
    with psycopg.connect(postgres.address(bench.site.home, postgres.SUPERUSER)) as holder:
        holder.execute("lock table connect_connection in access exclusive mode")
        page = _says_later(visitor)
        must(page.seconds <= _QUICK, f"a held lock took {page.seconds:.1f} s")
    must(_asked(visitor).status == 200, "the page does not come back")
    with poisoned(bench):
        pair = [jobs.put(poison.CROSSES, subject=number) for number in (1, 2)]
        states = to_the_end(bench, *pair)
    must(states == ["done", "done"], f"the crossing jobs are {states}")
    deadlocks = bench.site.rows("select deadlocks from pg_stat_database where datname = 'tributary'")[0][0]
    must(deadlocks >= 1, "there was no deadlock")
    slow.join(60)
    must(ended and 25 <= ended[0] <= 40, f"a statement without end ran {ended} s")
    bench.checked(visitor)
    kept = exact(visitor.witness)
    return Verdict(
        2 + deadlocks,
        f"503 after {page.seconds:.1f} s; {deadlocks} deadlocks, both jobs done; the statement ended after"
        f" {ended[0]:.0f} s; {kept} records",
    )


def _without_end(bench: Bench, ended: list[float]) -> None:
    began = time.monotonic()
    with psycopg.connect(postgres.address(bench.site.home), autocommit=True) as slow:
        try:
            slow.execute("select pg_sleep(120)")
        except psycopg.errors.QueryCanceled:
            ended.append(time.monotonic() - began)
