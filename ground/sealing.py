"""The seal over the log of looks: batches of rows, each chained to the one before, so that tampering shows.

Grants keep the application from changing a look; whoever owns the database is stopped by nothing, but leaves
traces: a seal holds a digest of each of its rows, its chain a digest of all seals before it, and its stamp is
made with a key that the database does not have (decision 0036).

Sealing takes no lock that a writer waits for. A number may be given to a row that is not there yet, so only
those are sealed that no open transaction can still fill: the highest number is noted together with the next
transaction's id, and counts once every transaction before that one is over.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from ground import counting, scope
from ground.crypto import CannotOpen, key_id, keyring
from ground.models import Heartbeat, Look, Seal
from ground.viewer import Viewer

BATCH = 1000
KEPT = timedelta(days=6 * 366)
"""Of looks that are older, rows may be gone."""
_MARK = "seal mark"
_LONGEST = timedelta(hours=1)  # that a transaction may last: a row that says it is older was put in later
_LEAF, _DIGEST = 24, 16  # bytes: a row's number (8) and its digest
_COLUMNS = (
    *("pk", "patient_id", "at", "viewer_kind", "user_id", "clinic_id", "grant_id", "what", "record_kind"),
    *("kinds", "record_key", "rows", "reason", "words", "route", "request_id"),
)
_HORIZON = """
    select case when is_called then last_value else 0 end,
        pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
        pg_snapshot_xmax(pg_current_snapshot())::text::bigint
    from ground_look_id_seq
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """Where the log and its seal do not agree. `what` is "changed", "missing", "added", "backdated" (numbers
    of looks), or "seal", "chain", "stamp" (the seal itself).
    """

    seal: int
    what: str
    looks: tuple[int, ...] = ()

    def __str__(self) -> str:
        about = "looks " + ", ".join(str(one) for one in self.looks[:20]) if self.looks else "the seal itself"
        return f"seal {self.seal}: {self.what}, {about}"


def seal(most: int = 10) -> int:
    """Seal what can be sealed, so many batches at most; how many looks. Safe to run twice at once: the second
    one's batch is refused by the database, and killing it costs the batch alone.
    """
    safe, sealed = _horizon(), 0
    for _each in range(most):
        with transaction.atomic():
            amount = _one_batch(safe)
        sealed += amount
        if amount < BATCH:
            break
    return sealed


def waiting() -> tuple[int, datetime | None]:
    """How many looks no seal holds yet, and since when the oldest of them is there."""
    last = Seal.objects.order_by("-pk").values_list("last", flat=True).first() or 0
    with _all_looks() as looks:
        rows = looks.filter(pk__gt=last).order_by("pk")
        return rows.count(), rows.values_list("at", flat=True).first()


def verify(*, after: int = 0, most: int | None = None) -> Iterator[Finding]:
    """Hold the log against its seals, in order: what does not agree. `after`, `most`: some of them only."""
    before = Seal.objects.filter(pk__lte=after).order_by("-pk").first()
    rows = Seal.objects.filter(pk__gt=after).order_by("pk")
    for one in (rows if most is None else rows[:most]).iterator(chunk_size=20):
        yield from _itself(one, before)
        yield from _its_rows(one, before)
        before = one


def newest() -> Seal | None:
    """The last seal."""
    return Seal.objects.order_by("-pk").first()


def _one_batch(safe: int) -> int:
    before = newest()
    after = before.last if before is not None else 0
    found = _rows(after, safe, BATCH)
    if not found:
        return 0
    made = Seal(after=after, last=found[-1][0], rows=len(found), at=timezone.now())
    made.leaves = b"".join(_leaf(row) for row in found)
    made.chain = _chain(made, before)
    made.stamp = keyring().seal(b"", _bound(bytes(made.chain)))
    made.save(force_insert=True)
    return len(found)


def _horizon() -> int:
    """Up to which number every row is there that will ever be; notes the next one."""
    with connection.cursor() as cursor:
        cursor.execute(_HORIZON)
        last, oldest_open, next_one = cursor.fetchone()
    mark = Heartbeat.objects.filter(name=_MARK).first()
    known = mark.found if mark is not None else {"look": 0, "next": 0}
    over = oldest_open >= known["next"]
    if over or next_one < known["next"]:  # the ids run anew: another server, on which nothing of then is open
        counting.beat(_MARK, {"look": last, "next": next_one})
    return int(known["look"]) if over else 0


@contextmanager
def _all_looks() -> Iterator[Any]:
    """The looks at everybody. Only here: the policy of their table lets nobody else read past a scope."""
    with scope.open(Viewer("job", ())):
        _say("on")
        yield Look.objects.all()
        _say("")


def _say(word: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.seal', %s, true)", [word])


def _rows(after: int, last: int, most: int | None = None) -> list[tuple[Any, ...]]:
    with _all_looks() as looks:
        found = looks.filter(pk__gt=after, pk__lte=last).order_by("pk").values_list(*_COLUMNS)
        return list(found if most is None else found[:most])


def _leaf(row: tuple[Any, ...]) -> bytes:
    """A row's number and digest."""
    plain = [one.astimezone(UTC).isoformat() if isinstance(one, datetime) else one for one in row]
    return int(row[0]).to_bytes(8, "big") + sha256(json.dumps(plain).encode()).digest()[:_DIGEST]


def _chain(one: Seal, before: Seal | None) -> bytes:
    head = f"{one.after}.{one.last}.{one.rows}.{one.at.astimezone(UTC).isoformat()}."
    link = bytes(before.chain) if before is not None else b""
    return sha256(link + head.encode() + bytes(one.leaves)).digest()


def _bound(chain: bytes) -> str:
    return f"ground_seal.{chain.hex()}"


def _itself(one: Seal, before: Seal | None) -> Iterator[Finding]:
    if one.after != (before.last if before is not None else 0):
        yield Finding(one.pk, "seal")  # one before it is gone
    if bytes(one.chain) != _chain(one, before):
        yield Finding(one.pk, "chain")
    if not _is_stamped(one):
        yield Finding(one.pk, "stamp")


def _is_stamped(one: Seal) -> bool:
    """Whether a key of ours made its stamp. A key that was dropped proves nothing, and need not: the newest
    stamp holds for every chain before it, and must be by a key that is there.
    """
    last = newest()
    if key_id(bytes(one.stamp)) not in keyring().ids:
        return last is not None and last.pk != one.pk
    try:
        keyring().open(bytes(one.stamp), _bound(bytes(one.chain)))
    except CannotOpen:
        return False
    return True


def _its_rows(one: Seal, before: Seal | None) -> Iterator[Finding]:
    raw, now = bytes(one.leaves), _rows(one.after, one.last)
    kept = {raw[at : at + 8]: raw[at + 8 : at + _LEAF] for at in range(0, len(raw), _LEAF)}
    there = {leaf[:8]: leaf[8:] for leaf in map(_leaf, now)}
    too_old = one.at < timezone.now() - KEPT
    found = {
        "changed": [key for key in kept.keys() & there.keys() if kept[key] != there[key]],
        "missing": [] if too_old else list(kept.keys() - there.keys()),
        "added": list(there.keys() - kept.keys()),
    }
    for what, keys in found.items():
        if keys:
            yield Finding(one.pk, what, tuple(sorted(int.from_bytes(key, "big") for key in keys)))
    late = tuple(row[0] for row in now if before is not None and row[2] < before.at - _LONGEST)
    if late:
        yield Finding(one.pk, "backdated", late)
