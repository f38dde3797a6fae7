"""Everything there is, exactly as it came, in batches: for taking one's records away.

Each batch opens a scope of its own, so that no transaction is open while somebody's browser is slow. The look
at all of it is written with the first batch of exact bytes; what is read again to be laid out (`parts`)
is the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import QuerySet, Sum

from ground import audit, scope
from ground.viewer import Viewer
from records import access
from records.fhir import parsing
from records.fhir.attachments import attached
from records.models import Feed, Record, Source
from records.reading import filed, papers
from records.reading.finding import raw

_BATCH = 500
_WITH_FILES = ("Binary", "DiagnosticReport", "DocumentReference", "Media")

Bookmark = tuple[str | int, ...]
"""Where a walk stands, as JSON can keep it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A record with its exact bytes, and where they came from."""

    place: str
    place_id: int
    fhir_version: str
    record: Record = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def mark(self) -> Bookmark:
        """Where a walk by origin, type and id stands after it."""
        return self.record.pk  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a walk goes through: up to which number of the patient's feed, how many records, and how many of
    them may have files, which take longest.
    """

    until: int
    everything: int
    papers: int


class Sent(NamedTuple):
    """A file of a record: its title, what its source says it is, and its bytes, or why there are none."""

    title: str
    claimed: str
    state: papers.State
    data: bytes | None


def everything(viewer: Viewer, *kinds: str) -> Iterator[Kept]:
    """All records in reach, of these kinds (slugs) where any are named; those entered in error are among them
    and marked. By origin, type and id.
    """
    after: Bookmark | None = None
    while batch := some(viewer, after, *kinds):
        yield from batch
        after = batch[-1].mark


def some(viewer: Viewer, after: Bookmark | None, *kinds: str, until: int | None = None) -> list[Kept]:
    """The next batch of `everything`; None begins it. `until`: what came first after this number of the feed
    is left out.
    """
    with scope.open(viewer):
        rows = known(access.within_reach_of(viewer), until)
        rows = rows.filter(kind__in=kinds) if kinds else rows
        if after is None:
            for patient_id in viewer.patients:
                audit.looked(viewer, patient_id, "export", kind=",".join(kinds)[:40], rows=rows.count())
        else:
            rows = rows.filter(pk__gt=tuple(after))
        return [_kept(row) for row in unread(rows).order_by("pk")[:_BATCH]]


def with_files(viewer: Viewer, after: Bookmark | None, most: int, *, until: int) -> list[Kept]:
    """The next records that may carry or name files, by origin, type and id."""
    with scope.open(viewer):
        rows = known(access.within_reach_of(viewer), until).filter(resource_type__in=_WITH_FILES)
        rows = rows if after is None else rows.filter(pk__gt=tuple(after))
        return [_kept(row) for row in unread(rows).order_by("pk")[:most]]


def files_of(viewer: Viewer, record: Record) -> Iterator[Sent]:
    """Each file of a record; one at a time, as they may be large.

    A Binary that another record names has none of its own.
    """
    with scope.open(viewer):
        files = () if papers.is_named(record) else attached(parsing.parse(raw(record)))
    for number, file in enumerate(files):
        with scope.open(viewer):
            state, data = papers.content(viewer, record, file, somebody_waits=False)
        yield Sent(filed.title(file, number, len(files)), filed.claimed(file), state, data)


def amounts(viewer: Viewer) -> Amounts:
    """How much there is to take, now. Numbers alone: no look is written."""
    with scope.open(viewer):
        until = Feed.objects.filter(patient_id__in=viewer.patients).aggregate(number=Sum("number"))["number"]
        rows = access.within_reach_of(viewer)
        return Amounts(until or 0, rows.count(), rows.filter(resource_type__in=_WITH_FILES).count())


def known(rows: QuerySet[Record], until: int | None) -> QuerySet[Record]:
    """Without what first came after this number of the feed."""
    return rows if until is None else rows.filter(arrived__lte=until)


def unread(rows: QuerySet[Record]) -> QuerySet[Record]:
    """With all that reading a record takes."""
    return rows.select_related("origin", "source").defer("search")


def _kept(row: Record) -> Kept:
    source: Source = row.source
    return Kept(source.name, source.pk, row.origin.fhir_version, row, raw(row))
