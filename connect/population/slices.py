"""An export of a population, one slice at a time: ask for it, ask after it, read its files, settle.

A slice calls the gateway once at most, outside any transaction. What it brought, how far the run is and the
renewed lease are kept together, so a killed worker loses a slice and repeats it.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db.models.functions import Now
from django.utils import timezone

from connect import exporters, gateways
from connect.exporters import PacedExporter
from connect.gateway import ExportFile, ExportStep, GatewayError, NotFound, SignInAgain, TryLater, Unreadable
from connect.importing import answers
from connect.models import Connection, PopulationRun, PopulationWant
from connect.population import homes, keeping
from connect.population.homes import Homes
from ground import jobs, scope
from ground.jobs import Done, Later, More, Outcome
from ground.models import Job
from ground.viewer import Viewer, job_viewer
from records import store

log = logging.getLogger(__name__)

JOB = "population"
Phase = PopulationRun.Phase

_MOST = 1_500_000  # bytes of a part: some hundred lines, kept well within a lease
_SETTLED = 20  # connections in a slice
_WAITS = (5, 15, 30, 60, 120, 300, 600, 900)  # seconds
_TRIES, _STARTS, _ROUNDS = 30, 4, 5
_AT_MOST = timedelta(hours=48)
_EMPTY: dict[str, Any] = {
    "status": "",
    "percent": None,
    "files": [],
    "ownerless": [],
    "goes_on": False,
    **dict.fromkeys(("at", "offset", "rounds", "lines", "left_out"), 0),
}


class Over(Exception):
    """The run ended meanwhile: keep nothing of this slice."""


def one_slice(job: Job) -> Outcome:
    """Some of it. May run twice; the second finds the first's work."""
    run = PopulationRun.objects.filter(pk=job.subject, ended_at=None).first()
    if run is None:
        return Done()
    try:
        return _STEPS[run.phase](job, run)
    except Over:
        return Done()
    except exporters.Off:
        return _ended(job, run, "off")
    except GatewayError as trouble:
        return _troubled(job, run, trouble)


def give_up(job: Job) -> None:
    """The job crashed too often: say so instead of looking busy for ever."""
    PopulationRun.objects.filter(pk=job.subject, ended_at=None).update(
        phase=Phase.ENDED, error="internal", ended_at=Now()
    )


def _starting(job: Job, run: PopulationRun) -> Outcome:
    step = _exporter(run).begin()
    with _keeping(job, run) as (run, _):
        run.starts += 1
        return _stands(run, step)


def _asking(job: Job, run: PopulationRun) -> Outcome:
    step = _exporter(run).ask(run.status)
    with _keeping(job, run) as (run, _):
        return _stands(run, step)


def _stands(run: PopulationRun, step: ExportStep) -> Outcome:
    if step.files is None:
        run.status, run.percent, run.phase = step.status or run.status, step.percent, Phase.ASKING
        return Later(min(max(step.wait or 5.0, 1.0), 300.0), note="export")
    run.files, run.status = [[file.kind, file.path] for file in step.files], ""
    run.phase, run.at, run.offset, run.percent = Phase.READING, 0, 0, None
    return More()


def _reading(job: Job, run: PopulationRun) -> Outcome:
    """One part of one file: what names its patient."""
    if run.at >= len(run.files):
        with _keeping(job, run) as (run, _):
            return _next_round(run)
    part = _exporter(run).lines(ExportFile(*run.files[run.at]), run.offset, _MOST)
    with _keeping(job, run) as (run, agreed):
        found = keeping.sort(part, agreed)
        keeping.keep(run, found)
        run.lines += len(part.resources) + len(part.rejected)
        run.left_out += found.left_out
        if found.ownerless and run.at not in run.ownerless:
            run.ownerless.append(run.at)
        _advance(run, part.next)
    return More()


def _joining(job: Job, run: PopulationRun) -> Outcome:
    """One part of a file that holds what names nobody: to whom it belongs by their records."""
    if run.at >= len(run.ownerless):
        with _keeping(job, run) as (run, _):
            return _next_round(run)
    part = _exporter(run).lines(ExportFile(*run.files[run.ownerless[run.at]]), run.offset, _MOST)
    with _keeping(job, run) as (run, agreed):
        keeping.join(run, keeping.sort(part, agreed), agreed)
        _advance(run, part.next)
    return More()


def _settling(job: Job, run: PopulationRun) -> Outcome:
    """Some patients: say what came of each kind, and have files fetched that their documents name."""
    with _keeping(job, run) as (run, agreed):
        left = sorted(each for each in agreed.by_connection.items() if each[0] > run.offset)
        for connection_id, home in left[:_SETTLED]:
            _settle(home.patient_id, connection_id)
            run.offset = connection_id
        if len(left) > _SETTLED:
            return More()
        run.patients = len({home.patient_id for home in agreed.by_upstream.values()})
        PopulationWant.objects.filter(patient_id__in=agreed.viewer.patients).delete()
        run.phase, run.ended_at, run.files, run.status = Phase.ENDED, Now(), [], ""
    return Done()


