"""Jobs: rows that say what to do and when; Redis only rings the bell.

A job runs in slices of at most about 20 seconds. A claim takes a lease and counts the attempt before any
work, in its own transaction. A slice keeps its progress together with the lease's renewal in one transaction
(`renew`), so a killed worker loses one slice at most and nothing is done twice by a lease that ran out.
No Celery retry, no countdown: the row is the schedule, and the sweep finds it.
"""

import logging
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from celery import current_app
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Least, Now

from ground.correlation import request_id
from ground.models import Job

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
ATTEMPTS = 5
_RING_AGAIN_AFTER = timedelta(seconds=20)
#: Whoever ends a slice rings for so many that are due: while there is work, nobody's turn waits for a sweep.
_ALONG = 10
_BACKOFF = (5, 20, 60, 300, 900)


@dataclass(frozen=True, slots=True)
class Done:
    """The job is over."""


@dataclass(frozen=True, slots=True)
class More:
    """This slice made progress and there is more to do now."""


@dataclass(frozen=True, slots=True)
class Later:
    """Nothing to do before `seconds` from now. `failed`: this was trouble, and counts as an attempt."""

    seconds: float
    note: str = ""
    failed: bool = False


Outcome = Done | More | Later
Handler = Callable[[Job], Outcome]


class LeaseLost(Exception):
    """Another worker holds this job now: stop, and keep nothing of this slice."""


@dataclass(frozen=True, slots=True)
class _Kind:
    work: Handler
    give_up: Callable[[Job], None] | None
    again: Callable[[Job], None] | None = None


_kinds: dict[str, _Kind] = {}


def register(
    kind: str,
    work: Handler,
    *,
    give_up: Callable[[Job], None] | None = None,
    again: Callable[[Job], None] | None = None,
) -> None:
    """Say what does a kind of job, and what to tell people when it has failed for good.

    `again`: what an operator's "try again" does, where giving up ended more than the job.
    """
    _kinds[kind] = _Kind(work, give_up, again)


def put(kind: str, *, subject: int, patient_id: int | None = None, due: datetime | None = None) -> Job:
    """Write down work to do, and ring after commit. An open job of the same subject is brought forward.

    `due`: aware; None for now.
    """
    when = due or Now()
    job: Job | None = None
    while job is None:  # of two at once the second finds the first's, which may be over by then
        job = _written(kind, subject, patient_id, when) or _brought_forward(kind, subject, when)
    if due is None:
        transaction.on_commit(lambda: ring(job.pk), robust=True)
    return job


def _written(kind: str, subject: int, patient_id: int | None, when: "datetime | Now") -> Job | None:
    try:
        with transaction.atomic():
            return Job.objects.create(
                kind=kind, subject=subject, patient_id=patient_id, due_at=when, request_id=request_id.get()
            )
    except IntegrityError:
        return None


def _brought_forward(kind: str, subject: int, when: "datetime | Now") -> Job | None:
    """The open one, locked until the transaction around ends; None where it ended meanwhile."""
    open_one = Job.objects.filter(kind=kind, subject=subject, state=Job.State.WAITING)
    open_one.update(due_at=Least(F("due_at"), when))
    return open_one.first()


def put_for_each(kind: str, patients: Iterable[int]) -> None:
    """Write down the same work for many patients, each of whom is the subject of a job; the sweep rings."""
    subjects = sorted(set(patients))
    with transaction.atomic():
        due = Job.objects.filter(kind=kind, subject__in=subjects, state=Job.State.WAITING)
        due.update(due_at=Least(F("due_at"), Now()))
        rows = [Job(kind=kind, subject=pk, patient_id=pk, request_id=request_id.get()) for pk in subjects]
        Job.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)


def ring(job_id: int) -> None:
    """Tell a worker that a job is due. May be lost: the sweep rings again."""
    try:
        current_app.send_task("ground.work", args=[job_id], retry=False, ignore_result=True)
    except Exception as trouble:  # noqa: BLE001  (a bell that does not ring costs delay, never the request)
        log.warning("bell did not ring", extra={"job": job_id, "error": type(trouble).__name__})


def ring_due(limit: int = 200) -> int:
    """Ring for every due job that nobody works on. Returns how many. Needs no row scope."""
    free = Q(leased_until=None) | Q(leased_until__lt=Now())
    quiet = Q(rung_at=None) | Q(rung_at__lt=Now() - _RING_AGAIN_AFTER)
    due = Job.objects.filter(free, quiet, state=Job.State.WAITING, due_at__lte=Now()).order_by("due_at")
    ids = list(due.values_list("pk", flat=True)[:limit])
    Job.objects.filter(pk__in=ids).update(rung_at=Now())
    for pk in ids:
        ring(pk)
    return len(ids)


