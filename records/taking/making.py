"""A file of somebody's records that a job makes, slice by slice, and keeps sealed for a day (decision 0021).

Each step is written together with the lease's renewal and where the next one goes on: a killed worker costs
one step, and what it made twice is written once.
"""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from ground import audit, jobs, scope
from ground.models import Job
from ground.viewer import Viewer, job_viewer
from records import access, notices
from records.models import Takeout, TakeoutPart
from records.taking.makers import MAKERS, Asked, Made
from records.taking.whose import Whose

JOB, END_JOB = "takeout", "takeout-end"
_SLICE = 12.0  # seconds after which a slice begins no further step
_LEASE = timedelta(seconds=110)
"""A step may set a whole paper or draw a hundred records: seconds, and many of them where others work too."""
_FILE = 4 * 1024 * 1024  # bytes of a piece that is handed out at once


def ask(viewer: Viewer, what: str) -> tuple[Takeout, bool]:
    """Have a file made, and forget the last one of its kind. The file, and whether it is a new one: while one
    is being made there is no second. A job makes it with all there is, so only who speaks for the patient may
    ask. Raises NotTheirs.
    """
    patient_id = access.speaks_for(viewer)
    mine = Takeout.objects.filter(patient_id=patient_id, user_id=viewer.user_id or 0, what=what)
    with scope.open(viewer):
        mine.exclude(state=Takeout.State.MAKING).delete()
        try:
            with transaction.atomic():
                asked = Takeout.objects.create(patient_id=patient_id, user_id=viewer.user_id or 0, what=what)
        except IntegrityError:
            return mine.get(state=Takeout.State.MAKING), False
        jobs.put(JOB, subject=asked.pk, patient_id=patient_id)
        return asked, True


def mine(viewer: Viewer) -> dict[str, Takeout]:
    """What this viewer asked for of this patient, by what it is: the newest of each that is not over."""
    rows = Takeout.objects.filter(patient_id__in=viewer.patients, user_id=viewer.user_id or 0)
    with scope.open(viewer):
        return {one.what: one for one in rows.order_by("asked_at") if not _is_over(one)}


def find(viewer: Viewer, public_id: UUID) -> Takeout | None:
    """One of the viewer's own; None for anybody else's, for one that is over and for what never was."""
    return next((one for one in mine(viewer).values() if one.public_id == public_id), None)


def _is_over(takeout: Takeout) -> bool:
    return takeout.ends_at is not None and takeout.ends_at <= timezone.now()


def pieces(viewer: Viewer, takeout: Takeout) -> Iterator[bytes]:
    """The bytes of one that is ready, piece by piece, each in a scope of its own. Writes a look."""
    with scope.open(viewer):
        audit.looked(viewer, takeout.patient_id, "export", kind=takeout.what)
    for number in range(takeout.parts):
        with scope.open(viewer):
            part = TakeoutPart.objects.get(patient_id=takeout.patient_id, takeout=takeout, number=number)
        data = part.data
        for start in range(0, len(data), _FILE):
            yield data[start : start + _FILE]


def one_slice(job: Job) -> jobs.Outcome:
    """Some steps of one file."""
    takeout = _open(job)
    if takeout is None:
        return jobs.Done()
    jobs.renew(job, _LEASE)
    viewer, whose = _viewer(takeout), _whose(takeout)
    started = time.monotonic()
    while time.monotonic() - started < _SLICE:
        asked = Asked(viewer, whose, takeout.cursor, takeout.size, lambda: _noted(viewer, takeout))
        made = MAKERS[takeout.what].make(asked)
        if takeout.size + len(made.data) > settings.TAKEOUT_MEGABYTES * 1_000_000:
            return _too_large(job, takeout)
        _keep(job, takeout, made)
        if made.over:
            return jobs.Done()
    return jobs.More()


def give_up(job: Job) -> None:
    """It failed for good: say so on the page, and keep nothing of it."""
    takeout = _open(job)
    if takeout is not None:
        _drop(takeout, Takeout.State.FAILED)


def end(job: Job) -> jobs.Outcome:
    """The day is over."""
    with scope.open(job_viewer(job.patient_id or 0)):
        Takeout.objects.filter(patient_id=job.patient_id or 0, pk=job.subject).delete()
    return jobs.Done()


def _open(job: Job) -> Takeout | None:
    """What the job makes, where it is still wanted."""
    with scope.open(job_viewer(job.patient_id or 0)):
        rows = Takeout.objects.filter(patient_id=job.patient_id or 0, state=Takeout.State.MAKING)
        return rows.select_related("patient", "user").filter(pk=job.subject).first()


def _viewer(takeout: Takeout) -> Viewer:
    """Who asked for it: it holds what they may see, and the look is theirs."""
    return Viewer("patient", (takeout.patient_id,), takeout.user_id, reason="take-out")


def _whose(takeout: Takeout) -> Whose:
    patient: Any = takeout.patient
    user: Any = takeout.user
    return Whose(patient.full_name, patient.birth_date, user.language, user.time_zone)


def _noted(viewer: Viewer, takeout: Takeout) -> Iterator[bytes]:
    for number in range(takeout.parts):
        with scope.open(viewer):
            rows = TakeoutPart.objects.filter(patient_id=takeout.patient_id, takeout=takeout)
            part = rows.defer("data_sealed").get(number=number)
        yield part.listed


def _keep(job: Job, takeout: Takeout, made: Made) -> None:
    """Write one step, in one transaction with the lease. Raises LeaseLost."""
    if made.data:
        part = TakeoutPart.sealed(takeout, takeout.parts, made.data, made.noted)
    with scope.open(job_viewer(takeout.patient_id)):
        jobs.renew(job, _LEASE)
        if made.data:
            part.save(force_insert=True)
            takeout.parts += 1
        takeout.size += len(made.data)
        takeout.cursor, takeout.step, takeout.done, takeout.total = (
            made.cursor,
            made.step,
            made.done,
            made.total,
        )
        if made.over:
            _ready(takeout)
        takeout.save()


def _ready(takeout: Takeout) -> None:
    takeout.state, takeout.cursor = Takeout.State.READY, {}
    takeout.ready_at = timezone.now()
    _forget_later(takeout)
    with _whose(takeout).spoken():
        notices.file_ready(takeout.user)


def _too_large(job: Job, takeout: Takeout) -> jobs.Outcome:
    with scope.open(job_viewer(takeout.patient_id)):
        jobs.renew(job, _LEASE)
        _drop(takeout, Takeout.State.LARGE)
    return jobs.Done()


def _drop(takeout: Takeout, state: Takeout.State) -> None:
    """Keep nothing but that it was asked for and what became of it."""
    with scope.open(job_viewer(takeout.patient_id)):
        TakeoutPart.objects.filter(patient_id=takeout.patient_id, takeout=takeout).delete()
        takeout.state, takeout.cursor, takeout.parts, takeout.size = state, {}, 0, 0
        _forget_later(takeout)
        takeout.save()


def _forget_later(takeout: Takeout) -> None:
    takeout.ends_at = timezone.now() + timedelta(hours=settings.TAKEOUT_HOURS)
    jobs.put(END_JOB, subject=takeout.pk, patient_id=takeout.patient_id, due=takeout.ends_at)
