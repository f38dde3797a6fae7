"""F28: a worker whose clock is five minutes off or jumps during a lease; days of other clocks, a leap day.

The clock of this process is moved, and its hands do the worker's work; the database keeps its own time.
"""

import re
from datetime import UTC, datetime, timedelta

import time_machine

from ground import jobs
from ground.models import Job
from tests.faults.bench import Bench, arrive
from tests.faults.ledger import exact
from tests.faults.registry import Verdict, fault, must
from tests.journeys.visitor import Visitor

_OFF = (timedelta(minutes=5), timedelta(minutes=-5))
_ODD_DAYS = (
    datetime(2027, 3, 14, 6, 59, 50, tzinfo=UTC),  # clocks go forward in New York ten seconds later
    datetime(2027, 11, 7, 5, 59, 50, tzinfo=UTC),  # and back
    datetime(2028, 2, 28, 23, 59, 50, tzinfo=UTC),  # a leap day begins
    datetime(2028, 2, 29, 23, 59, 50, tzinfo=UTC),
)
_NEGATIVE = re.compile(r"-\d+ (second|minute|hour|day)|in the future")


@fault("F28", "clocks that are off, that jump during a lease, odd days")
def off(bench: Bench) -> Verdict:
    """Leases are the database's; tokens and pages bear a clock that is not."""
    bench.site.kill("worker")
    try:
        visitors = [_worked(bench, timedelta(), by) for by in _OFF]
        visitors.append(_worked(bench, timedelta(minutes=10), timedelta()))
    finally:
        bench.site.start("worker")
    kept = [exact(each.witness) for each in visitors]
    _lease_stands(bench)
    pages = _pages(bench)
    return Verdict(
        len(kept) + 1 + len(_ODD_DAYS), f"{kept} records; a lease stands; {pages} pages, no negative age"
    )


def _worked(bench: Bench, jump: timedelta, by: timedelta) -> Visitor:
    """Somebody whose import was done by a worker whose clock is off, or jumps after the first page."""
    visitor = bench.person()
    arrive(visitor)
    visitor.follow("Back to the app")
    for turn in range(60):
        if visitor.witness.is_over():
            break
        with time_machine.travel(datetime.now(UTC) + by + (jump if turn > 2 else timedelta()), tick=True):
            bench.hurried(visitor)
            for job in Job.objects.filter(patient_id=visitor.witness.patient, kind="import", state="waiting"):
                jobs.work(job.pk)
    bench.finished(visitor, seconds=5)
    return visitor


def _lease_stands(bench: Bench) -> None:
    """A lease holds though the clock of whoever wants the job next is an hour ahead, and after it jumped."""
    job = Job.objects.create(kind="bench-lease", subject=1)
    try:
        mine = jobs.claim(job.pk)
        must(mine, "the job cannot be claimed")
        for by in (timedelta(hours=1), timedelta(hours=-1)):
            with time_machine.travel(datetime.now(UTC) + by, tick=True):
                must(jobs.claim(job.pk) is None, "a lease that stands was given away")
                jobs.renew(mine)  # type: ignore[arg-type]
    finally:
        Job.objects.filter(pk=job.pk).delete()


def _pages(bench: Bench) -> int:
    """Pages seen by a web server whose clock is off or on an odd day; how many."""
    from django.test import Client

    from portal.models import User

    visitor: Visitor = bench.connected()
    user = User.objects.get(email=visitor.email)
    User.objects.filter(pk=user.pk).update(time_zone="America/New_York")
    count = 0
    for when in (*(datetime.now(UTC) + by for by in _OFF), *_ODD_DAYS):
        with time_machine.travel(when, tick=True):
            client = Client(SERVER_NAME="localhost")
            client.force_login(user)
            for path in ("/", "/records/", "/connect/places/", "/records/test-results/"):
                reply = client.get(path)
                must(reply.status_code == 200, f"{path} answered {reply.status_code} at {when:%d %B %Y}")
                must(not _NEGATIVE.search(reply.content.decode()), f"{path} shows a negative age")
                count += 1
    return count
