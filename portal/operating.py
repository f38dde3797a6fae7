"""What operators do, each written down with who did it: the numbers, another try for work that gave up, and
help for an account that its owner cannot help any more.
"""

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model, QuerySet
from django.db.models.functions import Now

from ground import jobs
from ground.models import Job, Mail
from portal import rotation
from portal.models import User
from portal.watching import alarms, metrics
from portal.watching.measures import measure


def numbers() -> str:
    """The numbers for machines. Whoever asks is also who notices that no job evaluates alarms any more."""
    now = measure()
    alarms.evaluate(now)
    return metrics.text(now)


def note(*, user: User, about: Model, what: str) -> None:
    """Write down who did what to whom, as everything in the administration is. `what` holds no value."""
    LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(about),
        object_id=str(about.pk),
        object_repr=str(about)[:200],
        action_flag=CHANGE,
        change_message=what,
    )


@transaction.atomic
def try_again(*, user: User, job_id: int) -> Job | None:
    """Another try for a stuck job; None if it is not stuck."""
    job = jobs.try_again(job_id)
    if job is not None:
        note(user=user, about=job, what="tried again")
    return job


@transaction.atomic
def move_keys(*, user: User) -> Job:
    """Have a job move every sealed value to the first key, as `rotate_keys` does."""
    job = rotation.begin()
    note(user=user, about=job, what="moving sealed values to the first key")
    return job


def do_now(job: Job) -> bool:
    """Bring a waiting job forward to now; whether it waited."""
    return bool(_hurried(Job.objects.filter(pk=job.pk)))


def send_now(mail: Mail) -> bool:
    """Try to send a mail at once; whether it waits to be sent."""
    if mail.sent_at is not None or mail.body_sealed is None:
        return False
    if not _hurried(Job.objects.filter(kind="mail", subject=mail.pk)):
        jobs.put("mail", subject=mail.pk)
    return True


def do_not_send(mail: Mail) -> bool:
    """Delete a mail before it is sent; whether that came in time."""
    return bool(Mail.objects.filter(pk=mail.pk, sent_at=None).delete()[0])


def _hurried(rows: "QuerySet[Job]") -> int:
    waiting = rows.filter(state=Job.State.WAITING)
    ids = list(waiting.values_list("pk", flat=True))
    waiting.filter(due_at__gt=Now()).update(due_at=Now(), rung_at=None)
    for pk in ids:
        transaction.on_commit(lambda job=pk: jobs.ring(job), robust=True)  # type: ignore[misc]
    return len(ids)
