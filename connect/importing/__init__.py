"""The long walk from "the patient came back" to "everything is kept", one slice at a time."""

from connect.gateway import GatewayError
from connect.importing import access, checks, history, schedule, troubles
from connect.importing.checks import IMPORT as JOB
from connect.importing.files import JOB as FILES_JOB
from connect.importing.files import one_file
from connect.importing.phases import STEPS, preferred_version
from connect.importing.slices import Over, Slice, end, load
from connect.models import ImportRun
from ground import scope
from ground.jobs import Done, Outcome
from ground.models import Job
from ground.viewer import job_viewer

__all__ = [
    "FILES_JOB",
    "JOB",
    "access",
    "checks",
    "end",
    "give_up",
    "history",
    "one_file",
    "one_slice",
    "preferred_version",
    "schedule",
]


def one_slice(job: Job) -> Outcome:
    """One call to the gateway at most, and its result kept. May run twice;

    the second finds the first's work.
    """
    patient_id = int(job.patient_id or 0)
    with scope.open(job_viewer(patient_id)):
        run = load(patient_id, job.subject)
    if run is None or run.is_over:
        return Done()
    work = Slice(job, run)
    try:
        return _stepped(work)
    except Over:
        return Done()


def give_up(job: Job) -> None:
    """The job crashed too often: say so instead of looking busy for ever."""
    patient_id = int(job.patient_id or 0)
    with scope.open(job_viewer(patient_id)):
        run = load(patient_id, job.subject, lock=True)
        if run is not None and not run.is_over:
            end(run, ImportRun.Outcome.FAILED, "internal")
            run.save()


def _stepped(work: Slice) -> Outcome:
    try:
        return STEPS[work.run.phase](work)
    except GatewayError as trouble:
        return troubles.answer(work, trouble)