_STEPS: dict[str, Callable[[Job, PopulationRun], Outcome]] = {
    Phase.STARTING: _starting,
    Phase.ASKING: _asking,
    Phase.READING: _reading,
    Phase.JOINING: _joining,
    Phase.SETTLING: _settling,
}


def _settle(patient_id: int, connection_id: int) -> None:
    with scope.open(job_viewer(patient_id)):
        connection = Connection.objects.of(patient_id).select_related("place").get(pk=connection_id)
        last_time = connection.collected_at
        source = store.source_of(patient_id, connection.source_id)
        if source is not None:
            store.settle_deliveries(source)
        connection.collected_at = Now()
        connection.save(update_fields=["collected_at"])
        answers.want_files(connection, last_time, timezone.now())


def _advance(run: PopulationRun, following: int | None) -> None:
    run.at, run.offset = (run.at + 1, 0) if following is None else (run.at, following)


def _next_round(run: PopulationRun) -> Outcome:
    """After all files: those again that held what names nobody, until nobody names anything new."""
    more = run.phase == Phase.READING or run.goes_on
    run.at, run.offset, run.goes_on = 0, 0, False
    if run.ownerless and more and run.rounds < _ROUNDS:
        run.phase, run.rounds = Phase.JOINING, run.rounds + 1
    else:
        run.phase = Phase.SETTLING
    return More()


@contextmanager
def _keeping(job: Job, before: PopulationRun) -> Iterator[tuple[PopulationRun, Homes]]:
    """The transaction for a slice's result, in the scope of all who agree now; the run is locked, changed in
    the block, then saved. Raises Over, and jobs.LeaseLost also where another went on from here meanwhile;
    either undoes everything in the block.
    """
    with scope.open(Viewer(kind="job", patients=())):
        jobs.renew(job)
        run = PopulationRun.objects.select_for_update().filter(pk=job.subject, ended_at=None).first()
        if run is None:
            raise Over
        if (run.phase, run.at, run.offset, run.starts) != (
            before.phase,
            before.at,
            before.offset,
            before.starts,
        ):
            raise jobs.LeaseLost
        agreed = homes.of(run)
        run.troubles, run.note = 0, ""
        with scope.open(agreed.viewer):
            yield run, agreed
        run.heartbeat_at = Now()
        run.save()


def _where(run: PopulationRun) -> tuple[str, int, int, int]:
    return run.phase, run.at, run.offset, run.starts


def _exporter(run: PopulationRun) -> PacedExporter:
    return exporters.population(run.gateway, group=run.group)


def _troubled(job: Job, run: PopulationRun, trouble: GatewayError) -> Outcome:
    """Wait, begin anew where the export is gone or failed, or say that it did not work."""
    if isinstance(trouble, gateways.Busy):
        return Later(trouble.retry_after or 1.0, note="budget")
    log.info("population trouble", extra={"run": run.pk, "call": trouble.call, "status": trouble.status,
                                          "error": type(trouble).__name__})  # fmt: skip
    broken = isinstance(trouble, NotFound) or (run.phase == Phase.ASKING and run.troubles > 1)
    too_often = run.troubles + 1 >= (3 if isinstance(trouble, Unreadable | SignInAgain) else _TRIES)
    too_long = timezone.now() - run.started_at > _AT_MOST
    if broken and run.phase != Phase.STARTING and run.starts < _STARTS:
        return _begun_anew(job, run)
    if too_often or too_long or not isinstance(trouble, TryLater | Unreadable | SignInAgain):
        return _ended(job, run, "no_answer" if isinstance(trouble, TryLater) else "refused")
    wait = getattr(trouble, "retry_after", None) or _WAITS[min(run.troubles, len(_WAITS) - 1)]
    with _keeping(job, run) as (locked, _):
        locked.troubles, locked.note = run.troubles + 1, "no_answer"
    return Later(wait, note="no_answer")


def _begun_anew(job: Job, run: PopulationRun) -> Outcome:
    """Ask for it again; what is here already costs a look-up."""
    with _keeping(job, run) as (run, _):
        for name, value in _EMPTY.items():
            setattr(run, name, list(value) if isinstance(value, list) else value)
        run.phase = Phase.STARTING
    return Later(5.0, note="anew")


def _ended(job: Job, run: PopulationRun, error: str) -> Outcome:
    with _keeping(job, run) as (run, _):
        run.phase, run.error, run.ended_at = Phase.ENDED, error, Now()
    return Done()
