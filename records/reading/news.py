"""A page of what moved since a viewer last looked: what became of each, before and after."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from ground import audit
from ground.viewer import Viewer
from records import access
from records.fhir.differing import Change
from records.fhir.references import parts
from records.models import Record, Source, Version
from records.reading.counts import KindCount, menu_of, places
from records.reading.fresh import Group, What, grouped, moved, upto
from records.reading.lines import Line
from records.reading.states import Names, State, changes, named, state
from records.reading.tallied import tallied

PAGE = 20
_ORDER = ("-day", "source_id", "-clinical_at", "resource_type", "fhir_id", "origin_id")
_Key = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Piece:
    """One record that moved. `came` is when this state of it did, or when it was found gone.

    changes  what differs from what the viewer had looked at, for what changed, was corrected or withdrawn
    is_gone  the place no longer sends it · is_back  it had stopped sending it, and nothing differs
    visit    the visit it says it belongs to · part_of  the report on the same page that it is a result of
    """

    line: Line
    what: What
    came: datetime
    changes: tuple[Change, ...] = ()
    is_gone: bool = False
    is_back: bool = False
    visit: Line | None = None
    part_of: Line | None = None


@dataclass(frozen=True, slots=True)
class News:
    """A page of them; `groups` counts them all, `only` is the one of the four that was chosen, if any."""

    number: int
    groups: Counter[Group]
    pieces: tuple[Piece, ...]
    page: int
    menu: tuple[KindCount, ...]
    places: tuple[Source, ...]
    only: What | None = None
    first: bool = False

    @property
    def total(self) -> int:
        """How many there are of what was chosen."""
        return sum(count for (what, _, _), count in self.groups.items() if self.only in (None, what))

    @property
    def start(self) -> int:
        """The number of the first one shown."""
        return (self.page - 1) * PAGE + 1 if self.pieces else 0

    @property
    def end(self) -> int:
        """The number of the last one shown."""
        return self.start + len(self.pieces) - 1 if self.pieces else 0


def news(viewer: Viewer, page: int = 1, only: What | None = None) -> News:
    """A page of what moved since the viewer last looked, by day and place; one beyond the last is the last.

    The number of queries does not grow with what there is.
    """
    found, connected = tallied(viewer), places(viewer)
    groups, pieces = Counter[Group](), tuple[Piece, ...]()
    looked = found.upto if found.counts else upto(viewer)  # nothing is left, which may be the news
    if looked.is_behind:
        rows = moved(viewer, looked)
        groups = grouped(rows)
        total = sum(count for (what, _, _), count in groups.items() if only in (None, what))
        page = max(1, min(page, -(-total // PAGE)))
        pieces = _pieces(viewer, rows.filter(what=only) if only else rows, connected, page) if total else ()
    for patient_id in viewer.patients:
        audit.looked(viewer, patient_id, "news", rows=len(pieces))
    return News(
        looked.number,
        groups,
        pieces,
        page,
        menu_of(viewer, found),
        connected,
        only,
        first=looked.seen is None,
    )


def _pieces(viewer: Viewer, rows: QuerySet[Any], connected: Sequence[Source], page: int) -> tuple[Piece, ...]:
    zone = timezone.get_current_timezone()
    dated = rows.annotate(came=Coalesce("removed_at", "kept_at")).annotate(day=TruncDate("came", tzinfo=zone))
    shown = dated.select_related("origin").defer("search").order_by(*_ORDER)
    records = list(shown[(page - 1) * PAGE : page * PAGE])
    now = {_key(one): state(one, one.origin.fhir_version) for one in records}
    then = {_key(one): state(one, now[_key(one)].fhir_version) for one in _versions(viewer, records)}
    names = named(viewer, [*now.values(), *then.values()])
    places = {one.pk: one.name for one in connected}
    found = [
        _piece(one, places.get(one.source_id, ""), now[_key(one)], then.get(_key(one)), names)
        for one in records
    ]
    return _with_reports(found, now)


def _key(kept: Record | Version) -> _Key:
    return kept.origin_id, kept.resource_type, kept.fhir_id


def _versions(viewer: Viewer, records: Iterable[Record]) -> Iterable[Version]:
    """What each of these was when the viewer looked at it last; one query."""
    asked = [
        Q(
            origin_id=one.origin_id,
            resource_type=one.resource_type,
            fhir_id=one.fhir_id,
            changed__lte=one.looked,  # type: ignore[attr-defined]
            until__gt=one.looked,  # type: ignore[attr-defined]
        )
        for one in records
        if one.what != "new"  # type: ignore[attr-defined]
    ]
    return access.versions_for(viewer).filter(reduce(or_, asked)) if asked else ()


def _piece(record: Record, place: str, now: State, then: State | None, names: Names) -> Piece:
    """The record with what became of it. What was withdrawn may have lost its name, and keeps its old one."""
    what: What = record.what  # type: ignore[attr-defined]
    if then is not None and not record.title:
        record.title = then.read(names).head.title
    return Piece(
        Line(record, place, what),
        what,
        record.came,  # type: ignore[attr-defined]
        changes(then, now, names) if then is not None and what != "withdrawn" else (),
        is_gone=record.removed_at is not None,
        is_back=then is None and what in ("changed", "corrected"),
        visit=names.get((record.origin_id, now.visit)),
    )


def _with_reports(pieces: Sequence[Piece], now: Mapping[_Key, State]) -> tuple[Piece, ...]:
    """Results that a report on the same page names know that report."""
    reports = {
        (one.line.record.origin_id, key): one.line
        for one in pieces
        for key in parts(now[_key(one.line.record)].resource)
    }
    return tuple(replace(one, part_of=reports.get(_name(one.line.record))) for one in pieces)


def _name(record: Record) -> tuple[int, str]:
    return record.origin_id, f"{record.resource_type}/{record.fhir_id}"
