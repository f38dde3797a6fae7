"""Whether an alarm fires, kept in rows, so that of two who look at once one alone shouts, and once."""

import logging

from django.db.models.functions import Now

from ground import counting
from ground.models import Alarm
from portal.watching.measures import Measured, measure
from portal.watching.rules import RULES

log = logging.getLogger(__name__)

EVALUATED = "alarms"


def evaluate(now: Measured | None = None) -> list[str]:
    """Look at everything, note what fires and what cleared, and say each change once. Names of what fires.

    Not only a job does, but whoever asks for the numbers: where no job runs any more, that must be noticed.
    """
    values = now or measure()
    found = {rule.name: rule.look(values) for rule in RULES}
    Alarm.objects.bulk_create([Alarm(name=name) for name in found], ignore_conflicts=True)
    noted = {row.name: row for row in Alarm.objects.all()}
    for name, said in found.items():
        if said[:200] != noted[name].said:
            _note(name, said[:200])
    counting.beat(EVALUATED)
    return [name for name, said in found.items() if said]


def firing() -> dict[str, Alarm]:
    """What fires, as it was last noted, by name."""
    return {row.name: row for row in Alarm.objects.filter(fires=True)}


def _note(name: str, said: str) -> None:
    alarm = Alarm.objects.filter(name=name)
    if said:
        if alarm.filter(fires=False).update(fires=True, since=Now(), said=said):
            log.error("alarm fires", extra={"alarm": name, "state": said})
        else:
            alarm.update(said=said)
    elif alarm.filter(fires=True).update(fires=False, since=Now(), said=""):
        log.warning("alarm clears", extra={"alarm": name})
