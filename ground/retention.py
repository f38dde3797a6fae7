"""What this room keeps no longer than it says: mails and jobs that are over."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models.functions import Now

from ground.models import Job, Mail

KEPT = timedelta(days=30)
BATCH = 1000


def forget_mails() -> int:
    """Delete mails of over 30 days, sent or not; how many, at most a batch."""
    old = Mail.objects.filter(created_at__lt=Now() - KEPT).values_list("pk", flat=True)[:BATCH]
    return Mail.objects.filter(pk__in=list(old)).delete()[0]


def forget_jobs(*, but: Iterable[str] = ()) -> int:
    """Delete jobs that ended over 30 days ago; how many, at most a batch. `but`: kinds kept by others."""
    over = Job.objects.exclude(kind__in=tuple(but)).filter(ended_at__lt=Now() - KEPT)
    return Job.objects.filter(pk__in=list(over.values_list("pk", flat=True)[:BATCH])).delete()[0]
