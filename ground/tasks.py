"""The one Celery task: do one slice of the job that a row describes."""

from celery import shared_task

from ground import jobs


@shared_task(name="ground.work", acks_late=True, reject_on_worker_lost=True)  # type: ignore[untyped-decorator]
def work(job_id: int) -> None:
    """One slice; the job's row says whether there is more, and when."""
    jobs.work(job_id)
