"""The frame around one slice: the run as it stands, and the one transaction that keeps what the slice did.

A slice calls the gateway at most once (and may need new tokens first), outside any scope. What it brought,
how far the run is and the renewed lease are kept together, so a killed worker loses a slice and repeats it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db.models.functions import Now

from connect import gateways, tokens
from connect.importing import history, lapsing, schedule
from connect.models import Connection, ImportRun, Place
from ground import jobs, scope
from ground.models import Job
from ground.viewer import job_viewer


class Over(Exception):
    """The run ended meanwhile, by the patient's wish: keep nothing of this slice."""


@dataclass(frozen=True, slots=True)
class Slice:
    """One slice of a run; `run` is as it was when the slice began."""

    job: Job
    run: ImportRun

    @property
    def patient_id(self) -> int:
        """Whose records these are."""
        return int(self.run.patient_id)

    @property
    def place(self) -> Place:
        """Where they come from."""
        return self.run.connection.place

    @property
    def is_asked(self) -> bool:
        """Whether somebody asked for this import, who may be looking; else it is routine."""
        return self.run.asked_by_id is not None

    @property
    def gateway(self) -> gateways.Paced:
        """The gateway behind its toll; imports leave a reserve to people who wait, and take turns."""
        place, asked = self.place, self.is_asked
        return gateways.of(place.gateway, person=False, whose=self.patient_id, place=place.key, asked=asked)

    def access(self) -> str:
        """A working access token. Call outside any scope."""
        asked = self.is_asked
        return tokens.key(self.patient_id, self.place.gateway, person=False, asked=asked).access

    @contextmanager
    def keeping(self) -> Iterator[ImportRun]:
        """The scope and transaction for this slice's result; the run is locked, changed in the block, then
        saved.

        Raises jobs.LeaseLost and Over; either undoes everything in the block.
        """
        with scope.open(job_viewer(self.patient_id)):
            jobs.renew(self.job)
            run = load(self.patient_id, self.run.pk, lock=True)
            if run is None or run.is_over:
                raise Over
            run.troubles = run.sign_ins = run.unreadable = 0
            run.again_at = None
            yield run
            run.heartbeat_at = Now()
            run.save()


def load(patient_id: int, run_id: int, *, lock: bool = False) -> ImportRun | None:
    """A run with what hangs on it, inside the caller's scope; None when it is gone."""
    runs = ImportRun.objects.of(patient_id).select_related(
        "connection__place", "connection__account", "patient", "attempt", "asked_by"
    )
    if lock:
        runs = runs.select_for_update(of=("self",))
    found: ImportRun | None = runs.filter(pk=run_id).first()
    return found


def end(run: ImportRun, outcome: ImportRun.Outcome, error: str = "") -> None:
    """End a run inside its scope, and say on its connection how that stands now."""
    run.phase, run.outcome, run.error = ImportRun.Phase.ENDED, outcome, error or run.error
    run.ended_at = run.heartbeat_at = Now()
    run.cursor, run.walks = "", []
    connection = run.connection
    connection.last_error = run.error if outcome == ImportRun.Outcome.DONE else (error or outcome)
    connection.said = None
    lapsing.note(run)
    connection.state = _state_after(run, outcome)
    if connection.state == Connection.State.ENDED:
        connection.ended_at = Now()
    connection.save(update_fields=["last_error", "said_sealed", "state", "ended_at", "lapsed_at"])
    history.ended(run)
    schedule.plan(connection, run)


def _state_after(run: ImportRun, outcome: ImportRun.Outcome) -> Connection.State:
    """A place that gave us records before stays connected whatever this run came to; one that was stopped
    stays stopped until a sign-in there was confirmed.
    """
    connection = run.connection
    if outcome == ImportRun.Outcome.STOPPED or connection.ended_at is not None:
        return Connection.State.ENDED
    if outcome == ImportRun.Outcome.NOT_MINE and not connection.accepted:
        return Connection.State.REFUSED
    if connection.lapsed_at is not None:
        return Connection.State.LAPSED
    if outcome == ImportRun.Outcome.DONE or connection.accepted:
        return Connection.State.CONNECTED
    return Connection.State.ENDED
