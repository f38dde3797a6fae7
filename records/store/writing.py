"""Sending the statements: rows as arrays, in binary, beside the statement and never inside it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connection

from ground import counting
from records import bodies
from records.store import statements
from records.store.incoming import Columns, Key, Named, Rejected

_BODY = Columns._fields.index("digest")
"""Where the digest and the body stand, side by side."""

_LOCK = 0x7265 << 48
"""Sets our advisory locks, which are this plus the patient, apart from anybody else's."""


ERASING = "erasing:"
"""What the key of a place begins with while all that came from it is deleted."""


@dataclass(frozen=True, slots=True)
class Place:
    """Whose rows, from where: what all rows of a batch have in common."""

    patient_id: int
    source_id: int
    origin_id: int
    upstream_patient: str


@contextmanager
def _cursor() -> Iterator[psycopg.Cursor[tuple[Any, ...]]]:
    """Django's own cursor writes values into the statement, bodies as hex; this one sends them beside it."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        yield cursor


def hold(place: Place) -> bool:
    """Until the transaction ends, nobody else keeps for this patient. False where the place is not theirs, or
    is being erased.

    An advisory lock, because a lock on a row would be written to the log even when nothing changes. What it
    waited for is seen: the question is a statement of its own, as one's view is of when it began.
    """
    hold_alone(place.patient_id)
    with _cursor() as cursor:
        cursor.execute(statements.THEIRS, [place.patient_id, place.source_id, ERASING])
        row = cursor.fetchone()
    return bool(row and row[0])


def hold_alone(patient_id: int) -> None:
    """As `hold`, for work on all of a patient's places."""
    with _cursor() as cursor:
        cursor.execute(statements.HOLD, [_LOCK + patient_id])


def read_again(patient_id: int, origin_id: int, rows: Sequence[Columns]) -> None:
    """Write what a newer reader says of records; bodies, the feed and their time stay as they are."""
    kept = [row[:_BODY] + row[_BODY + 2 :] for row in rows]
    with _cursor() as cursor:
        cursor.execute(statements.READ_AGAIN, [*_parts(kept), patient_id, origin_id])


def pass_by(patient_id: int, origin_id: int, keys: Sequence[Key], version: int) -> None:
    """Note that a reader failed at these records, so that it is not asked again."""
    with _cursor() as cursor:
        cursor.execute(statements.PASS_BY, [version, *_parts(keys), patient_id, origin_id])


def known(place: Place, keys: Sequence[Key]) -> dict[Key, tuple[bytes, bool]]:
    """The digest of each of these keys that we hold, and whether it counts as removed."""
    with _cursor() as cursor:
        cursor.execute(statements.KNOWN, [*_parts(keys), place.patient_id, place.origin_id], binary=True)
        return {(name, key): (digest, removed) for name, key, digest, removed in cursor}


def next_number(patient_id: int) -> int:
    """The next number of the patient's feed."""
    with _cursor() as cursor:
        row = cursor.execute(statements.NEXT, [patient_id]).fetchone()
    return int(row[0]) if row else 0


def add(place: Place, number: int, rows: Sequence[Columns]) -> None:
    """Write records that were not here before."""
    common = [place.patient_id, place.origin_id, place.source_id, place.upstream_patient, bodies.CURRENT]
    with _cursor() as cursor:
        cursor.execute(statements.ADD, [*common, number, number, *_parts(rows)])


def change(place: Place, number: int, rows: Sequence[Columns]) -> None:
    """Put the old bodies aside and write the new state over the old."""
    same = [place.patient_id, place.origin_id]
    old = [(row.resource_type, row.fhir_id, row.digest) for row in rows]
    common = [place.source_id, place.upstream_patient, bodies.CURRENT, number]
    with _cursor() as cursor:
        cursor.execute(statements.PUT_ASIDE, [number, *_parts(old), *same])
        cursor.execute(statements.CHANGE, [*common, *_parts(rows), *same])


def remove(place: Place, number: int, keys: Sequence[Key]) -> None:
    """Note that the place no longer has these."""
    with _cursor() as cursor:
        same = [place.patient_id, place.origin_id, place.source_id]
        cursor.execute(statements.REMOVE, [number, *_parts(keys), *same])


def name(patient_id: int, origin_id: int, rows: Sequence[Named]) -> None:
    """Write the names of records that had none. No change of theirs: their number in the feed stays."""
    with _cursor() as cursor:
        cursor.execute(statements.NAME, [*_parts(rows), patient_id, origin_id])


def reject(place: Place, rows: Sequence[Rejected]) -> None:
    """Write what cannot be kept as a record; the same bytes from the same place once."""
    common = [place.patient_id, place.source_id, place.origin_id, bodies.CURRENT]
    with _cursor() as cursor:
        cursor.execute(statements.REJECT, [*common, *_parts(rows), place.patient_id, place.source_id])
        counting.add("quarantine", by=int(cursor.rowcount), later=True)


def _parts(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    """Rows turned into one list per column."""
    return list(map(list, zip(*rows, strict=True)))
