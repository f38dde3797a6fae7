"""Whose an upstream Patient is, where an account lists one that somebody else let it see (docs/oneup.md §13).

The first whose sign-in brought it is whose it is (decision 0039). Inside their scope; the rows are asked
across patients, and tell nothing but that it is another's.
"""

from collections.abc import Iterable
from hashlib import sha256

from connect.gateway import PatientRef
from connect.models import Claim, Connection


def not_anothers(connection: Connection, refs: Iterable[PatientRef]) -> list[PatientRef]:
    """Those of these Patients that are nobody else's."""
    marks = {_mark(connection, ref.id): ref for ref in refs}
    others = Claim.objects.filter(mark__in=list(marks)).exclude(patient_id=connection.patient_id)
    taken = {bytes(mark) for mark in others.values_list("mark", flat=True)}
    return [ref for mark, ref in marks.items() if mark not in taken]


def claim(connection: Connection, ids: Iterable[str]) -> list[str]:
    """Write down that these Patients are this patient's; those that are, in their order."""
    marks = {_mark(connection, one): one for one in ids}
    Claim.objects.bulk_create(
        [Claim(mark=mark, patient_id=connection.patient_id, connection=connection) for mark in marks],
        ignore_conflicts=True,
    )
    mine = Claim.objects.filter(mark__in=list(marks), patient_id=connection.patient_id)
    kept = {bytes(mark) for mark in mine.values_list("mark", flat=True)}
    return [one for mark, one in marks.items() if mark in kept]


def _mark(connection: Connection, upstream: str) -> bytes:
    told = f"{connection.place.gateway}|{connection.fhir_version}|{upstream}"
    return sha256(told.encode()).digest()[:16]