def claim(job_id: int) -> Job | None:
    """Take the lease of a due job and count the attempt; None when somebody has it or it is not due."""
    lease = uuid.uuid4()
    free = Q(leased_until=None) | Q(leased_until__lt=Now())
    taken = Job.objects.filter(free, pk=job_id, state=Job.State.WAITING, due_at__lte=Now()).update(
        lease=lease, leased_until=Now() + LEASE, attempts=F("attempts") + 1
    )
    return Job.objects.get(pk=job_id) if taken else None


def renew(job: Job, lease: timedelta = LEASE) -> None:
    """Inside the transaction that keeps a slice's progress: prove the lease is still ours and lengthen it; by
    more than usual where the next step may take longer, which is then how long a killed one lies idle.

    Raises LeaseLost.
    """
    ours = Job.objects.filter(pk=job.pk, lease=job.lease, state=Job.State.WAITING)
    if not ours.update(leased_until=Now() + lease):
        raise LeaseLost


def work(job_id: int) -> None:
    """Claim a job, do one slice of it and write down what comes next. Safe to call twice."""
    job = claim(job_id)
    if job is None:
        return
    token = request_id.set(job.request_id or f"job-{job.pk}")
    try:
        _worked(job)
    finally:
        request_id.reset(token)


def _worked(job: Job) -> None:
    if job.attempts > ATTEMPTS:
        _give_up(job)
        return
    try:
        outcome = _kinds[job.kind].work(job)
    except LeaseLost:
        log.info("lease lost", extra={"job": job.pk})
        return
    except Exception as trouble:  # noqa: BLE001  (one bad job must not end the worker; its text may hold values)
        log.error("job failed", extra={"job": job.pk, "kind": job.kind, "error": _where(trouble)})
        connection.close_if_unusable_or_obsolete()
        outcome = Later(_backoff(job), note=type(trouble).__name__, failed=True)
    settle(job, outcome)
    ring_due(_ALONG)


def try_again(job_id: int) -> Job | None:
    """An operator gives a stuck job its attempts back; the job, or None when it is not stuck (any more).

    Where another of its kind and subject waits already, or there is more to do than the job alone, that is
    what goes on, and this one is over.
    """
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(pk=job_id, state=Job.State.STUCK).first()
        if job is None:
            return None
        again = _kinds[job.kind].again if job.kind in _kinds else None
        Job.objects.filter(pk=job.pk).update(state=Job.State.DONE)
        if again is not None:
            again(job)
        else:
            put(job.kind, subject=job.subject, patient_id=job.patient_id)
    return job


def settle(job: Job, outcome: Outcome) -> None:
    """Write what a slice came to; where there is more to do now, ring for it at the back of the queue.

    A slice that decides by rows which others change may do so itself, in the transaction in which it looked
    and after `renew`: whoever changes them then, and puts the job, is not forgotten. Twice is as once.
    """
    ours = Job.objects.filter(pk=job.pk, lease=job.lease, state=Job.State.WAITING)
    match outcome:
        case Done():
            ours.update(state=Job.State.DONE, lease=None, leased_until=None, ended_at=Now(), note="")
        case More():
            ours.update(
                lease=None, leased_until=None, attempts=0, slices=F("slices") + 1, due_at=Now(), rung_at=Now()
            )
            transaction.on_commit(lambda: ring(job.pk), robust=True)
        case Later():
            attempts = F("attempts") if outcome.failed else 0
            due = Now() + timedelta(seconds=max(0.0, outcome.seconds))
            ours.update(
                lease=None,
                leased_until=None,
                attempts=attempts,
                due_at=due,
                rung_at=None,
                note=outcome.note[:80],
            )


def _give_up(job: Job) -> None:
    ours = Job.objects.filter(pk=job.pk, lease=job.lease, state=Job.State.WAITING)
    if ours.update(state=Job.State.STUCK, lease=None, leased_until=None, ended_at=Now()):
        log.error("job gave up", extra={"job": job.pk, "kind": job.kind})
        tell = _kinds[job.kind].give_up if job.kind in _kinds else None
        if tell is not None:
            tell(job)


def _backoff(job: Job) -> float:
    return float(_BACKOFF[min(job.attempts, len(_BACKOFF)) - 1])


def _where(trouble: Exception) -> str:
    """The error's type and the line it came from; never its text, which may hold values."""
    frame = trouble.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f"{frame.tb_frame.f_code.co_name}:{frame.tb_lineno}" if frame is not None else "?"
    return f"{type(trouble).__name__} at {place}"
