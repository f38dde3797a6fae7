"""F18 to F21: Redis killed and emptied, hung, cut off, and full."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import redis

from portal.local.redis import address
from tests.faults.bench import Bench, look
from tests.faults.ledger import exact
from tests.faults.registry import Verdict, fault, must
from tests.journeys.visitor import Visitor

_TIMES = 20
_HUNG = 120.0  # seconds
_EXTRA = 1.5  # seconds that a request may take longer


@contextmanager
def _client(bench: Bench) -> Iterator["redis.Redis[bytes]"]:
    path = address(bench.site.home).removeprefix("redis+socket://")
    with redis.Redis(unix_socket_path=path, socket_timeout=5) as client:
        yield client


@fault("F18", "Redis killed, and empty when it is back, twenty times")
def killed(bench: Bench) -> Verdict:
    """While people's imports are under way; signing in and reading never fail, not even while it is gone."""
    reader, visitor = bench.connected(), bench.importing()
    slowest = 0.0
    for turn in range(_TIMES):
        bench.site.kill("redis")
        slowest = max(slowest, _reads(reader, sign_in=turn % 5 == 0))
        bench.site.start("redis")
        time.sleep(bench.rng.uniform(0.2, 1.0))
    began = time.monotonic()
    bench.finished(visitor)
    waited = time.monotonic() - began
    must(waited <= 60, f"on again only after {waited:.0f} s")
    kept = exact(visitor.witness)
    return Verdict(
        _TIMES, f"slowest page {slowest:.1f} s, import over {waited:.0f} s after the last; {kept} records"
    )


def _reads(reader: Visitor, *, sign_in: bool) -> float:
    """Read some pages, after signing out and in where told; the slowest, in seconds."""
    if sign_in:
        reader.sign_out()
        must(reader.sign_in().status == 200, "signing in failed without Redis")
    pages = [reader.go(path) for path in ("/records/", "/connect/places/", "/records/test-results/")]
    must(all(page.status == 200 for page in pages), f"pages answered {[page.status for page in pages]}")
    return max(page.seconds for page in pages)


@fault("F19", "Redis hung for two minutes")
def hung(bench: Bench) -> Verdict:
    """Stopped by a signal: it takes connections and answers nothing."""
    reader = bench.connected()
    look(reader)
    before = reader.page.seconds
    bench.finished(reader)
    pid, began = bench.site.pid("redis"), time.monotonic()
    os.kill(pid, signal.SIGSTOP)
    try:
        look(reader)
        cost = reader.page.seconds - before
        slowest = _reads(reader, sign_in=True)
        time.sleep(max(0.0, _HUNG - (time.monotonic() - began)))
    finally:
        os.kill(pid, signal.SIGCONT)
    ended = time.monotonic()
    bench.finished(reader, seconds=90)
    must(cost <= _EXTRA, f"a request that rings took {cost:.1f} s longer")
    must(slowest <= 5, f"reading took {slowest:.1f} s")
    kept = exact(reader.witness)
    after = time.monotonic() - ended
    return Verdict(
        1,
        f"a ringing request took {max(0.0, cost):.1f} s longer; on again {after:.0f} s after; {kept} records",
    )


@fault("F20", "Redis connections cut, and quick bounces")
def cut(bench: Bench) -> Verdict:
    """By CLIENT KILL, by resets on the wire, by three quick restarts; the worker works again in time."""
    waits, ended = [], 0
    visitor = bench.connected()
    for way in ("client", "wire", "bounce"):
        for _ in range(3):
            ended += _cut(bench, way)
            time.sleep(0.5)
        began = time.monotonic()
        bench.checked(visitor)
        waits.append(time.monotonic() - began)
    must(max(waits) <= 45, f"it took {max(waits):.0f} s")
    kept = exact(visitor.witness)
    return Verdict(
        ended, f"{ended} connections ended; a whole import later after {max(waits):.0f} s; {kept} records"
    )


def _cut(bench: Bench, way: str) -> int:
    if way == "wire":
        return bench.wires["redis"].reset()
    if way == "bounce":
        bench.site.kill("redis")
        bench.site.start("redis")
        return 1
    with _client(bench) as client:
        return int(client.client_kill_filter(_type="normal", skipme=True))


@fault("F21", "Redis out of memory")
def full(bench: Bench) -> Verdict:
    """It refuses every write. People sign up and ask; what they asked for is done when it can be again."""
    visitor = bench.connected()
    with _client(bench) as client:
        client.config_set("maxmemory", "1")
        try:
            must(_is_refused(client), "it was not full")
            newcomer = bench.person()
            must(newcomer.page.status == 200, "signing up failed")
            imports = len(visitor.witness.runs())
            look(visitor)
            must(visitor.page.status == 200, "asking failed")
            waiting = bench.site.rows(
                "select count(*) from ground_job where state = 'waiting' and due_at < now()"
            )
        finally:
            client.config_set("maxmemory", "256mb")
    bench.until(lambda: len(visitor.witness.runs()) > imports, 10, "the import asked for")
    bench.finished(visitor)
    kept = exact(visitor.witness)
    return Verdict(
        1, f"no page failed, {waiting[0][0]} jobs waited in their rows and were done; {kept} records"
    )


def _is_refused(client: "redis.Redis[bytes]") -> bool:
    try:
        client.set("ballast", b"x" * 1000)
    except redis.exceptions.OutOfMemoryError:
        return True
    return False
