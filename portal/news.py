"""The quiet mail that something new is here: at most one a day about a patient, to each who looks after them.

What comes later the same day is told the next. Who has looked meanwhile is told nothing.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from connect import notices
from ground import jobs, scope
from ground.models import Job
from ground.viewer import Viewer
from portal import services
from portal.models import Holding
from records import reading

_APART = timedelta(hours=24)


def tell(job: Job) -> jobs.Outcome:
    """Write the mails, once: that they are written is kept with them, should this slice run twice."""
    if job.slices:
        return jobs.Done()
    last = _last_told(job.subject)
    if last is not None and (wait := last + _APART - timezone.now()) > timedelta():
        return jobs.Later(wait.total_seconds())
    with transaction.atomic():
        jobs.renew(job)
        Job.objects.filter(pk=job.pk).update(slices=F("slices") + 1)
        for each in services.looking_after(job.subject):
            if _has_news(each):
                notices.something_new(each.user)
    return jobs.Done()


def _last_told(patient_id: int) -> datetime | None:
    over = Job.objects.filter(kind=notices.NEWS, subject=patient_id, state=Job.State.DONE)
    found: datetime | None = over.aggregate(last=Max("ended_at"))["last"]
    return found


def _has_news(holding: Holding) -> bool:
    viewer = Viewer(kind="patient", patients=(holding.patient_id,), user_id=holding.user_id)
    with scope.open(viewer):
        return reading.has_news(viewer)


jobs.register(notices.NEWS, tell)
