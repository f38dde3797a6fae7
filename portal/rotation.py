"""Moving every sealed value to the first key of FIELD_KEYS by a job, so that nobody needs a shell for it.

Putting a new key into FIELD_KEYS stays with whoever deploys: a key never comes in by a page.
"""

from time import monotonic

from ground import jobs, rotating
from ground.models import Job
from portal.watching import rounds

JOB = "rotate-keys"
_SLICE = 15.0  # seconds
_PAUSE = 30.0  # seconds, for whoever held a row that was passed by


def begin() -> Job:
    """Put the job, or find the one that is under way."""
    return jobs.put(JOB, subject=0)


def one_slice(job: Job) -> jobs.Outcome:
    """Some batches; another round until one moves nothing, then all is counted anew."""
    ends, moved = monotonic() + _SLICE, 0
    for step in rotating.rotate():
        moved += step.moved
        if monotonic() > ends:
            return jobs.More()
    if moved:
        return jobs.Later(_PAUSE)
    jobs.put(rounds.KEYS_JOB, subject=0)
    return jobs.Done()


jobs.register(JOB, one_slice)
