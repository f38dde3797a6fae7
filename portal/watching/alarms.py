"""Whether an alarm fires, kept in rows, so that of two who look at once one alone shouts, and once."""

import logging

from django.db.models.functions import Now

from ground import counting
from ground.models import Alarm
from portal.watching.measures import Measured, age, measure
from portal.watching.rules import RULES

log = logging.getLogger(__name__)

EVALUATED = "alarms"
_OVERDUE = 75.0  # seconds; the job comes every minute


def evaluate(now: Measured | None = None) -> list[str]:
    """Look at everything, note what fires and what cleared, and say each change once. Names of what fires."""
    found = {rule.name: rule.look(now) for rule in RULES} if now else _found()
    for name, said in found.items():
        Alarm.objects.get_or_create(name=name)
        _note(name, said[:200])
    counting.beat(EVALUATED)
    return [name for name, said in found.items() if said]


def evaluate_if_overdue() -> None:
    """For whoever asks from outside: where no job evaluates any more, that itself must be noticed."""
    since = age(counting.last(EVALUATED))
    if since is None or since > _OVERDUE:
        evaluate()


def firing() -> dict[str, Alarm]:
    """What fires, as it was last noted, by name."""
    return {row.name: row for row in Alarm.objects.filter(fires=True)}


def _found() -> dict[str, str]:
    now = measure()
    return {rule.name: rule.look(now) for rule in RULES}


def _note(name: str, said: str) -> None:
    alarm = Alarm.objects.filter(name=name)
    if said:
        if alarm.filter(fires=False).update(fires=True, since=Now(), said=said):
            log.error("alarm fires", extra={"alarm": name, "state": said})
        else:
            alarm.update(said=said)
    elif alarm.filter(fires=True).update(fires=False, since=Now(), said=""):
        log.warning("alarm clears", extra={"alarm": name})
