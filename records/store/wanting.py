"""Files that records name and that have not come: which there are, and what became of each."""

from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Now

from records import bodies
from records.fhir import attachments, parsing
from records.models import Origin, Record, Source, Wanted

_NAMES_FILES = ("DocumentReference", "DiagnosticReport", "Media")
_TRIES = 3


def want_files(source: Source) -> int:
    """Note every file that a place's records name and that is not here; how many are waited for.

    Inside the patient's scope.
    """
    named = set(_named(source))
    here = _known(Record.objects.filter(resource_type="Binary"), source)
    noted = _known(Wanted.objects.all(), source)
    Wanted.objects.bulk_create(
        [
            Wanted(patient_id=source.patient_id, source=source, origin_id=origin, fhir_id=fhir_id)
            for origin, fhir_id in sorted(named - here - noted)
        ],
        ignore_conflicts=True,
    )
    return _waiting(source).count()


def next_file(source: Source) -> tuple[Wanted, Origin] | None:
    """The file waited for longest, and the server it is at; None when none is."""
    found = _waiting(source).select_related("origin").order_by("changed_at", "pk").first()
    return (found, found.origin) if found is not None else None


def note_file(wanted: Wanted, state: Wanted.State) -> None:
    """What became of a file. One that failed is tried again, three times in all."""
    failed = state == Wanted.State.FAILED
    again = failed and wanted.tries + 1 < _TRIES
    Wanted.objects.filter(patient_id=wanted.patient_id, pk=wanted.pk).update(
        state=Wanted.State.WAITING if again else state, tries=wanted.tries + failed, changed_at=Now()
    )


def _waiting(source: Source) -> QuerySet[Wanted]:
    return Wanted.objects.filter(patient_id=source.patient_id, source=source, state=Wanted.State.WAITING)


def _named(source: Source) -> list[tuple[int, str]]:
    rows = Record.objects.filter(
        patient_id=source.patient_id, source=source, resource_type__in=_NAMES_FILES, removed_at=None
    )
    found: list[tuple[int, str]] = []
    for origin, dictionary, body in rows.values_list("origin_id", "dictionary", "body").iterator():
        resource = parsing.parse(bodies.unpack(dictionary, bytes(body)))
        found += [(origin, each.binary) for each in attachments.attached(resource) if each.binary]
    return found


def _known(rows: QuerySet[Any], source: Source) -> set[tuple[int, str]]:
    return set(rows.filter(patient_id=source.patient_id).values_list("origin_id", "fhir_id"))
