"""From an old key to the sealing one: every sealed column of every model, in small batches, under load.

Which columns there are is found in the models (`SealedBytes`), so none can be forgotten. How far it came
stands in the rows themselves: a value names the key it was sealed with. Killed anywhere, it is run again. A
row that somebody holds is passed by and found in the next round; nobody waits for us.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from django.apps import apps
from django.db import models, transaction
from django.db.models import CharField, Count, F, Func, Q

from ground import policy, scope
from ground.crypto import CannotOpen, SealedBytes, key_id, keyring
from ground.viewer import Viewer

_BATCH = 50
_PATIENTS = 500

#: (table and column, key id) to how many values.
Counts = Counter[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Step:
    """What one batch came to: values moved to the sealing key, and values that no key opens."""

    table: str
    moved: int = 0
    shut: int = 0


class Shelf(Protocol):
    """A table with sealed values."""

    def count(self, patients: tuple[int, ...] | None) -> Counts:
        """Its values by key; of these patients where the table stands under the row policy."""

    def walk(self) -> Iterator[Step]:
        """Move its values, a committed batch at a time."""

    @property
    def is_protected(self) -> bool:
        """Whether it can only be read patient by patient."""


class KeyId(Func):
    """The id of the key that a column was sealed with, as `ground.crypto.key_id` reads it."""

    template = (
        "case when length(%(expressions)s) > 1"
        " then encode(substring(%(expressions)s from 3 for get_byte(%(expressions)s, 1)), 'escape') end"
    )
    output_field = CharField()


_others: list[Callable[[], Shelf]] = []


def also(shelf: Callable[[], Shelf]) -> None:
    """A table of somebody else's whose sealed values are in no column of their own."""
    _others.append(shelf)


def shelves() -> list[Shelf]:
    """Every table with sealed values."""
    found = [(model, _seals(model)) for model in apps.get_models()]
    return [*(Columns(model, seals) for model, seals in found if seals), *(make() for make in _others)]


def rotate() -> Iterator[Step]:
    """One round over everything that is not under the sealing key; a step after each batch."""
    for shelf in shelves():
        yield from shelf.walk()


def survey(after: int = 0, most: int = 4 * _PATIENTS) -> tuple[Counts, int | None]:
    """Which keys sealed how many values: of the next patients after this one, and with the first of them of
    what belongs to nobody. And after whom to go on; None at the end.
    """
    patients = _patients(after, most)
    found: Counts = Counter()
    for shelf in shelves():
        if shelf.is_protected and patients:
            found += shelf.count(patients)
        elif not shelf.is_protected and not after:
            found += shelf.count(None)
    return found, patients[-1] if len(patients) == most else None


def surveyed() -> Counts:
    """Which keys sealed how many values, of everybody. Long, where there are many."""
    found, after = survey()
    while after is not None:
        more, after = survey(after)
        found += more
    return found


@dataclass(frozen=True)
class Columns:
    """The sealed columns of one model."""

    model: type[models.Model]
    seals: tuple[SealedBytes, ...]

    @cached_property
    def is_protected(self) -> bool:
        """Whether the table carries the row policy."""
        return self.model._meta.db_table in policy.protected_tables()

    def count(self, patients: tuple[int, ...] | None) -> Counts:
        """As `Shelf` says."""
        found: Counts = Counter()
        with _reach(patients):
            for seal in self.seals:
                rows = self._rows(patients).exclude(**{seal.column: None}).order_by()
                by_key = rows.values(sealed_by=KeyId(F(seal.column))).annotate(amount=Count("*"))
                for row in by_key:
                    found[f"{self.model._meta.db_table}.{seal.column}", row["sealed_by"] or "?"] = row[
                        "amount"
                    ]
        return found

    def walk(self) -> Iterator[Step]:
        """As `Shelf` says."""
        if not self.is_protected:
            yield from self._walked(None)
            return
        patients = _patients(0, _PATIENTS)
        while patients:
            yield from self._walked(patients)
            patients = _patients(patients[-1], _PATIENTS)

    def _walked(self, patients: tuple[int, ...] | None) -> Iterator[Step]:
        after: Any = 0
        while True:
            with _reach(patients):
                rows = list(self._stale(patients, after))
                moved = [self._move(row) for row in rows]
            if not rows:
                return
            after = rows[-1].pk
            yield Step(
                self.model._meta.db_table, sum(each[0] for each in moved), sum(each[1] for each in moved)
            )

    def _stale(self, patients: tuple[int, ...] | None, after: Any) -> models.QuerySet[Any]:
        """The next rows with a value under another key, locked; without those that somebody holds."""
        sealing, stale = keyring().sealing_id, Q()
        keys = {f"sealed_by_{number}": KeyId(F(seal.column)) for number, seal in enumerate(self.seals)}
        for name, seal in zip(keys, self.seals, strict=True):
            stale |= Q(**{f"{seal.column}__isnull": False}) & ~Q(**{name: sealing})
        rows = self._rows(patients).annotate(**keys).filter(stale, pk__gt=after).order_by("pk")
        locked: models.QuerySet[Any] = rows.select_for_update(skip_locked=True, of=("self",))[:_BATCH]
        return locked

    def _move(self, row: Any) -> tuple[int, int]:
        """Seal a locked row's stale values anew; how many moved, and how many no key opens."""
        changes, shut = {}, 0
        for seal in self.seals:
            sealed = getattr(row, seal.column)
            if sealed is None or key_id(bytes(sealed)) == keyring().sealing_id:
                continue
            try:
                changes[seal.column] = seal.resealed(row)
            except CannotOpen:
                shut += 1
        if changes:
            self.model._base_manager.filter(pk=row.pk).update(**changes)
        return len(changes), shut

    def _rows(self, patients: tuple[int, ...] | None) -> models.QuerySet[Any]:
        rows = self.model._base_manager.all()
        return rows if patients is None else rows.filter(patient_id__in=patients)


def _seals(model: type[models.Model]) -> tuple[SealedBytes, ...]:
    return tuple(each for each in vars(model).values() if isinstance(each, SealedBytes))


def _patients(after: int, most: int) -> tuple[int, ...]:
    rows = apps.get_model("portal", "Patient").objects.filter(pk__gt=after).order_by("pk")
    return tuple(rows.values_list("pk", flat=True)[:most])


def _reach(patients: tuple[int, ...] | None) -> Any:
    """A short transaction, in which these patients' rows can be reached."""
    if patients is None:
        return transaction.atomic()
    return scope.open(Viewer(kind="job", patients=patients, reason="key rotation"))
