"""Names for records that only refer to what they are about, as a prescription does whose medicine is a record
of its own.

At import the other record may not be there yet, so this runs when a pass is complete. Lists then show what
the page of the record shows, by the same reader.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from records import bodies
from records.fhir import kinds, parsing
from records.fhir.row import Resource
from records.models import Origin, Record, Source
from records.store import writing
from records.store.incoming import Named

_MOST = 20_000
"""Records looked at in one go; more without a name is damage, and can wait for the next pass."""

_Bodies = dict[tuple[str, str], Resource]


def name_nameless(source: Source) -> int:
    """Name what can be named of a place's records, and say how many that were."""
    nameless = Record.objects.filter(
        patient_id=source.patient_id, source_id=source.pk, title="", removed_at=None
    )
    by_origin: dict[int, _Bodies] = defaultdict(dict)
    columns = ("origin_id", "resource_type", "fhir_id", "dictionary", "body")
    for origin_id, name, key, dictionary, body in nameless.values_list(*columns)[:_MOST]:
        by_origin[origin_id][name, key] = parsing.parse(bodies.unpack(dictionary, bytes(body)))
    return sum(_name(source.patient_id, origin_id, found) for origin_id, found in by_origin.items())


def _name(patient_id: int, origin_id: int, found: _Bodies) -> int:
    references = {key: kinds.references(resource) for key, resource in found.items()}
    names = _titles(patient_id, origin_id, {one for some in references.values() for one in some})
    version = Origin.objects.get(pk=origin_id).fhir_version
    rows = [
        row
        for key, resource in found.items()
        if names.keys() & references[key] and (row := _named(key, resource, version, names)).title
    ]
    if rows:
        writing.name(patient_id, origin_id, rows)
    return len(rows)


def _named(key: tuple[str, str], resource: Resource, version: str, names: Mapping[str, str]) -> Named:
    head = kinds.head(resource, version, names)
    return Named(*key, head.title, head.code, head.search)


def _titles(patient_id: int, origin_id: int, references: Iterable[str]) -> dict[str, str]:
    """What the patient's own records of these keys ("Medication/123") are called."""
    pairs = [one.split("/", 1) for one in references if "/" in one]
    rows = Record.objects.filter(
        patient_id=patient_id,
        origin_id=origin_id,
        resource_type__in={name for name, _ in pairs},
        fhir_id__in={key for _, key in pairs},
        removed_at=None,
    ).exclude(title="")
    return {
        f"{name}/{key}": title for name, key, title in rows.values_list("resource_type", "fhir_id", "title")
    }
