"""What happened at a connection, written down for its patient: from the gateway's events and from what we do.

Everything here runs inside the patient's scope. Writing the same thing twice writes it once.
"""

from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256

from django.utils import timezone

from connect.gateway import Event
from connect.models import Connection, Happening, ImportRun
from ground import jobs, scope
from ground.models import Job
from ground.viewer import job_viewer

#: The job that forgets what happened over a year ago at a connection (its subject).
JOB = "history"
KEPT = timedelta(days=365)

_KINDS_AT_MOST = 20
_KEY_AT_MOST = 80

What = Happening.What

#: Of an import that did not come to its end; that a place declined or was not reached, its events tell.
_ENDS = {
    ImportRun.Outcome.NOT_MINE: What.NOT_MINE,
    ImportRun.Outcome.NOTHING: What.UNHEARD,
    ImportRun.Outcome.STOPPED: What.STOPPED,
    ImportRun.Outcome.FAILED: What.GAVE_UP,
    ImportRun.Outcome.REFUSED: What.GAVE_UP,
}


def note(connection: Connection, events: Iterable[Event]) -> None:
    """Keep what the gateway told about a connection: of other places and versions nothing.

    Events that name no version may be about this one.
    """
    ours = [
        event
        for event in events
        if event.place_key == connection.place.key and event.fhir_version in ("", connection.fhir_version)
    ]
    _keep(
        connection,
        [
            Happening(
                at=event.at, what=event.what, kinds=sorted(event.kinds)[:_KINDS_AT_MOST], key=_key_of(event)
            )
            for event in ours
        ],
    )


def act(connection: Connection, what: Happening.What, *, about: str, count: int = 0, note: str = "") -> None:
    """Keep something that we or the patient did now. `about`: what of ours makes it one thing: "run:12"."""
    key = f"{what}:{about}"[:_KEY_AT_MOST]
    _keep(connection, [Happening(at=timezone.now(), what=what, count=count, note=note[:20], key=key)])


def ended(run: ImportRun) -> None:
    """Keep what an import came to. What the place itself declined, its events tell."""
    what, count = _came_to(run)
    if what is not None:
        act(run.connection, what, about=f"run:{run.pk}", count=count, note=run.error)


def forget(job: Job) -> jobs.Outcome:
    """Forget what is over a year old, and come again when the next of it is."""
    with scope.open(job_viewer(int(job.patient_id or 0))):
        mine = Happening.objects.of(job.patient_id).filter(connection_id=job.subject)
        mine.filter(at__lt=timezone.now() - KEPT).delete()
        oldest = mine.order_by("at").values_list("at", flat=True).first()
    if oldest is None:
        return jobs.Done()
    return jobs.Later((oldest + KEPT - timezone.now()).total_seconds() + 1)


def _came_to(run: ImportRun) -> tuple[Happening.What | None, int]:
    if run.outcome != ImportRun.Outcome.DONE:
        return _ENDS.get(ImportRun.Outcome(run.outcome)), 0
    if run.error:
        return What.INCOMPLETE, run.listed
    if run.listed:
        return What.CAME, run.listed
    if run.changed:
        return What.UPDATED, run.changed
    return (What.NONE_SENT if run.is_first else What.NOTHING_NEW), 0


def _keep(connection: Connection, found: list[Happening]) -> None:
    if not found:
        return
    mine = Happening.objects.of(connection.patient_id).filter(connection=connection)
    if not mine.exists():
        due = timezone.now() + KEPT
        jobs.put(JOB, subject=connection.pk, patient_id=connection.patient_id, due=due)
    for each in found:
        each.patient_id, each.connection = connection.patient_id, connection
    Happening.objects.bulk_create(found, ignore_conflicts=True)


def _key_of(event: Event) -> str:
    """The gateway's own id; of an event without one, what it says."""
    said = "|".join((event.what, event.at.isoformat(), *sorted(event.kinds)))
    return (event.key or sha256(said.encode()).hexdigest())[:_KEY_AT_MOST]
