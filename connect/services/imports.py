"""What a patient can ask of a place that is connected:

look for new records, answer whose records these are.
"""

import json
import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db.models.functions import Now
from django.utils import timezone

from connect import importing
from connect.importing import end, gate, history
from connect.models import Connection, Happening, ImportRun
from ground import jobs, scope
from ground.crypto import readable
from ground.models import Job
from ground.viewer import Viewer, job_viewer

log = logging.getLogger(__name__)

#: How long a place is left in peace after it was asked, whoever asked.
BY_HAND = timedelta(minutes=5)
CAN_BE_CHECKED = (Connection.State.CONNECTED, Connection.State.COLLECTING, Connection.State.LAPSED)


Whose = Literal["mine", "looked_after", "not_mine"]


class NotConnected(Exception):
    """Nothing can be collected from this place now."""


class TooSoon(Exception):
    """The place was asked a moment ago; `until` (aware) says when it may be asked again."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class NothingToAnswer(Exception):
    """The question was answered already, or lapsed."""


@dataclass(frozen=True, slots=True)
class Claim:
    """In what a place's word about a person differs from the patient's (`importing.identity.Part`)."""

    differs: tuple[str, ...]
    run: ImportRun


def start_import(*, viewer: Viewer, connection: Connection) -> ImportRun:
    """Ask a place for new records now, or return the run that is already on its way.

    Raises `NotConnected`, and `TooSoon` where the place was asked less than five minutes ago.
    """
    with scope.open(viewer):
        scope.alone(connection.patient_id)
        mine = Connection.objects.of(connection.patient_id).select_related("place")
        latest = mine.filter(pk=connection.pk).first()
        if latest is None or latest.state not in CAN_BE_CHECKED:
            raise NotConnected
        if (found := _open_run(latest)) is not None:
            return found
        if latest.asked_at is not None and (until := may_ask_at(latest)) > timezone.now():
            raise TooSoon(until)
        run = importing.checks.begin(latest, viewer.user_id) or _open_run(latest)
    if run is None:
        raise NotConnected
    return run


def may_ask_at(connection: Connection) -> datetime:
    """From when on a place may be asked again by hand."""
    asked: datetime | None = connection.asked_at
    return timezone.now() if asked is None else asked + BY_HAND


def again(job: Job) -> None:
    """An operator's "try again" for an import that gave up: the place is looked at anew, where it may be."""
    viewer = job_viewer(int(job.patient_id or 0))
    with scope.open(viewer):
        runs = ImportRun.objects.of(job.patient_id).select_related("connection__place")
        run = runs.filter(pk=job.subject).first()
    if run is not None:
        with suppress(NotConnected):
            start_import(viewer=viewer, connection=run.connection)


def claim(connection: Connection) -> Claim | None:
    """What stands in question at a connection, inside the caller's scope; None when nothing does."""
    run = _open_run(connection)
    words = readable(connection, "said")
    if run is None or run.phase != ImportRun.Phase.QUESTION or not words:
        return None
    said = json.loads(words)
    return Claim(tuple(said["differs"]), run)


def answer(*, viewer: Viewer, connection: Connection, whose: Whose) -> ImportRun:
    """The patient says whose records a place sent. Somebody else's are never fetched into their pages: those
    of somebody they look after are collected by a connection of that person's own.

    Raises `NothingToAnswer`.
    """
    with scope.open(viewer):
        run = _open_run(connection, lock=True)
        if run is None or run.phase != ImportRun.Phase.QUESTION or not readable(run.connection, "said"):
            raise NothingToAnswer
        if whose == "mine":
            _accept(run)
        else:
            _refuse(run, whose)
        run.save()
    log.info("question answered", extra={"run": run.pk, "state": whose})
    return run


def _accept(run: ImportRun) -> None:
    connection = run.connection
    ids = json.loads(connection.said or "{}").get("ids", [])
    connection.accepted = sorted({*connection.accepted, *ids})
    connection.said, connection.state = None, Connection.State.COLLECTING
    connection.save(update_fields=["accepted", "said_sealed", "state"])
    history.act(connection, Happening.What.MINE, about=f"run:{run.pk}")
    run.phase, run.heartbeat_at = ImportRun.Phase.FINDING, Now()
    jobs.put(importing.JOB, subject=run.pk, patient_id=run.patient_id)


def _refuse(run: ImportRun, whose: Whose) -> None:
    gate.set_to(run.connection, "refused", whose)
    end(run, ImportRun.Outcome.NOT_MINE, whose)


def _open_run(connection: Connection, *, lock: bool = False) -> ImportRun | None:
    runs = ImportRun.objects.of(connection.patient_id).select_related("connection__place")
    if lock:
        runs = runs.select_for_update(of=("self",))
    found: ImportRun | None = runs.filter(connection=connection, ended_at=None).first()
    return found
