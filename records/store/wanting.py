"""Files that records name and that have not come: which there are, and what became of each."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from records import bodies
from records.fhir import attachments, parsing
from records.fhir.catalogue import BEHIND, DOCUMENTS
from records.models import Origin, Record, Source, Wanted

_NAMES_FILES = ("DocumentReference", "DiagnosticReport", "Media")
_TRIES = 3


def _nowhere(_address: str, _fhir_version: str) -> bool:
    return False


def want_files(
    source: Source, is_ours: Callable[[str, str], bool] = _nowhere, *, since: datetime | None = None
) -> int:
    """Note every file that a place's records name, and which are not here; how many are waited for.

    `is_ours` tells of an address and a FHIR version whether it leads to the server the records came from:
    what is kept anywhere else is never fetched. `since`: only records that came after it are looked at, as
    the bodies of all of them are a second's work where there are thousands. A file that could not be read
    the last time is asked for once more. Inside the patient's scope.
    """
    named = set(_named(source, is_ours, since))
    here = _known(Record.objects.filter(resource_type="Binary"), source, named)
    noted = _known(Wanted.objects.all(), source, named)
    Wanted.objects.bulk_create(
        [
            Wanted(
                patient_id=source.patient_id,
                source=source,
                origin_id=origin,
                fhir_id=fhir_id,
                state=Wanted.State.HERE if (origin, fhir_id) in here else Wanted.State.WAITING,
            )
            for origin, fhir_id in sorted(named - noted)
        ],
        ignore_conflicts=True,
    )
    _of(source).filter(state=Wanted.State.FAILED).update(state=Wanted.State.WAITING, changed_at=Now())
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


def put_behind(source: Source, *, since: datetime | None = None) -> int:
    """A file that another record names is read on that record's page, and is no document of its own. How many
    are put there that came `since`. Inside the patient's scope.
    """
    named = Wanted.objects.filter(
        patient_id=source.patient_id, origin_id=OuterRef("origin_id"), fhir_id=OuterRef("fhir_id")
    )
    rows = Record.objects.filter(
        Exists(named),
        patient_id=source.patient_id,
        source=source,
        resource_type="Binary",
        kind=DOCUMENTS.slug,
    )
    new = (rows if since is None else rows.filter(kept_at__gte=since)).count()
    rows.update(kind=BEHIND.slug)
    return new


def _of(source: Source) -> QuerySet[Wanted]:
    return Wanted.objects.filter(patient_id=source.patient_id, source=source)


def _waiting(source: Source) -> QuerySet[Wanted]:
    return _of(source).filter(state=Wanted.State.WAITING)


def _named(
    source: Source, is_ours: Callable[[str, str], bool], since: datetime | None
) -> Iterator[tuple[int, str]]:
    """The origin and id of each file."""
    rows = Record.objects.filter(
        patient_id=source.patient_id, source=source, resource_type__in=_NAMES_FILES, removed_at=None
    )
    if since is not None:
        rows = rows.filter(kept_at__gt=since)
    asked = ("origin_id", "origin__fhir_version", "dictionary", "body")
    for origin, version, dictionary, body in rows.values_list(*asked).iterator():
        for each in attachments.attached(parsing.parse(bodies.unpack(dictionary, bytes(body)))):
            if each.binary and (not each.names_a_server or is_ours(each.address, version)):
                yield origin, each.binary


def _known(rows: QuerySet[Any], source: Source, named: Iterable[tuple[int, str]]) -> set[tuple[int, str]]:
    ids = [fhir_id for _, fhir_id in named]
    mine = rows.filter(patient_id=source.patient_id, fhir_id__in=ids)
    return set(mine.values_list("origin_id", "fhir_id"))
