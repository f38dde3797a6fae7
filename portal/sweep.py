"""Beat's one entry: ring for every due job, whatever its kind, and see that those that come again are there:
the daily one, the one that reads records again after a reader changed, those that watch.
"""

from celery import shared_task

from ground import jobs
from portal import housekeeping, rereading
from portal.watching import rounds


@shared_task(name="portal.sweep", ignore_result=True)  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Ring for jobs that are due and that nobody works on. Running twice is harmless."""
    housekeeping.ensure()
    rereading.ensure()
    rounds.ensure()
    jobs.ring_due()
