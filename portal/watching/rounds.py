"""What is done again and again so that it can be watched: a canary, the alarms, a survey of keys."""

from collections import Counter

from ground import counting, jobs, rotating
from ground.models import Heartbeat, Job
from portal import keys
from portal.watching import alarms
from portal.watching.measures import CANARY, SWEEP

CANARY_JOB, ALARMS_JOB, KEYS_JOB = "canary", "alarms", "keys"
_MINUTE = 60.0  # seconds
_DAY = 24 * 3600.0  # seconds
_SO_FAR = "keys so far"


def sing(job: Job) -> jobs.Outcome:
    """The canary: a job like any other, each minute through Redis and a worker."""
    counting.beat(CANARY)
    return jobs.Later(_MINUTE)


def look(job: Job) -> jobs.Outcome:
    """Evaluate the alarms."""
    alarms.evaluate()
    return jobs.Later(_MINUTE)


def survey(job: Job) -> jobs.Outcome:
    """Which keys sealed what: a batch of patients a slice, once a day."""
    keys.keep_words()
    row = Heartbeat.objects.filter(name=_SO_FAR).first()
    before = row.found if row is not None else {}
    found, after = rotating.survey(before.get("after", 0))
    total = Counter({tuple(word.rsplit(" ", 1)): n for word, n in before.get("found", {}).items()}) + found
    if after is None:
        Heartbeat.objects.filter(name=_SO_FAR).delete()
        keys.note(total)
        return jobs.Later(_DAY)
    so_far = {f"{column} {key}": amount for (column, key), amount in total.items()}
    counting.beat(_SO_FAR, {"after": after, "found": so_far})
    return jobs.More()


def ensure() -> None:
    """The sweep's own heartbeat, and that each round is there, once."""
    counting.beat(SWEEP)
    waiting = Job.objects.filter(kind__in=(CANARY_JOB, ALARMS_JOB, KEYS_JOB), state=Job.State.WAITING)
    there = set(waiting.values_list("kind", flat=True))
    for kind in {CANARY_JOB, ALARMS_JOB, KEYS_JOB} - there:
        jobs.put(kind, subject=0)


jobs.register(CANARY_JOB, sing)
jobs.register(ALARMS_JOB, look)
jobs.register(KEYS_JOB, survey)
