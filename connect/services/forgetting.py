"""What fetching remembers for 90 days and no longer: imports that ended, departures, receipts, their jobs.

Counts of how places do are forgotten sooner.
"""

from datetime import timedelta

from django.db.models.functions import Now

from connect import importing, pacing, weather
from connect.models import ImportRun, LinkAttempt, Parting
from connect.services import leaving
from ground import scope
from ground.models import Job
from ground.viewer import job_viewer

KEPT = timedelta(days=90)
_BATCH = 500

#: Kinds of jobs that are forgotten here, together with what they were about.
JOBS = (importing.JOB, leaving.JOB)


def forget_imports() -> int:
    """Delete imports and partings that ended over 90 days ago, with their jobs; how many, at most a batch.

    The jobs say which there are: runs stand under the row policy, and nobody may look through all of them.
    """
    old = Job.objects.filter(kind__in=JOBS, ended_at__lt=Now() - KEPT).order_by("pk")[:_BATCH]
    for job in old:
        with scope.open(job_viewer(int(job.patient_id or 0))):
            about = Parting if job.kind == leaving.JOB else ImportRun
            about.objects.of(job.patient_id).filter(pk=job.subject).exclude(ended_at=None).delete()
            job.delete()
    return len(old)


def forget_departures() -> int:
    """Delete departures for a place's sign-in of over 90 days ago; how many, at most a batch."""
    old = LinkAttempt.objects.filter(created_at__lt=Now() - KEPT).values_list("pk", "patient_id")[:_BATCH]
    for pk, patient_id in old:
        with scope.open(job_viewer(patient_id)):  # an import that names it is unnamed, under its policy
            LinkAttempt.objects.of(patient_id).filter(pk=pk).delete()
    return len(old)


def forget_weather() -> int:
    """Delete old counts of how places did, and turns that are long over; how many, at most a batch each."""
    return weather.forget_days() + pacing.forget_turns()
