"""Work that goes wrong on purpose: kinds of jobs that only a worker of the bench knows (`celery -I`)."""

import os
import resource
import signal
import time

from django.db import connection, transaction

from ground import jobs
from ground.models import Job

RAISES, EATS, STARVES, DIES, CROSSES = (
    f"bench-{word}" for word in ("raises", "eats", "starves", "dies", "crosses")
)
_HUGE = 450_000_000  # bytes, more than a child of the worker may keep
_ROOM = 3_000_000_000  # bytes of address space


def _raises(job: Job) -> jobs.Outcome:
    raise ValueError("a payload nobody can read")


def _eats(job: Job) -> jobs.Outcome:
    """Takes more memory than a child is allowed to have taken, and gives it back: the child is replaced."""
    time.sleep(0.1 + len(bytearray(b"x") * _HUGE) / 10**10)
    return jobs.Done()


def _starves(job: Job) -> jobs.Outcome:
    """Runs into the end of memory, as in a container that has no more."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_ROOM, before[1]))
    try:
        return jobs.More() if bytearray(b"x") * (2 * _ROOM) else jobs.Done()
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def _dies(job: Job) -> jobs.Outcome:
    """Ended by the kernel, as one that ate too much."""
    os.kill(os.getpid(), signal.SIGKILL)
    return jobs.Done()


def _crosses(job: Job) -> jobs.Outcome:
    """Takes two locks, in the order its number says: two such jobs at once are a deadlock."""
    with transaction.atomic(), connection.cursor() as cursor:
        for lock in (1, 2) if job.subject % 2 else (2, 1):
            cursor.execute("select pg_advisory_xact_lock(7000 + %s)", [lock])
            time.sleep(0.7)
    return jobs.Done()


for _kind, _work in (
    (RAISES, _raises),
    (EATS, _eats),
    (STARVES, _starves),
    (DIES, _dies),
    (CROSSES, _crosses),
):
    jobs.register(_kind, _work)
