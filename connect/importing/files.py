"""Files that came with no import: fetched one at a time, behind everything that people wait for.

What comes is a Binary, kept like any record; what does not is noted with the reason, so that its page can say
so (docs/oneup.md §8.8).
"""

from connect import gateways, tokens
from connect.gateway import NotFound, Refused, SignInAgain, TooLarge, TryLater, Unreadable
from connect.models import Connection
from ground import jobs, scope
from ground.jobs import Done, Later, More, Outcome
from ground.models import Job
from ground.viewer import job_viewer
from records import store
from records.models import ASKED, Wanted

JOB = "files"
_WHEN_IN_TROUBLE = 60.0  # seconds
_NO_ANSWERS = 30  # half an hour for one file; the others have their turn between
_BECAME = (
    (NotFound, Wanted.State.MISSING),
    (Refused, Wanted.State.REFUSED),
    (TooLarge, Wanted.State.TOO_LARGE),
    (Unreadable, Wanted.State.FAILED),
)


def one_file(job: Job) -> Outcome:
    """Fetch one file of a connection; again at once while there are more. Safe to run twice."""
    patient_id = int(job.patient_id or 0)
    with scope.open(job_viewer(patient_id)):
        connection = Connection.objects.of(patient_id).filter(pk=job.subject).select_related("place").first()
        source = store.source_of(patient_id, connection.source_id) if connection is not None else None
        found = store.next_file(source) if source is not None else None
    if connection is None or connection.state == Connection.State.ENDED or source is None or found is None:
        return Done()
    wanted, origin = found
    try:
        body = _fetched(connection, wanted, origin.fhir_version.lower())
    except gateways.Busy as trouble:
        return Later(trouble.retry_after or 1.0)
    except TryLater as trouble:
        _noted(job, wanted, Wanted.State.FAILED, most=_NO_ANSWERS)
        return Later(trouble.retry_after or _WHEN_IN_TROUBLE)
    except SignInAgain:
        return Later(_WHEN_IN_TROUBLE, failed=True)
    except (Refused, Unreadable) as no:
        return _noted(job, wanted, _became(no))
    with scope.open(job_viewer(patient_id)):
        jobs.renew(job)
        if _has_ended(connection):
            return Done()
        kept = store.keep(
            patient_id=patient_id,
            source_id=source.pk,
            origin=store.origin(connection.place.gateway, origin.fhir_version),
            upstream_patient=(connection.accepted or [""])[0],
            resources=(body,),
        )
        store.note_file(wanted, Wanted.State.FAILED if kept.quarantined else Wanted.State.HERE)
    return More()


def _has_ended(connection: Connection) -> bool:
    """Whether the patient stopped it, or had it deleted, while the file was on its way."""
    going = Connection.objects.of(connection.patient_id).exclude(state=Connection.State.ENDED)
    return not going.filter(pk=connection.pk).exists()


def _fetched(connection: Connection, wanted: Wanted, version: str) -> bytes:
    waits = wanted.changed_at == ASKED  # somebody has opened it
    place = connection.place
    gateway = gateways.of(place.gateway, person=waits, whose=connection.patient_id, place=place.key)
    access = tokens.key(connection.patient_id, gateway.name, person=waits).access
    try:
        return gateway.read(access, version, "Binary", wanted.fhir_id)
    except SignInAgain:
        tokens.spoil(connection.patient_id, gateway.name, access)
        raise


def _became(no: Refused | Unreadable) -> Wanted.State:
    return next(state for kind, state in _BECAME if isinstance(no, kind))


def _noted(job: Job, wanted: Wanted, state: Wanted.State, *, most: int = 3) -> Outcome:
    with scope.open(job_viewer(wanted.patient_id)):
        jobs.renew(job)
        store.note_file(wanted, state, most=most)
    return More()
