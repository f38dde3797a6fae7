"""The shared budget of calls: never above the limit, people before background work.

One Postgres row for each credential holds a sliding window, cut into slots. The oldest, half-passed slot
counts whole, so no stretch of a window's length ever holds more calls than the limit. Nothing here sleeps:
the answer is how long to wait, and the caller postpones its work. After a 429 the budget is halved and
grows back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.db import transaction
from django.utils import timezone

from connect.models import Pacing

SLOTS = 30
_LEAST_PERCENT = 10
_PERCENT_A_MINUTE = 10
_RESERVE = 0.2


@dataclass(frozen=True, slots=True)
class Budget:
    """How many calls (`limit`) one credential may make in a window of so many seconds."""

    credential: str
    limit: int
    window: float = 60.0

    @property
    def slot(self) -> float:
        """The length of one slot, in seconds."""
        return self.window / SLOTS


def take(budgets: Sequence[Budget], *, person: bool) -> float:
    """Count one call against each budget; 0.0 when it may be made now, else the seconds to wait.

    All or nothing. `person`: somebody waits for the answer; other work leaves a fifth of the budget to them.
    """
    with transaction.atomic():
        rows = [(budget, _locked(budget)) for budget in sorted(budgets, key=lambda each: each.credential)]
        now = timezone.now()
        waits = [_wait(row, budget, now, person) for budget, row in rows]
        if not any(waits):
            for _, row in rows:
                row.slots[-1] += 1
                row.save(update_fields=["slots", "newest", "changed_at"])
        return max(waits, default=0.0)


def shrink(budgets: Sequence[Budget], *, retry_after: float) -> None:
    """The gateway said 429: halve the budgets, and ask for nothing in the next `retry_after` seconds."""
    with transaction.atomic():
        for budget in sorted(budgets, key=lambda each: each.credential):
            row, now = _locked(budget), timezone.now()
            row.percent = max(_LEAST_PERCENT, _percent(row, now) // 2)
            row.shrunk_at = now
            row.closed_until = max(row.closed_until or now, now + timedelta(seconds=retry_after))
            row.save(update_fields=["percent", "shrunk_at", "closed_until"])


def _locked(budget: Budget) -> Pacing:
    Pacing.objects.get_or_create(credential=budget.credential)
    return Pacing.objects.select_for_update().get(pk=budget.credential)


def _wait(row: Pacing, budget: Budget, now: datetime, person: bool) -> float:
    """Seconds until one more call fits; moves the row's window to now."""
    _slide(row, budget, now)
    closed = (row.closed_until - now).total_seconds() if row.closed_until else 0.0
    allowed = max(1, budget.limit * _percent(row, now) // 100)
    if not person:
        allowed = max(1, allowed - ceil(allowed * _RESERVE))
    return max(0.0, closed, _until_free(row, budget, now, allowed))


def _slide(row: Pacing, budget: Budget, now: datetime) -> None:
    """Drop slots that have left the window. The current one and all that may still reach into it stay."""
    newest = int(now.timestamp() / budget.slot)
    slots = list(row.slots)[-(SLOTS + 1) :]
    slots = [0] * (SLOTS + 1 - len(slots)) + slots
    passed = min(max(0, newest - row.newest), SLOTS + 1)
    row.slots = slots[passed:] + [0] * passed
    row.newest = max(newest, row.newest)
    row.changed_at = now


def _until_free(row: Pacing, budget: Budget, now: datetime, allowed: int) -> float:
    """Seconds until enough of the oldest slots have left the window; 0.0 when there is room."""
    over, freed = sum(row.slots) + 1 - allowed, 0
    for count in row.slots:
        if over <= 0:
            break
        over, freed = over - count, freed + 1
    if freed == 0:
        return 0.0
    return max(0.05, (row.newest + freed) * budget.slot - now.timestamp())


def _percent(row: Pacing, now: datetime) -> int:
    if row.shrunk_at is None:
        return 100
    minutes = (now - row.shrunk_at).total_seconds() / 60
    return min(100, row.percent + int(minutes * _PERCENT_A_MINUTE))
