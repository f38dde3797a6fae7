"""Have everybody's records of a clinic at once, as the gateway exports them.

Only of patients who share with the clinic at that moment, each into their own record; of anybody else nothing
is kept. A job does it: this command begins it, or finds the one under way, and says how far it is until it is
over. Killing anything costs a part of a file at most. Answers only where ONEUP_POPULATION says how.
"""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from connect import population
from connect.models import PopulationRun
from portal.models import Clinic

_LOOK = 2.0  # seconds


class Command(BaseCommand):
    """One export, begun and watched."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Which clinic, which group, and whether to stay."""
        parser.add_argument("--clinic", required=True, help="its name, share code or public id")
        parser.add_argument("--group", default="", help="only the Patients of this group of 1up's")
        parser.add_argument("--no-wait", action="store_true", help="begin it and leave it to the workers")

    def handle(self, *args: Any, **options: Any) -> None:
        """Begin and watch. Raises CommandError with one line."""
        clinic = _clinic(options["clinic"])
        try:
            run = population.start(clinic.pk, group=options["group"])
        except population.Off:
            raise CommandError(
                "Everybody's records are not asked for here: ONEUP_POPULATION is off."
            ) from None
        said = ""
        while not options["no_wait"] and run.ended_at is None:
            if (now := _standing(run)) != said:
                self.stdout.write(now)
                said = now
            time.sleep(_LOOK)
            run.refresh_from_db()
        self.stdout.write(_counts(run) if run.ended_at else _standing(run))
        if run.error:
            raise CommandError(f"It did not come to its end: {run.error}. The same command tries again.")


def _clinic(word: str) -> Clinic:
    found = [
        each for each in Clinic.objects.all() if word in (each.name, each.share_code, str(each.public_id))
    ]
    if len(found) != 1:
        raise CommandError("There is no one clinic of that name, code or id.")
    return found[0]


def _standing(run: PopulationRun) -> str:
    where = f"file {run.at + 1} of {len(run.files)}, " if run.phase == PopulationRun.Phase.READING else ""
    made = f"{run.percent} % made there, " if run.percent is not None else ""
    waits = " (waiting)" if run.note else ""
    return f"{run.phase}: {where}{made}{run.lines} lines, {run.new} new{waits}"


def _counts(run: PopulationRun) -> str:
    return (
        f"{run.patients} patients who share; {run.lines} lines: {run.new} new, {run.changed} changed, "
        f"{run.same} as they were, {run.quarantined} set aside, {run.left_out} of nobody who shares"
    )
