"""Records of a kind as their pages tell them, many at a time: for files that people keep."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet

from ground import scope
from ground.viewer import Viewer
from records import access
from records.fhir import kinds, parsing
from records.fhir.attachments import attached
from records.models import Record
from records.reading.beside import beside
from records.reading.finding import raw
from records.reading.lines import Line, lines
from records.reading.single import Found, shown
from records.reading.unread import NEVER
from records.reading.whole import Bookmark, known, unread

_MOST_NAMES = 100
_ORDER = ("-clinical_at", "resource_type", "fhir_id", "origin_id")

Named = tuple[int, str]
"""An origin and a key at it: 1, "Medication/123"."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some records of one kind, newest first, and where the next part begins; None after the last."""

    found: tuple[Found, ...] = field(repr=False)
    next: Bookmark | None


def part(viewer: Viewer, slug: str, after: Bookmark | None, most: int, *, until: int) -> Part:
    """The next records of a kind as their pages tell them, newest first; of no kind ("") those entered in
    error. The number of queries does not grow with how many there are.
    """
    with scope.open(viewer):
        rows = known(access.within_reach_of(viewer), until)
        rows = rows.filter(kind=slug, withdrawn=False) if slug else rows.filter(withdrawn=True)
        rows = rows if after is None else rows.filter(_behind(after))
        found = list(unread(rows).order_by(*_ORDER)[: most + 1])
        more = len(found) > most
        return Part(read(viewer, found[:most]), _mark(found[most - 1]) if more else None)


def _mark(row: Record) -> Bookmark:
    return (row.clinical_at.isoformat(), row.resource_type, row.fhir_id, row.origin_id)


def _behind(mark: Bookmark) -> Q:
    """What comes after a mark, newest first."""
    when = datetime.fromisoformat(str(mark[0]))
    name, key, origin = mark[1:]
    later = Q(resource_type__gt=name) | Q(resource_type=name, fhir_id__gt=key)
    later |= Q(resource_type=name, fhir_id=key, origin_id__gt=origin)
    return Q(clinical_at__lte=when) & (Q(clinical_at__lt=when) | later)


def read(viewer: Viewer, some: Iterable[Record]) -> tuple[Found, ...]:
    """Each as `reading.one` gives it: what it names is called by its name, its results have their values. All
    that they name is looked up at once.
    """
    rows = list(some)
    resources = [parsing.parse(raw(row)) for row in rows]
    called = [kinds.references(resource, _MOST_NAMES) for resource in resources]
    names = _titles(viewer, rows, called)
    read = [
        kinds.read(resource, row.origin.fhir_version, _known_by(names, row.origin_id, keys))
        for row, resource, keys in zip(rows, resources, called, strict=True)
    ]
    targets = [[result.target for result in each.results if result.target] for each in read]
    measured, own = _lines(viewer, rows, targets), beside(viewer)
    return tuple(
        Found(
            Line(row, row.source.name),
            each,
            tuple(shown(result, measured.get((row.origin_id, result.target))) for result in each.results),
            attached(resource),
            own=own.of(row),
        )
        for row, resource, each in zip(rows, resources, read, strict=True)
    )


def _known_by(names: dict[Named, str], origin: int, keys: Iterable[str]) -> dict[str, str]:
    return {key: names[origin, key] for key in keys if (origin, key) in names}


def _titles(viewer: Viewer, rows: Sequence[Record], keys: Sequence[Iterable[str]]) -> dict[Named, str]:
    wanted = _targets(viewer, rows, keys)
    if wanted is None:
        return {}
    told = wanted.exclude(title="").values_list("origin_id", "resource_type", "fhir_id", "title")
    return {(origin, f"{name}/{key}"): title for origin, name, key, title in told}


def _lines(viewer: Viewer, rows: Sequence[Record], keys: Sequence[Iterable[str]]) -> dict[Named, Line]:
    wanted = _targets(viewer, rows, keys)
    if wanted is None:
        return {}
    found = lines(viewer, wanted, NEVER, "dictionary", "body")
    return {(one.record.origin_id, f"{one.record.resource_type}/{one.record.fhir_id}"): one for one in found}


def _targets(
    viewer: Viewer, rows: Sequence[Record], keys: Sequence[Iterable[str]]
) -> QuerySet[Record] | None:
    """The records that any of these name at their own origins; None where they name none."""
    pairs = {
        (row.origin_id, *key.split("/", 1))
        for row, some in zip(rows, keys, strict=True)
        for key in some
        if "/" in key
    }
    if not pairs:
        return None
    return access.visible_to(viewer).filter(
        origin_id__in={origin for origin, _name, _key in pairs},
        resource_type__in={name for _origin, name, _key in pairs},
        fhir_id__in={key for _origin, _name, key in pairs},
    )
