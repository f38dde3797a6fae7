"""Counts of what happened, in rows: by name, a word or two, and ten minutes. Never by whom.

What an operator is shown, what `/metrics` says and what alarms are made of. A row is held for one statement
only, so whoever counts inside a longer transaction says `later=True`.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from django.db import connection, transaction
from django.db.models import Max, Sum
from django.db.models.functions import Now
from django.utils import timezone

from ground.models import Count, Heartbeat

STRETCH = timedelta(minutes=10)
KEPT = timedelta(days=14)

_ADD = """
    insert into ground_count (name, what, how, at, amount)
    values (%s, %s, %s, date_bin('10 minutes', now(), 'epoch'), %s)
    on conflict (name, what, how, at) do update set amount = ground_count.amount + excluded.amount
"""
_FOLD = """
    with gone as (
        delete from ground_count where at < %s and at > 'epoch' returning name, what, how, amount
    )
    insert into ground_count (name, what, how, at, amount)
    select name, what, how, 'epoch', sum(amount) from gone group by name, what, how
    on conflict (name, what, how, at) do update set amount = ground_count.amount + excluded.amount
"""


def add(name: str, what: str = "", how: str = "", *, by: int = 1, later: bool = False) -> None:
    """Count something that happened. `later`: with the commit of the open transaction, if it comes."""
    if by and later:
        transaction.on_commit(partial(_add, name, what, how, by), robust=True)
    elif by:
        _add(name, what, how, by)


def lately(name: str, *, within: timedelta = 3 * STRETCH) -> dict[tuple[str, str], int]:
    """How often something happened in the last while, by its words. The oldest stretch counts whole."""
    rows = Count.objects.filter(name=name, at__gt=timezone.now() - within)
    return _summed(rows.values_list("what", "how").annotate(sum=Sum("amount")))


def ever(name: str) -> dict[tuple[str, str], int]:
    """How often something happened since there are counts, by its words. Only ever grows."""
    rows = Count.objects.filter(name=name)
    return _summed(rows.values_list("what", "how").annotate(sum=Sum("amount")))


def fold() -> int:
    """Put rows that are too old to be looked at one by one into one each; into how many they went."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLD, [timezone.now() - KEPT])
        return int(cursor.rowcount)


def beat(name: str, found: dict[str, object] | None = None) -> None:
    """Something that should happen again and again has happened now, and this is what it found."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": Now(), "found": found or {}})


def last(name: str) -> datetime | None:
    """When it last happened; None if never."""
    found: datetime | None = Heartbeat.objects.filter(name=name).aggregate(at=Max("at"))["at"]
    return found


def _add(name: str, what: str, how: str, by: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [name, what[:40], how[:20], by])


def _summed(rows: Iterable[tuple[str, str, int]]) -> dict[tuple[str, str], int]:
    return {(what, how): int(amount) for what, how, amount in rows}
