"""Reading again what an older reader made the columns of (decision 0003: the bytes are the truth).

Only our reading changed, not the record: its body, its number in the feed and its time stay, so nobody is
told that something is new. Which rows are left, the rows themselves say, so this may stop anywhere.
"""

from collections import defaultdict
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet

from records import bodies
from records.fhir import kinds
from records.models import Origin, Record, Source
from records.store import naming, writing
from records.store.incoming import UNREAD, Incoming, columns

AT_ONCE = 200
"""Bodies in memory at one time; a scanned paper may be large."""


def read_again(patient_id: int, most: int = AT_ONCE) -> int:
    """Read up to `most` of a patient's records again; how many there were, 0 when none is left.

    Inside the patient's scope. No import keeps anything for this patient until the transaction ends.
    """
    writing.hold_alone(patient_id)
    rows = sorted(behind(patient_id)[:most], key=attrgetter("origin_id"))
    versions = dict(Origin.objects.values_list("pk", "fhir_version"))
    for origin_id, some in groupby(rows, key=attrgetter("origin_id")):
        _write(patient_id, origin_id, versions[origin_id], list(some))
    return len(rows)


def behind(patient_id: int) -> "QuerySet[Record]":
    """The records whose columns are an older reader's. What the present one failed at is not among them."""
    rows = Record.objects.filter(patient_id=patient_id, extract_version__lt=kinds.EXTRACT_VERSION)
    return rows.exclude(extract_version=-kinds.EXTRACT_VERSION)


def name_again(patient_id: int) -> None:
    """Name what is called by another record. Inside the patient's scope, when all has been read."""
    for source in Source.objects.filter(patient_id=patient_id):
        naming.name_nameless(source)


def _write(patient_id: int, origin_id: int, fhir_version: str, rows: list[Record]) -> None:
    made: dict[bool, list[Any]] = defaultdict(list)
    for row in rows:
        raw = bodies.unpack(row.dictionary, bytes(row.body))
        read = columns(Incoming((row.resource_type, row.fhir_id), bytes(row.digest), raw), fhir_version)
        made[read.extract_version != UNREAD].append(read)
    if made[True]:
        writing.read_again(patient_id, origin_id, made[True])
    if failed := [(one.resource_type, one.fhir_id) for one in made[False]]:
        writing.pass_by(patient_id, origin_id, failed, -kinds.EXTRACT_VERSION)
