"""F17, F29, F30: work that eats memory, a beat that is there twice or not at all, work that always fails."""

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from ground import jobs
from ground.models import Job
from portal import operating
from portal.watching import alarms, measures
from tests import factories as make
from tests.faults import poison
from tests.faults.bench import Bench, arrive, look
from tests.faults.ledger import exact
from tests.faults.registry import Verdict, fault, must
from tests.site import Site

_number = itertools.count(1)
_TRIES = 5


@contextmanager
def poisoned(bench: Bench) -> Iterator[None]:
    """A worker that knows the kinds of `poison`, for the length of the block."""
    site = bench.site
    before = site.words["worker"]
    site.words["worker"] = [*before, "-I", "tests.faults.poison"]
    _restart(site)
    try:
        yield
    finally:
        site.words["worker"] = before
        Job.objects.filter(kind__startswith="bench-", state="waiting").delete()
        _restart(site)


def _restart(site: Site) -> None:
    if site.is_up("worker"):
        site.kill("worker")
    site.start("worker")


def to_the_end(bench: Bench, *put: Job, seconds: float = 120) -> list[str]:
    """Wait until these jobs are over, their waits and the leases of dead workers made short; their states."""
    ids = [each.pk for each in put]

    def over() -> bool:
        waiting = (
            "update ground_job set due_at = now(), rung_at = null where id = any(%s) and state = 'waiting'"
        )
        bench.site.rows(f"{waiting} and due_at > now() + interval '1 s' returning id", ids)
        dead = "set leased_until = now(), rung_at = null where id = any(%s) and state = 'waiting'"
        aged = "leased_until between now() and now() + interval '24 s'"
        bench.site.rows(f"update ground_job {dead} and {aged} returning id", ids)
        return not Job.objects.filter(pk__in=ids, state="waiting").exists()

    bench.until(over, seconds, "jobs to be over")
    return [Job.objects.get(pk=each).state for each in ids]


@fault("F17", "work that eats memory, starves, or is killed for it")
def hungry(bench: Bench) -> Verdict:
    """The worker's child is replaced, what fails is given up after five tries, others are not harmed."""
    visitor = bench.person()
    arrive(visitor)
    with poisoned(bench):
        worker = psutil.Process(bench.site.pid("worker"))
        bench.until(lambda: len(worker.children()) >= 2, 30, "the worker's children")
        before = {each.pid for each in worker.children()}
        eats, starves, dies = (
            jobs.put(kind, subject=next(_number)) for kind in (poison.EATS, poison.STARVES, poison.DIES)
        )
        visitor.follow("Back to the app")
        states = to_the_end(bench, eats, starves, dies, seconds=240)
        must(states == ["done", "stuck", "stuck"], f"the jobs are {states}")
        after = {each.pid for each in worker.children()}
        must(before - after, "no child was replaced")
        bench.finished(visitor)
        kept = exact(visitor.witness)
    gone = len(before - after)
    return Verdict(
        1 + 2 * _TRIES, f"{gone} children replaced, two given up after {_TRIES} tries; {kept} records"
    )


@fault("F29", "beat twice, beat not at all, beat that restarts often")
def beats(bench: Bench) -> Verdict:
    """Two are harmless. Without one an alarm fires, and what was asked for meanwhile is done after."""
    site, visitor = bench.site, bench.person()
    chart = arrive(visitor)
    site.sandbox.fault(route=chart, delay=0.5, times=None)
    site.words["second"] = site.words["beat"]
    site.start("second")
    try:
        visitor.follow("Back to the app")
        bench.finished(visitor)
        first = exact(visitor.witness)
    finally:
        site.kill("second")
    for _ in range(5):
        site.kill("beat")
        site.start("beat")
    site.kill("beat")
    noticed = _noticed(bench)
    look(visitor)  # what it postpones waits in its row until there is a beat again
    time.sleep(5)
    site.start("beat")
    bench.until(lambda: len(visitor.witness.runs()) > 1, 30, "the import asked for")
    bench.finished(visitor)
    second = exact(visitor.witness)
    _silent_job(bench)
    return Verdict(
        7, f"{first} records with two, {second} after none; a lost bell rung after; absence {noticed}"
    )


def _silent_job(bench: Bench) -> None:
    """A job whose bell was never heard is found by the sweep."""
    with poisoned(bench):
        job = Job.objects.create(kind=poison.EATS, subject=next(_number))
        bench.until(lambda: Job.objects.get(pk=job.pk).state == "done", 60, "the sweep to find it")


def _noticed(bench: Bench) -> str:
    """Which alarm fires five minutes after the last sweep (its row moved back by so much)."""
    bench.site.change("update ground_heartbeat set at = at - interval '5 minutes' where name = 'sweep'")
    firing = alarms.evaluate()
    must("no_beat" in firing, f"no alarm but {firing}")
    return "rings as no_beat"


@fault("F30", "poison: work that fails each time")
def poisonous(bench: Bench) -> Verdict:
    """Five tries, then it stands there as stuck, and others go on."""
    visitor = bench.person()
    arrive(visitor)
    with poisoned(bench):
        bad = [jobs.put(poison.RAISES, subject=next(_number)) for _ in range(3)]
        visitor.follow("Back to the app")
        states = to_the_end(bench, *bad)
        must(set(states) == {"stuck"}, f"the jobs are {states}")
        tries = [Job.objects.get(pk=each.pk).attempts for each in bad]
        must(measures.measure().stuck >= len(bad), "operators are not told of them")
        operating.try_again(user=make.user(), job_id=bad[0].pk)
        again = Job.objects.filter(kind=poison.RAISES, subject=bad[0].subject, pk__gt=bad[0].pk)
        must(again.exists(), "the button does not try again")
        bench.finished(visitor)
        kept = exact(visitor.witness)
    must(all(each == _TRIES + 1 for each in tries), f"claimed {tries} times")
    return Verdict(
        len(bad) * _TRIES, f"stuck after {_TRIES} tries, shown and tried again; {kept} records beside"
    )
