"""Everybody's records of a clinic at once: an export for a population, each line to the patient it is of.

Only of those who share with the clinic at that moment; of anybody else nothing is kept (decision 0034).
"""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from connect import exporters
from connect.models import PopulationRun
from connect.population.slices import JOB, give_up, one_slice
from ground import jobs

__all__ = ["JOB", "Off", "forget", "give_up", "latest", "one_slice", "start"]

Off = exporters.Off
_KEPT = timedelta(days=90)


def start(clinic_id: int, *, group: str = "", gateway: str = "oneup") -> PopulationRun:
    """Begin an export of a clinic's population, or go on with the one under way. Raises `Off`."""
    exporters.population(gateway, group=group)
    with transaction.atomic():
        try:
            with transaction.atomic():
                run = PopulationRun.objects.create(gateway=gateway, clinic_id=clinic_id, group=group)
        except IntegrityError:
            run = PopulationRun.objects.get(gateway=gateway, clinic_id=clinic_id, ended_at=None)
        jobs.put(JOB, subject=run.pk)
    return run


def latest(clinic_id: int) -> PopulationRun | None:
    """The newest run of a clinic."""
    return PopulationRun.objects.filter(clinic_id=clinic_id).order_by("-pk").first()


def forget() -> int:
    """Delete runs that ended 90 days ago; how many."""
    return PopulationRun.objects.filter(ended_at__lt=Now() - _KEPT).delete()[0]
