"""Files that records name and that have not come: which there are, and what became of each."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Now

from records import bodies
from records.fhir import attachments, parsing
from records.fhir.catalogue import BEHIND, DOCUMENTS
from records.models import Origin, Record, Source, Wanted

_NAMES_FILES = ("DocumentReference", "DiagnosticReport", "Media")
_TRIES = 3


def _nowhere(_address: str, _fhir_version: str) -> bool:
    return False


def want_files(source: Source, is_ours: Callable[[str, str], bool] = _nowhere) -> int:
    """Note every file that a place's records name and that is not here; how many are waited for.

    `is_ours` tells of an address and a FHIR version whether it leads to the server the records came from:
    what is kept anywhere else is never fetched. Inside the patient's scope.
    """
    named = _named(source, is_ours)
    _put_behind(source, set(named))
    here = _known(Record.objects.filter(resource_type="Binary"), source)
    noted = _known(Wanted.objects.all(), source)
    Wanted.objects.bulk_create(
        [
            Wanted(
                patient_id=source.patient_id,
                source=source,
                origin_id=origin,
                fhir_id=fhir_id,
                state=Wanted.State.HERE if (origin, fhir_id) in here else Wanted.State.WAITING,
            )
            for (origin, fhir_id), by_server in sorted(named.items())
            if (origin, fhir_id) not in noted and (by_server or (origin, fhir_id) not in here)
        ],
        ignore_conflicts=True,
    )
    return _waiting(source).count()


def next_file(source: Source) -> tuple[Wanted, Origin] | None:
    """The file waited for longest, and the server it is at; None when none is."""
    found = _waiting(source).select_related("origin").order_by("changed_at", "pk").first()
    return (found, found.origin) if found is not None else None


def note_file(wanted: Wanted, state: Wanted.State, *, most: int = _TRIES) -> None:
    """What became of a file. One that failed goes to the end of the queue, until `most` tries."""
    failed = state == Wanted.State.FAILED
    again = failed and wanted.tries + 1 < most
    Wanted.objects.filter(patient_id=wanted.patient_id, pk=wanted.pk).update(
        state=Wanted.State.WAITING if again else state, tries=wanted.tries + failed, changed_at=Now()
    )


def _put_behind(source: Source, named: set[tuple[int, str]]) -> None:
    """A file that another record names is read on that record's page, and is no document of its own."""
    for origin in {origin for origin, _ in named}:
        Record.objects.filter(
            patient_id=source.patient_id,
            source=source,
            origin_id=origin,
            resource_type="Binary",
            kind=DOCUMENTS.slug,
            fhir_id__in=[fhir_id for at, fhir_id in named if at == origin],
        ).update(kind=BEHIND.slug)


def _waiting(source: Source) -> QuerySet[Wanted]:
    return Wanted.objects.filter(patient_id=source.patient_id, source=source, state=Wanted.State.WAITING)


def _named(source: Source, is_ours: Callable[[str, str], bool]) -> dict[tuple[int, str], bool]:
    """The files, and whether an address with a server in it (ours) names one."""
    rows = Record.objects.filter(
        patient_id=source.patient_id, source=source, resource_type__in=_NAMES_FILES, removed_at=None
    )
    asked = ("origin_id", "origin__fhir_version", "dictionary", "body")
    found: dict[tuple[int, str], bool] = {}
    for origin, version, dictionary, body in rows.values_list(*asked).iterator():
        files = attachments.attached(parsing.parse(bodies.unpack(dictionary, bytes(body))))
        found |= {
            (origin, each.binary): each.names_a_server
            for each in files
            if each.binary and (not each.names_a_server or is_ours(each.address, version))
        }
    return found


def _known(rows: QuerySet[Any], source: Source) -> set[tuple[int, str]]:
    return set(rows.filter(patient_id=source.patient_id).values_list("origin_id", "fhir_id"))
