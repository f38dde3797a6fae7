"""What is done again and again so that it can be watched: a canary, the alarms, a survey of keys,
the seal over the log of looks."""

from collections import Counter
from typing import Any

from ground import counting, jobs, rotating, sealing
from ground.models import Heartbeat, Job, Seal
from portal import keys
from portal.watching import alarms
from portal.watching.measures import CANARY, SEALED, SWEEP

CANARY_JOB, ALARMS_JOB, KEYS_JOB, SEAL_JOB = "canary", "alarms", "keys", "seal"
_MINUTE = 60.0  # seconds
_FIVE_MINUTES = 300.0  # seconds
_SEALS = 50  # that are looked at in one round
_TOLD = 20  # findings that are kept
_DAY = 24 * 3600.0  # seconds
_SO_FAR = "keys so far"
_ROUNDS = (CANARY_JOB, ALARMS_JOB, KEYS_JOB, SEAL_JOB)


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


def seal(job: Job) -> jobs.Outcome:
    """Seal the log of looks, and hold some of it against its seals: all of it, in turn."""
    sealed = sealing.seal()
    row = Heartbeat.objects.filter(name=SEALED).first()
    before = row.found if row is not None else {}
    after = int(before.get("after", 0))
    found = [str(one)[:200] for one in sealing.verify(after=after, most=_SEALS)] + _gone(before)
    last = sealing.newest()
    over = last is None or after + _SEALS >= last.pk
    bad = (before.get("so_far", []) + found)[:_TOLD]
    said = bad if over or found else before.get("bad", [])
    so_far = {"after": 0, "so_far": []} if over else {"after": after + _SEALS, "so_far": bad}
    kept = before.get("newest", 0) if _gone(before) or last is None else last.pk
    counting.beat(SEALED, {**so_far, "bad": said, "newest": kept})
    return jobs.More() if sealed >= sealing.BATCH else jobs.Later(_FIVE_MINUTES)


def _gone(before: dict[str, Any]) -> list[str]:
    """That the last seal we made is not there any more; it is told until somebody takes the note away."""
    noted = before.get("newest", 0)
    there = not noted or Seal.objects.filter(pk=noted).exists()
    return [] if there else [f"seal {noted}: gone"]


def ensure() -> None:
    """The sweep's own heartbeat, and that each round is there, once."""
    counting.beat(SWEEP)
    waiting = Job.objects.filter(kind__in=_ROUNDS, state=Job.State.WAITING)
    there = set(waiting.values_list("kind", flat=True))
    for kind in set(_ROUNDS) - there:
        jobs.put(kind, subject=0)


jobs.register(CANARY_JOB, sing)
jobs.register(ALARMS_JOB, look)
jobs.register(KEYS_JOB, survey)
jobs.register(SEAL_JOB, seal)
