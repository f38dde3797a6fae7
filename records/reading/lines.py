"""One record as a line of a list, in the reader's language. The words of the source stay the source's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from ground.viewer import Viewer
from records import access
from records.addresses import reverse
from records.fhir.catalogue import OTHER
from records.fhir.kinds import BY_SLUG, Kind, singular, untitled
from records.fhir.row import Head
from records.models import Correction, Record
from records.reading.unread import Mark, Upto
from records.templatetags.records_words import flag_word, status_word, when

_COLUMNS = (
    *("patient_id", "origin_id", "resource_type", "fhir_id", "source_id", "kind", "when", "title", "status"),
    *("value", "number", "flag", "category", "arrived", "changed"),
    *("code", "kept_at"),
)
"""What a line needs. Bodies and search words stay in the table."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a list shows of one record; its members are the parameters of components/record_row.html."""

    record: Record
    place: str
    mark: Mark = ""
    said: str = ""
    """What the patient says of it, where the list asks for that."""

    @property
    def kind(self) -> Kind:
        """The page of the menu it belongs to."""
        return BY_SLUG.get(self.record.kind, OTHER)

    @property
    def title(self) -> str:
        """The source's words, or ours for a record without a name."""
        record = self.record
        return record.title or _(untitled(self.kind, Head(category=record.category), record.resource_type))

    @property
    def url(self) -> str:
        """Its own page."""
        record = self.record
        return reverse(
            "records:one", args=[record.kind, record.origin_id, record.resource_type, record.fhir_id]
        )

    @property
    def value(self) -> str:
        """The value in words, for what is measured."""
        record = self.record
        return record.value if record.number is not None else when(record.value)  # it may be a date

    @property
    def state(self) -> str:
        """How a value compares, else a status that a reader must not miss, else nothing."""
        if self.record.flag and self.record.flag != "N":
            return flag_word(self.record.flag)
        marked = self.record.status in self.kind.marked
        return status_word(self.record.status, self.record.kind) if marked else ""

    @property
    def tone(self) -> str:
        """The tone of `state`."""
        return "high" if self.record.flag and self.record.flag != "N" else "plain"

    @property
    def source(self) -> str:
        """Where from and when, as recorded."""
        if not self.record.when:
            return _("%(place)s, no date given") % {"place": self.place}
        return _("%(place)s, %(date)s") % {"place": self.place, "date": when(self.record.when)}

    @property
    def note(self) -> str:
        """What stands under the line: the status, and that the patient says it looks wrong."""
        doubt = _("Marked: this looks wrong") if getattr(self.record, "doubted", False) else ""
        return " · ".join(filter(None, (self._quiet, doubt)))

    @property
    def _quiet(self) -> str:
        """The status, where `state` was taken by how the value compares; of everything else, what it is."""
        if self.kind is OTHER:
            what = _(singular(self.kind, self.record.resource_type))
            return "" if what == self.title else what
        marked = self.record.status in self.kind.marked and self.record.flag not in ("", "N")
        return status_word(self.record.status, self.record.kind) if marked else ""

    parts: ClassVar[tuple[str, ...]] = ()
    differs: ClassVar[tuple[str, ...]] = ()
    rest: ClassVar[str] = ""
    """A record by itself has nothing to be held against (`records.reading.together`)."""


_HERE = {name: OuterRef(name) for name in ("patient_id", "origin_id", "resource_type", "fhir_id")}
_DOUBTED = Exists(Correction.objects.filter(**_HERE).exclude(status__in=Correction.SETTLED))
"""Whether the patient says that a record looks wrong: travels with it into every list, in the same query."""


def lines(viewer: Viewer, rows: QuerySet[Record], upto: Upto, *more: str) -> tuple[Line, ...]:
    """The rows as lines; two queries. `upto`: up to where the viewer has looked; `more`: columns."""
    names = dict(access.places_of(viewer).values_list("pk", "name"))
    return named_lines(rows, names, upto, *more)


def named_lines(rows: QuerySet[Record], names: Mapping[int, str], upto: Upto, *more: str) -> tuple[Line, ...]:
    """The rows as lines, by the names of the places; one query."""
    told = "doubted" in rows.query.annotations  # by records.access, to who looks by a grant
    rows = rows if told else rows.annotate(doubted=_DOUBTED)
    return tuple(
        Line(record, names.get(record.source_id, ""), upto.mark(record))
        for record in upto.noted(rows.only(*_COLUMNS, *more))
    )
