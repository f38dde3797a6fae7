"""Once a day: forget what is kept no longer than its table says, a batch at a time; and see that every
connected place is looked at.
"""

from collections.abc import Callable

from django.contrib.sessions.models import Session
from django.db.models.functions import Now

from connect import population
from connect.importing import checks
from connect.services import forgetting
from ground import counting, jobs, retention
from ground.models import Job
from portal import carers, clinics, closing
from records.services import links

JOB = "housekeeping"
_DAY = 24 * 3600.0  # seconds
_BATCH = 1000


def forget_sessions() -> int:
    """Delete sign-ins whose time is over; how many, at most a batch."""
    old = Session.objects.filter(expire_date__lt=Now()).values_list("pk", flat=True)[:_BATCH]
    return Session.objects.filter(pk__in=list(old)).delete()[0]


_CHORES: tuple[Callable[[], int], ...] = (
    forget_sessions,
    retention.forget_mails,
    lambda: retention.forget_jobs(but=forgetting.JOBS),
    counting.fold,
    forgetting.forget_imports,
    checks.heal_all,
    forgetting.forget_departures,
    forgetting.forget_weather,
    population.forget,
    closing.forget_receipts,
    clinics.forget_invitations,
    links.forget_ended,
    carers.forget,
)


def tidy(job: Job) -> jobs.Outcome:
    """One batch of every chore; again at once while any found something, else tomorrow."""
    found = [chore() for chore in _CHORES]
    counting.beat(JOB)
    return jobs.More() if any(found) else jobs.Later(_DAY)


def ensure() -> None:
    """Have the daily job, once: the sweep calls this, so that a new installation needs no step of its own."""
    if not Job.objects.filter(kind=JOB, state=Job.State.WAITING).exists():
        jobs.put(JOB, subject=0)


jobs.register(JOB, tidy)
