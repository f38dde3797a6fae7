"""Many records of a kind, each as its own page tells it: for papers."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from ground import audit
from ground.viewer import Viewer
from records import access
from records.fhir import kinds, parsing
from records.fhir.attachments import attached
from records.fhir.row import Resource
from records.models import Record
from records.reading.finding import raw
from records.reading.lines import Line, lines
from records.reading.sifting import EVERYTHING, Sift, sifted
from records.reading.single import Found, shown
from records.reading.unread import NEVER

_MOST_NAMES = 60
_ORDER = ("-clinical_at", "resource_type", "fhir_id", "origin_id")

Named = dict[tuple[int, str], Line]
"""By the origin and the key ("Medication/123") that records name each other by there."""


@dataclass(frozen=True, slots=True)
class Several:
    """Records newest first, and how many there are in all that fit."""

    found: tuple[Found, ...] = field(repr=False)
    total: int


def several(viewer: Viewer, slug: str, sift: Sift = EVERYTHING, *, skip: int = 0, most: int = 200) -> Several:
    """The records of a kind that fit, without the first `skip`, at most so many.

    Inside the viewer's scope. The number of queries does not grow with what there is. Where a walk begins,
    the look at all of it is written and what fits is counted; later the total is 0.
    """
    rows = sifted(access.visible_to(viewer).filter(kind=slug), sift)
    held = rows.select_related("origin", "source").defer("search").order_by(*_ORDER)
    found = _found(viewer, held[skip : skip + most])
    total = 0 if skip else rows.count()
    for patient_id in () if skip else viewer.patients:
        audit.looked(viewer, patient_id, "paper", kind=slug, rows=total)
    return Several(found, total)


def _found(viewer: Viewer, rows: Iterable[Record]) -> tuple[Found, ...]:
    """Each as `reading.one` gives it, all the records that they name looked up at once."""
    held = [(row, parsing.parse(raw(row))) for row in rows]
    named = _named(viewer, [(row, _keys(row, resource)) for row, resource in held])
    return tuple(_one(row, resource, named) for row, resource in held)


def _keys(row: Record, resource: Resource) -> set[str]:
    first = kinds.read(resource, row.origin.fhir_version) if row.kind in _WITH_RESULTS else None
    targets = [result.target for result in first.results if result.target] if first else []
    return {*kinds.references(resource, _MOST_NAMES), *targets[:_MOST_NAMES]}


_WITH_RESULTS = frozenset({"reports", "test-results", "vitals", "observations"})


def _one(row: Record, resource: Resource, named: Named) -> Found:
    titles = {key: line.record.title for (origin, key), line in named.items() if origin == row.origin_id}
    read = kinds.read(resource, row.origin.fhir_version, titles)
    results = tuple(shown(result, named.get((row.origin_id, result.target))) for result in read.results)
    return Found(Line(row, row.source.name), read, results, attached(resource))


def _named(viewer: Viewer, wanted: Sequence[tuple[Record, set[str]]]) -> Named:
    """The lines of all that is named, of each origin among its own; two queries."""
    pairs: dict[tuple[int, str], set[str]] = defaultdict(set)
    for row, keys in wanted:
        for key in keys:
            name, slash, fhir_id = key.partition("/")
            if slash:
                pairs[row.origin_id, name].add(fhir_id)
    if not pairs:
        return {}
    asked = Q()
    for (origin, name), ids in pairs.items():
        asked |= Q(origin_id=origin, resource_type=name, fhir_id__in=ids)
    found = lines(viewer, access.visible_to(viewer).filter(asked), NEVER, "dictionary", "body")
    return {(one.record.origin_id, f"{one.record.resource_type}/{one.record.fhir_id}"): one for one in found}
