"""A look at a connected place: when it falls due, when somebody wishes it, and that none is forgotten."""

from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now
from django.utils import timezone

from connect import gateways
from connect.importing import schedule
from connect.models import Connection, ImportRun
from ground import jobs, scope
from ground.jobs import Done, Later, Outcome
from ground.models import Job
from ground.viewer import job_viewer

IMPORT = "import"
_HEALED_AT_ONCE = 5000
_REMEMBERED = timedelta(days=90)  # as long as jobs of imports are


def one_check(job: Job) -> Outcome:
    """Begin a look, unless one is on its way, and wait for the next. May run twice."""
    patient_id = int(job.patient_id or 0)
    with scope.open(job_viewer(patient_id)):
        scope.alone(patient_id)  # or it would begin what is stopped this moment
        jobs.renew(job)
        connection = Connection.objects.of(patient_id).filter(pk=job.subject).select_related("place").first()
        if connection is None or connection.state not in schedule.LIVE:
            return Done()
        if not ImportRun.objects.of(patient_id).filter(connection=connection, ended_at=None).exists():
            begin(connection)
        heal(patient_id)
        return Later(schedule.after(connection).total_seconds())


def begin(connection: Connection, asked_by: int | None = None) -> ImportRun | None:
    """A run that asks the place anew and reads what came, inside a scope; None where one has just begun."""
    complete = is_complete_due(connection)
    told = gateways.knows_since(connection.place.gateway, connection.fhir_version)
    try:
        with transaction.atomic():
            run: ImportRun = ImportRun.objects.create(
                patient_id=connection.patient_id,
                connection=connection,
                asked_by_id=asked_by,
                phase=ImportRun.Phase.ASKING,
                is_last_pass=True,
                is_complete=complete,
                since=connection.collected_since if told and not complete else None,
            )
    except IntegrityError:
        return None
    jobs.put(IMPORT, subject=run.pk, patient_id=connection.patient_id)
    return run


def is_complete_due(connection: Connection) -> bool:
    """Whether it is time to read whole charts again, and to find what is in them no more."""
    last, every = connection.complete_at, timedelta(days=settings.COMPLETE_DAYS)
    return last is None or timezone.now() - last >= every


def heal(patient_id: int) -> int:
    """Put the look of each live connection of a patient that has none. Inside the patient's scope."""
    live = Connection.objects.of(patient_id).filter(state__in=schedule.LIVE).select_related("place")
    looked_at = Job.objects.filter(kind=schedule.JOB, subject=OuterRef("pk"), state=Job.State.WAITING)
    missing = list(live.filter(~Exists(looked_at)))
    for connection in missing:
        schedule.plan(connection)
    return len(missing)


def heal_all() -> int:
    """Once a day: looks that crashed too often wait again, and who never had one, or lost all, gets theirs.

    How many. Jobs say whose they are; connections stand under the row policy, and nobody looks through all.
    """
    stuck = list(Job.objects.filter(kind=schedule.JOB, state=Job.State.STUCK)[:_HEALED_AT_ONCE])
    lately = Job.objects.filter(kind=IMPORT, state=Job.State.DONE, ended_at__gt=Now() - _REMEMBERED)
    looked_at = Job.objects.filter(kind=schedule.JOB, patient_id=OuterRef("patient_id"))
    bare = lately.filter(~Exists(looked_at)).values_list("patient_id", flat=True).distinct()
    healed = 0
    for patient_id in {*(job.patient_id or 0 for job in stuck), *(pk or 0 for pk in bare[:_HEALED_AT_ONCE])}:
        with scope.open(job_viewer(patient_id)):
            healed += heal(patient_id)
    Job.objects.filter(pk__in=[job.pk for job in stuck]).update(state=Job.State.DONE)
    return healed
