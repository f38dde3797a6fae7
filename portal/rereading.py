"""After a reader of records changed: read everybody's records again, a few patients at a time.

One job for the reader's version goes over all patients and puts a job for each; that one works through the
records. Both may be stopped anywhere. Nothing is fetched, no body is touched, and nobody is told of news.
"""

from django.db.models import Max

from ground import jobs, scope
from ground.models import Job
from ground.viewer import job_viewer
from portal.models import Patient
from records import store
from records.fhir.kinds import EXTRACT_VERSION

EVERYBODY = "read-everybody-again"
ONE = "read-again"
_AT_ONCE = 50  # patients whose jobs may wait, so that imports need not stand in line behind everybody
_PAUSE = 5.0  # seconds


def everybody(job: Job) -> jobs.Outcome:
    """Put jobs for the next patients. How far this came, the jobs it put say themselves."""
    put = Job.objects.filter(kind=ONE, pk__gt=job.pk)
    room = _AT_ONCE - Job.objects.filter(kind=ONE, state=Job.State.WAITING).count()
    last = put.aggregate(last=Max("subject"))["last"] or 0
    following = Patient.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)
    for pk in following[: max(room, 0)]:
        jobs.put(ONE, subject=pk, patient_id=pk)
    return jobs.Later(_PAUSE) if following.exists() or room < _AT_ONCE else jobs.Done()


def one(job: Job) -> jobs.Outcome:
    """One batch of a patient's records; when none is left, the names they have from each other."""
    with scope.open(job_viewer(job.subject)):
        jobs.renew(job)
        if store.read_again(job.subject):
            return jobs.More()
        store.name_again(job.subject)
        return jobs.Done()


def ensure() -> None:
    """Have this version's job, once. Jobs that are over are forgotten after a month, and so it goes round
    again then: that finds what an older worker kept while a newer one was already at work.
    """
    if not Job.objects.filter(kind=EVERYBODY, subject=EXTRACT_VERSION).exists():
        jobs.put(EVERYBODY, subject=EXTRACT_VERSION)


jobs.register(EVERYBODY, everybody)
jobs.register(ONE, one)
