"""One page of one kind, or of all kinds, newest first; of all of it, or of what was chosen.

Pages have numbers, because people say "page three" and come back to it; a deep page is as quick as the first,
because the number of records per year, which the jumps need anyway, says in which year it begins. Of a whole
kind the tally knows it; of what was chosen by words, dates or status it is counted, in one query.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from django.db.models import Count, QuerySet
from django.db.models.functions import ExtractYear

from ground import audit
from ground.viewer import Viewer
from records import access
from records.fhir.kinds import KINDS, Kind
from records.fhir.moments import LAST
from records.fhir.sameness import GROUPED
from records.models import UNDATED, Record, Source
from records.reading import visits
from records.reading.counts import KindCount, menu_of, places
from records.reading.lines import Line, named_lines
from records.reading.sayings import sayings
from records.reading.sifting import EVERYTHING, Sift, sifted
from records.reading.tallied import tallied
from records.reading.together import Together
from records.reading.visits import Held

PAGE = 20
Row = Line | Together
"""A line of a list: a record, or a fact with all that state it."""
_ALL = tuple(kind.slug for kind in KINDS)
_ORDER = ("-clinical_at", "resource_type", "fhir_id", "origin_id")


@dataclass(frozen=True, slots=True)
class Year:
    """A year that has records, and the page on which the newest of them stands."""

    year: int
    page: int
    current: bool
    """Whether some of them stand on the page shown."""
    row: int
    """The line of its page on which it begins, from 0."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list: the lines, where they stand among all, and where the years begin."""

    rows: tuple[Row, ...]
    page: int
    total: int
    years: tuple[Year, ...]
    menu: tuple[KindCount, ...]
    """All kinds with their counts: what the shell of the page shows, read here already."""
    places: tuple[Source, ...]
    """The places the patient is connected to, by name."""
    sift: Sift = EVERYTHING
    everything: int = 0
    """How many there are on the list, whatever was chosen."""
    undated: int = 0
    """How many of these have no date, and so are left out where dates are chosen."""
    grouped: str = ""
    """The kind (slug), where the lines are facts (Together) and not records."""
    facts: int = 0
    """How many facts all of them state."""
    senders: int = 0
    """From how many places they came."""
    held: Mapping[tuple[int, str], Held] = field(default_factory=dict)
    """What stands under the visits among the rows, by origin and id."""

    @property
    def start(self) -> int:
        """The number of the first line shown."""
        return (self.page - 1) * PAGE + 1 if self.rows else 0

    @property
    def end(self) -> int:
        """The number of the last line shown."""
        return self.start + len(self.rows) - 1 if self.rows else 0

    @property
    def previous(self) -> int:
        """The page before this one, 0 for none."""
        return self.page - 1

    @property
    def next(self) -> int:
        """The page after this one, 0 for none."""
        return self.page + 1 if self.end < self.total else 0


def listing(viewer: Viewer, kind: Kind, page: int = 1, sift: Sift = EVERYTHING) -> Listing:
    """A page of those records of a kind that fit, newest first, undated ones last.

    A page beyond the last is the last.
    """
    found = _listing(viewer, (kind.slug,), page, sift)
    looked(viewer, "list", found, kind.slug)
    return _with_words(viewer, found) if kind.slug in GROUPED else found


def timeline(viewer: Viewer, page: int = 1, sift: Sift = EVERYTHING) -> Listing:
    """A page of those records of all kinds that fit, in the same order.

    Where nothing was chosen, what belongs to a visit stands under it.
    """
    found = _listing(viewer, _ALL, page, sift, nested=not sift.active)
    looked(viewer, "timeline", found)
    return found


def _with_words(viewer: Viewer, found: Listing) -> Listing:
    """The lines with what the patient says of each: one query more."""
    said = sayings(viewer)
    last = [(row, said.of(row.record)) for row in found.rows]
    return replace(found, rows=tuple(replace(row, said=one.full if one else "") for row, one in last))


def _listing(
    viewer: Viewer, kinds: tuple[str, ...], page: int, sift: Sift, *, nested: bool = False
) -> Listing:
    rows = sifted(access.visible_to(viewer).filter(kind__in=kinds), sift)
    rows = visits.apart(viewer, rows) if nested else rows
    found, connected = tallied(viewer), places(viewer)
    whole = dict(found.per_year(kinds, None))
    is_tallied = sift.is_tallied and not nested
    counts = found.per_year(sift.kinds or kinds, sift.place) if is_tallied else per_year(rows)
    total = sum(count for _, count in counts)
    page = max(1, min(page, -(-total // PAGE)))
    names = {one.pk: one.name for one in connected}
    shown = named_lines(_page(rows, counts, (page - 1) * PAGE), names, found.upto)
    return Listing(
        *(shown, page, total, jumps(counts, page), menu_of(viewer, found), connected),
        sift=sift,
        everything=sum(whole.values()),
        undated=whole.get(UNDATED.year, 0),
        held=visits.held(viewer, [line.record for line in shown], names, found.upto) if nested else {},
    )


def looked(viewer: Viewer, what: str, found: Listing, kind: str = "") -> None:
    """Write the look at a page of a list."""
    for patient_id in viewer.patients:
        audit.looked(viewer, patient_id, what, kind=kind, rows=len(found.rows))


def per_year(rows: QuerySet[Record]) -> list[tuple[int, int]]:
    """(year, how many) of these rows, newest first; years as the tally has them. One query."""
    years = rows.order_by().annotate(year=ExtractYear("clinical_at", tzinfo=UTC)).values_list("year")
    return sorted(years.annotate(count=Count("*")), reverse=True)


def _page(rows: QuerySet[Record], counts: list[tuple[int, int]], skip: int) -> QuerySet[Record]:
    """The rows after the first `skip`, found by walking inside their years instead of from the top."""
    years = iter(counts)
    for year, count in years:
        if skip < count:
            if year < LAST.year:  # nothing stands behind it, and Python's years end soon
                rows = rows.filter(clinical_at__lt=datetime(year + 1, 1, 1, tzinfo=UTC))
            last, within = year, count
            while within < skip + PAGE and (after := next(years, None)):
                last, within = after[0], within + after[1]
            rows = rows.filter(clinical_at__gte=datetime(last, 1, 1, tzinfo=UTC))
            break
        skip -= count
    return rows.order_by(*_ORDER)[skip : skip + PAGE]


def jumps(counts: list[tuple[int, int]], page: int) -> tuple[Year, ...]:
    """The years of which these are the counts, and where they begin."""
    before, found = 0, []
    for year, count in counts:
        first, last = before // PAGE + 1, (before + count - 1) // PAGE + 1
        if year > UNDATED.year:
            found.append(Year(year, first, first <= page <= last, before % PAGE))
        before += count
    return tuple(found)
