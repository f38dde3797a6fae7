"""Records that state one fact, side by side: computed when asked for, out of the rows as they are. Every
record stays visible with its place, date and own words; nothing is stored merged and nothing overwritten.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import ngettext

from ground import audit
from ground.viewer import Viewer
from records import access
from records.addresses import reverse
from records.fhir import parsing
from records.fhir.kinds import Kind
from records.fhir.merging import Difference, Told, differences
from records.fhir.sameness import GROUPED
from records.fhir.stated import Stated, stated
from records.models import Record
from records.reading.differing import difference_words, part_words
from records.reading.facts import with_fact
from records.reading.finding import NotThere, find, raw
from records.reading.lines import Line, named_lines
from records.reading.unread import NEVER, Mark, Upto

SHOWN = 4
"""Records that a line of a list names; the others are on the page of the fact."""
MOST = 100
"""The newest so many are shown on the page of a fact."""


@dataclass(frozen=True, slots=True)
class Part:
    """One record among those of a fact: its page, and its place, date, status and own words."""

    line: Line
    text: str


@dataclass(frozen=True, slots=True)
class Together:
    """One fact as a line of a list: the members of a Line, and what the records say side by side.

    lines        records that state it, the newest first; of many, the newest of each place and some more
    total        how many there are
    places       how many places they came from
    differences  on what the places differ
    said         what the patient says of it, a sentence
    """

    lines: tuple[Line, ...]
    total: int
    places: int
    differences: tuple[Difference, ...] = ()
    said: str = ""

    @property
    def first(self) -> Line:
        """The newest record."""
        return self.lines[0]

    @property
    def record(self) -> Record:
        """The newest record itself."""
        return self.first.record

    @property
    def kind(self) -> Kind:
        """The page of the menu they belong to."""
        return self.first.kind

    @property
    def title(self) -> str:
        """The newest record's words."""
        return self.first.title

    @property
    def url(self) -> str:
        """The page of the fact; of a single record, its own."""
        return self.first.url if self.total == 1 else self.together_url

    @property
    def together_url(self) -> str:
        """The page of the fact."""
        record = self.first.record
        at = [record.kind, record.origin_id, record.resource_type, record.fhir_id]
        return reverse("records:together", args=at)

    @property
    def value(self) -> str:
        """What all of them say; nothing where they say it differently."""
        return self.first.value if len({line.value for line in self.lines}) == 1 else ""

    @property
    def state(self) -> str:
        """The status that a reader must not miss, where all have the same."""
        return self.first.state if len({line.state for line in self.lines}) == 1 else ""

    @property
    def tone(self) -> str:
        """The tone of `state`."""
        return self.first.tone

    @property
    def source(self) -> str:
        """Where from and when, for a single record; of several, `parts` say it."""
        return self.first.source if self.total == 1 else ""

    @property
    def note(self) -> str:
        """As of a Line; of several, which they are is said where each stands."""
        return self.first.note if self.total == 1 else ""

    @property
    def mark(self) -> Mark:
        """New where all of them are; where some came or changed, the fact as a whole has changed."""
        marks = {line.mark for line in self.lines}
        return "new" if marks == {"new"} else "changed" if marks - {""} else ""

    @property
    def parts(self) -> list[Part]:
        """Each record by itself, where there are several: the newest of each place before the others."""
        if self.total == 1:
            return []
        newest = {line.record.source_id: line for line in reversed(self.lines)}
        chosen = [line for line in self.lines if newest[line.record.source_id] is line][:SHOWN]
        chosen += [line for line in self.lines if line not in chosen][: SHOWN - len(chosen)]
        return [Part(line, part_words(line)) for line in self.lines if line in chosen]

    @property
    def every(self) -> list[Part]:
        """Each record that is here, for the page of the fact."""
        return [Part(line, part_words(line)) for line in self.lines]

    @property
    def rest(self) -> str:
        """How many more there are than `parts` name, in words; nothing where there are none."""
        more = self.total - len(self.parts)
        if self.total == 1 or more <= 0:
            return ""
        return ngettext("and one more record", "and %(more)s more records", more) % {"more": more}

    @property
    def differs(self) -> list[str]:
        """On what the places differ, a sentence each."""
        return [difference_words(one, self.first.record.kind) for one in self.differences]


def together(viewer: Viewer, origin_id: int, resource_type: str, fhir_id: str) -> Together:
    """The fact that a record of the viewer's states, with all others that state it. Raises NotThere, also
    for a kind that is not grouped and for what its source has withdrawn. The number of queries is
    always the same.
    """
    record = find(viewer, origin_id, resource_type, fhir_id)
    found = together_with(viewer, record, MOST)
    if found is None:
        raise NotThere
    key = f"{record.origin_id}/{record.resource_type}/{record.fhir_id}"
    audit.looked(viewer, record.patient_id, "together", kind=record.kind, key=key, rows=len(found.lines))
    return found


def together_with(viewer: Viewer, record: Record, most: int = SHOWN) -> Together | None:
    """The fact a record states; None where its kind is not grouped or it is in no list. Two queries."""
    if record.kind not in GROUPED or record.withdrawn or record.removed_at:
        return None
    mine = access.visible_to(viewer).filter(patient_id=record.patient_id, kind=record.kind)
    own = mine.filter(origin_id=record.origin_id, resource_type=record.resource_type, fhir_id=record.fhir_id)
    key = with_fact(own, record.kind).values("fact")[:1]
    rows = with_fact(mine, record.kind).filter(fact=key)
    names = dict(access.places_of(viewer).values_list("pk", "name"))
    found = gathered_lines(rows, names, NEVER, most)
    return found[0] if found else None


def gathered_lines(
    rows: "QuerySet[Any]", names: Mapping[int, str], upto: Upto, most: int = SHOWN
) -> tuple[Together, ...]:
    """Rows that have their `fact`, as facts: of each its newest `most` records, and the newest of each place
    and form whatever their number. One query.
    """
    mine = [F("patient_id"), F("fact")]
    order: list[Any] = [F("clinical_at").desc(), F("resource_type"), F("fhir_id"), F("origin_id")]
    counted = rows.annotate(
        nth=Window(RowNumber(), partition_by=mine, order_by=order),
        nth_there=Window(RowNumber(), partition_by=[*mine, F("source_id"), F("category")], order_by=order),
        stating=Window(Count("*"), partition_by=mine),
    )
    kept = counted.filter(Q(nth__lte=most) | Q(nth_there=1)).order_by("patient_id", "fact", "nth")
    lines = named_lines(kept, names, upto, "clinical_at", "dictionary", "body")
    return tuple(_gathered(list(some)) for _, some in groupby(lines, key=_fact))


def _fact(line: Line) -> tuple[int, str]:
    return line.record.patient_id, line.record.fact  # type: ignore[attr-defined]


def _gathered(lines: Sequence[Line]) -> Together:
    return side_by_side(lines, lines[0].record.stating)  # type: ignore[attr-defined]


def side_by_side(lines: Sequence[Line], total: int) -> Together:
    """Lines of one fact that are read already, the newest first, with their bodies; `total` state it."""
    places = {line.record.source_id for line in lines}
    differing = differences(_told(lines)) if len(places) > 1 else ()
    return Together(tuple(lines), total, len(places), differing)


def _told(lines: Iterable[Line]) -> list[Told]:
    return [
        Told(
            line.place,
            line.record.clinical_at,
            line.record.category,
            line.record.status,
            _stated(line.record),
        )
        for line in lines
    ]


def _stated(record: Record) -> Stated:
    return stated(parsing.parse(raw(record)), record.title, record.value)
