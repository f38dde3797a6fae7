"""The shared budget of calls: never above the limit, people before work, patients in turns.

The rules are `connect.turns`; here they are kept in rows. One Postgres row for each credential holds its
window and is locked for the two or three statements of a decision, never while anything else goes on. Nothing
here sleeps: the answer is how long to wait, and the caller postpones its work.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from connect import turns
from connect.models import Pacing, PatientTurn
from connect.turns import Budget, Lane, Line, Turn, Verdict, Window

__all__ = ["Asker", "Budget", "Lane", "forget_turns", "give_up_turn", "shrink", "take"]

_KEPT = timedelta(days=1)
_BATCH = 1000

_LINE = """
    select count(*),
        count(*) filter (where waits),
        count(*) filter (where waits and back_at <= %(now)s)
    from (
        select back_at, ticket is not null and back_at > %(late)s
            and (not %(is_due)s or (lane, ticket) < (%(lane)s, %(ticket)s)) as waits
        from connect_patientturn
        where credential = %(credential)s and busy_until > %(now)s
            and lane between %(first)s and %(lane)s and patient_id <> %(patient)s
    ) as others
"""
_KEEP = """
    insert into connect_patientturn (credential, patient_id, lane, paid_until, ticket, back_at, busy_until)
    values (%s, %s, %s, %s, %s, %s, %s)
    on conflict (credential, patient_id, lane) do update set paid_until = excluded.paid_until,
        ticket = excluded.ticket, back_at = excluded.back_at, busy_until = excluded.busy_until
"""


@dataclass(frozen=True, slots=True)
class Asker:
    """In which lane a call is asked for and for which patient; without one there is no turn to take."""

    lane: Lane
    patient_id: int | None = None


@dataclass(frozen=True, slots=True)
class _Standing:
    row: Pacing
    budget: Budget
    verdict: Verdict


def take(budgets: Sequence[Budget], asker: Asker, *, spends: bool = True) -> float:
    """Count one call against each budget; 0.0 when it may be made now, else the seconds to wait.

    All or nothing. `spends`: not for a call that only prepares another, as `connect.turns` has it.
    """
    with transaction.atomic():
        rows = [(budget, _locked(budget)) for budget in _ordered(budgets)]
        now = timezone.now()
        found = [_judged(row, budget, asker, now, spends) for budget, row in rows]
        wait = max((each.verdict.wait for each in found), default=0.0)
        for each in found:
            if not wait:
                _let_through(each, asker, now)
            elif each.verdict.wait:
                _put_in_line(each, asker, now)
        return wait


def shrink(budgets: Sequence[Budget], *, retry_after: float) -> None:
    """The gateway said 429: halve the budgets, and ask for nothing in the next `retry_after` seconds."""
    with transaction.atomic():
        for budget in _ordered(budgets):
            row, now = _locked(budget), timezone.now().timestamp()
            window = turns.shrunk(_window(row), retry_after, now)
            row.percent, row.shrunk_at = window.percent, _moment(window.shrunk_at)
            row.closed_until = _moment(window.closed_until)
            row.save(update_fields=["percent", "shrunk_at", "closed_until"])


def give_up_turn(budgets: Sequence[Budget], asker: Asker) -> None:
    """Work cannot go on now, for another reason than the budget: the next in line may have the call."""
    names = [budget.credential for budget in budgets]
    mine = PatientTurn.objects.filter(credential__in=names, patient=asker.patient_id, lane=asker.lane)
    mine.exclude(ticket=None).update(ticket=None, back_at=None, busy_until=timezone.now())


def forget_turns() -> int:
    """Delete turns in which nothing stands since a day; how many, at most a batch."""
    old = PatientTurn.objects.filter(busy_until__lt=timezone.now() - _KEPT).values_list("pk", flat=True)
    return PatientTurn.objects.filter(pk__in=list(old[:_BATCH])).delete()[0]


def _ordered(budgets: Iterable[Budget]) -> list[Budget]:
    """Always in the same order, so that two callers never wait for each other."""
    return sorted(budgets, key=lambda each: each.credential)


def _locked(budget: Budget) -> Pacing:
    rows = Pacing.objects.select_for_update().filter(pk=budget.credential)
    if (row := rows.first()) is not None:
        return row
    Pacing.objects.get_or_create(credential=budget.credential)
    return rows.get()


def _judged(row: Pacing, budget: Budget, asker: Asker, now: datetime, spends: bool) -> _Standing:
    at = now.timestamp()
    turn = _turn(budget, asker)
    line = Line() if asker.lane == Lane.PERSON else _line(budget, asker, turn, now)
    window = turns.slid(_window(row), budget, at)
    return _Standing(row, budget, turns.decide(window, budget, turn, line, at, spends=spends))


def _let_through(each: _Standing, asker: Asker, now: datetime) -> None:
    row, window = each.row, each.verdict.window
    row.slots, row.newest, row.changed_at = list(window.slots), window.newest, now
    row.save(update_fields=["slots", "newest", "changed_at"])
    _keep(each.budget, asker, each.verdict.turn)


def _put_in_line(each: _Standing, asker: Asker, now: datetime) -> None:
    if asker.patient_id is None or asker.lane == Lane.PERSON:
        return
    if not each.verdict.turn.ticket:
        each.row.tickets += 1
        each.row.save(update_fields=["tickets"])
    _keep(each.budget, asker, turns.refused(each.verdict, each.row.tickets, now.timestamp()))


def _turn(budget: Budget, asker: Asker) -> Turn:
    """What stands of this patient, in an even pace of their own and with no ticket when nothing does."""
    mine = PatientTurn.objects.filter(credential=budget.credential, patient=asker.patient_id, lane=asker.lane)
    row = mine.first() if asker.patient_id is not None else None
    if row is None:
        return Turn(asker.lane)
    return Turn(asker.lane, _seconds(row.paid_until), row.ticket or 0, _seconds(row.back_at))


def _line(budget: Budget, asker: Asker, turn: Turn, now: datetime) -> Line:
    """`connect.turns.line_of` of all others, counted by the database; a test holds both equal."""
    told: dict[str, str | int | bool | datetime] = {
        "credential": budget.credential,
        "patient": asker.patient_id or 0,
        "first": int(Lane.ASKED),
        "lane": int(asker.lane),
        "ticket": turn.ticket,
        "is_due": turn.is_due(now.timestamp()),
        "now": now,
        "late": now - timedelta(seconds=turns.GRACE),
    }
    with connection.cursor() as cursor:
        cursor.execute(_LINE, told)
        return Line(*cursor.fetchone())


def _keep(budget: Budget, asker: Asker, turn: Turn) -> None:
    if asker.patient_id is None or not turn.busy_until:
        return
    times = _moment(turn.paid_until), turn.ticket or None, _moment(turn.back_at), _moment(turn.busy_until)
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [budget.credential, asker.patient_id, asker.lane, *times])


def _window(row: Pacing) -> Window:
    return Window(
        tuple(row.slots), row.newest, row.percent, _seconds(row.shrunk_at) or None, _seconds(row.closed_until)
    )


def _seconds(moment: datetime | None) -> float:
    return moment.timestamp() if moment is not None else 0.0


def _moment(seconds: float | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
