"""Keeping a page of resources: unchanged ones cost a look-up, changed ones leave their old body behind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import DataError, Error, IntegrityError, transaction

from records.models import Origin
from records.store import writing
from records.store.incoming import Columns, Incoming, Key, Rejected, columns, refusal, sorted_out
from records.store.writing import Place

_AT_ONCE = 1000
"""Rows in one statement: more gain nothing, and memory stays small."""

_P = ParamSpec("_P")
_R = TypeVar("_R")
_Write = Callable[[Place, int, Sequence[Columns]], None]


class StoreTrouble(Exception):
    """The database did not take what it was given. Names the kind of error alone: its text holds values.

    The transaction it happened in is broken and has to end.
    """


def _tight_lipped(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Let no error of the database out, not even as the context of another."""

    @wraps(function)
    def inside(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return function(*args, **kwargs)
        except Error as trouble:
            name = type(trouble).__name__
        raise StoreTrouble(name)

    return inside


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a batch, doubles inside it counted once; `keys` are all that it held.

    `unlisted`: how many of the new ones stand in no list (`Columns.is_listed`).
    """

    new: int = 0
    unlisted: int = 0
    changed: int = 0
    same: int = 0
    quarantined: int = 0
    keys: tuple[Key, ...] = field(default=(), compare=False, repr=False)


@_tight_lipped
def keep(
    *,
    patient_id: int,
    source_id: int,
    origin: Origin,
    upstream_patient: str,
    resources: Sequence[bytes],
    rejected: Sequence[tuple[str, bytes]] = (),
) -> Kept:
    """Keep resources of one patient from one place, each by its exact bytes.

    `rejected` are (reason word, bytes) that the caller could not cut into resources. Of two with the same
    key the last counts. Raises StoreTrouble, and ValueError where the place is not the patient's.
    """
    place = Place(patient_id, source_id, origin.pk, upstream_patient)
    if not writing.hold(place):
        raise ValueError("this place does not belong to this patient")
    batch = _Batch(place, origin.fhir_version)
    named, nameless = sorted_out(resources)
    batch.refuse([*nameless, *(refusal(reason, raw) for reason, raw in rejected)])
    everything = list(named.values())
    for start in range(0, len(everything), _AT_ONCE):
        batch.take(everything[start : start + _AT_ONCE])
    return replace(batch.kept(), keys=tuple(named))


class _Batch:
    """One call of `keep`: its place, its number in the feed once something changes, and its counts."""

    def __init__(self, place: Place, fhir_version: str) -> None:
        self._place = place
        self._version = fhir_version
        self._number = 0
        self._new = self._unlisted = self._changed = self._same = self._quarantined = 0

    def kept(self) -> Kept:
        return Kept(self._new, self._unlisted, self._changed, self._same, self._quarantined)

    def take(self, rows: Sequence[Incoming]) -> None:
        """Write what is new, change what changed, leave what is the same."""
        held = writing.known(self._place, [row.key for row in rows])
        new = [row for row in rows if row.key not in held]
        changed = [row for row in rows if row.key in held and held[row.key] != (row.digest, False)]
        self._same += len(rows) - len(new) - len(changed)
        self._new += self._write(writing.add, new)
        self._changed += self._write(writing.change, changed)

    def refuse(self, rows: Sequence[Rejected]) -> None:
        """Put what cannot be kept into quarantine."""
        if rows:
            writing.reject(self._place, rows)
            self._quarantined += len(rows)

    def _write(self, write: _Write, rows: Sequence[Incoming]) -> int:
        """Write rows together; should one of them be more than Postgres takes, one by one without it."""
        if not rows:
            return 0
        self._number = self._number or writing.next_number(self._place.patient_id)
        ready = [columns(row, self._version) for row in rows]
        if self._taken(write, ready):
            return len(ready)
        return sum(self._alone(write, row, made) for row, made in zip(rows, ready, strict=True))

    def _alone(self, write: _Write, row: Incoming, made: Columns) -> bool:
        taken = self._taken(write, [made])
        if not taken:
            self.refuse([refusal("not-storable", row.raw, row.key[0])])
        return taken

    def _taken(self, write: _Write, rows: Sequence[Columns]) -> bool:
        """Whether the database took the rows, all or none."""
        try:
            with transaction.atomic():
                write(self._place, self._number, rows)
        except (DataError, IntegrityError):
            return False
        if write is writing.add:
            self._unlisted += sum(not row.is_listed for row in rows)
        return True
