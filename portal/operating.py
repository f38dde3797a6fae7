"""What operators do: look at the numbers, and give work that gave up another try."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from ground import jobs
from ground.models import Job
from portal.models import User
from portal.watching import alarms, metrics
from portal.watching.measures import measure


def numbers() -> str:
    """The numbers for machines. Whoever asks is also who notices that no job evaluates alarms any more."""
    now = measure()
    alarms.evaluate(now)
    return metrics.text(now)


@transaction.atomic
def try_again(*, user: User, job_id: int) -> Job | None:
    """Another try for a stuck job, written down as everything in the administration is; None if not stuck."""
    job = jobs.try_again(job_id)
    if job is not None:
        LogEntry.objects.create(
            user=user,
            content_type=ContentType.objects.get_for_model(Job),
            object_id=str(job.pk),
            object_repr=f"job {job.pk} ({job.kind})",
            action_flag=CHANGE,
            change_message="tried again",
        )
    return job
