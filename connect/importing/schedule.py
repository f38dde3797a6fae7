"""When a connected place is looked at next. The due time of its one waiting job is the forecast.

Nobody's look falls due at the same moment as everybody else's: each connection has a share of the interval
of its own, by its number. A place that keeps failing is looked at more and more rarely, and one where the
sign-in lapsed once in a while, in case the gateway was wrong.
"""

from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import takewhile

from django.conf import settings
from django.db.models.functions import Now
from django.utils import timezone

from connect.models import Connection, ImportRun
from ground import jobs
from ground.models import Job

#: The job of a look at a connection (its subject).
JOB = "check"

_State = Connection.State
#: Connections that are looked at.
LIVE = (_State.COLLECTING, _State.CONNECTED, _State.LAPSED)
_SPREAD = 0.2  # of the interval: a tenth earlier to a tenth later
_RARER_WHEN_LAPSED = 7
_DOUBLED_AT_MOST = 5
_LONGEST = timedelta(days=30)
#: Answers after which the place cannot be asked again soon with more luck.
_NO_LUCK = frozenset({"trouble", "forbidden", "unknown", "place", "version"})


def interval(number: int, *, failures: int = 0, lapsed: bool = False) -> timedelta:
    """From one look at a connection of this number to the next. `failures`: looks that failed, in a row."""
    usual = timedelta(hours=settings.CHECK_HOURS * (1 - _SPREAD / 2 + _SPREAD * share(number)))
    times: int = 2 ** min(failures, _DOUBLED_AT_MOST) * (_RARER_WHEN_LAPSED if lapsed else 1)
    longer = usual * times
    return max(usual, min(longer, _LONGEST))


def share(number: int) -> float:
    """The share of an interval that belongs to a connection: 0 to 1, evenly spread and always the same."""
    mark = blake2b(str(number).encode(), digest_size=4).digest()
    return int.from_bytes(mark, "big") / 2**32


def plan(connection: Connection, ending: ImportRun | None = None) -> None:
    """Put the next look of a live connection, and take it away from any other. Inside the patient's scope.

    `ending`: the run that comes to its end just now, whose row does not say so yet.
    """
    waiting = Job.objects.filter(kind=JOB, subject=connection.pk, state=Job.State.WAITING)
    if connection.state not in LIVE:
        waiting.update(state=Job.State.DONE, ended_at=Now())
        return
    set_due(JOB, connection, timezone.now() + after(connection, ending))


def after(connection: Connection, ending: ImportRun | None = None) -> timedelta:
    """How long to leave a connection alone now. Inside the patient's scope."""
    lapsed = connection.state == _State.LAPSED
    return interval(connection.pk, failures=_failures(connection, ending), lapsed=lapsed)


def set_due(kind: str, connection: Connection, due: datetime) -> None:
    """Have exactly one job of a kind wait for a connection, due then: earlier or later than it was."""
    waiting = Job.objects.filter(kind=kind, subject=connection.pk, state=Job.State.WAITING)
    if not waiting.update(due_at=due):
        jobs.put(kind, subject=connection.pk, patient_id=connection.patient_id, due=due)


def _failures(connection: Connection, ending: ImportRun | None) -> int:
    """How many looks in a row came to nothing, up to now."""
    ended = ImportRun.objects.of(connection.patient_id).filter(connection=connection)
    before = list(ended.exclude(ended_at=None).order_by("-pk")[: _DOUBLED_AT_MOST + 1])
    runs = [ending, *(run for run in before if run.pk != ending.pk)] if ending is not None else before
    return sum(1 for _ in takewhile(_failed, runs))


def _failed(run: ImportRun) -> bool:
    return run.outcome != ImportRun.Outcome.DONE or bool(run.error) or run.ask_answer in _NO_LUCK
