"""Search over all kinds: how many of each fit, and the newest few. One pass over the patient's own rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber

from ground import audit
from ground.viewer import Viewer
from records import access
from records.fhir.kinds import KINDS, Kind
from records.models import Source
from records.reading.counts import KindCount, menu_of, places
from records.reading.lines import Line, named_lines
from records.reading.sifting import Sift, sifted
from records.reading.tallied import tallied
from records.reading.unread import Upto
from records.reading.words import meant

FEW = 3
"""Lines shown of each kind; the rest is one link away."""


@dataclass(frozen=True, slots=True)
class Hits:
    """What fits of one kind: how many, and the newest few."""

    kind: Kind
    total: int
    rows: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Searched:
    """What fits, by kind in the order of the menu; and what it was looked for in."""

    hits: tuple[Hits, ...]
    lists: tuple[KindCount, ...]
    """Kinds that are themselves called what was typed: who types "allergies" wants all of them."""
    menu: tuple[KindCount, ...]
    places: tuple[Source, ...]

    @property
    def total(self) -> int:
        """Records of all kinds that fit."""
        return sum(one.total for one in self.hits)

    @property
    def everything(self) -> int:
        """Records there are, whatever was chosen."""
        return sum(one.count for one in self.menu)


def search(viewer: Viewer, sift: Sift) -> Searched:
    """What fits a choice among all records, never what was entered in error. Nothing chosen, nothing found.

    The number of queries does not grow with what there is.
    """
    found, connected = tallied(viewer), places(viewer)
    menu = menu_of(viewer, found)
    names = {one.pk: one.name for one in connected}
    hits = newest(viewer, sift, names, found.upto) if sift.active else ()
    lists = tuple(one for one in menu if one.count and meant(sift.words, one.heading, one.purpose))
    for patient_id in viewer.patients:
        audit.looked(viewer, patient_id, "search", rows=sum(len(one.rows) for one in hits))
    return Searched(hits, lists, menu, connected)


def newest(
    viewer: Viewer,
    sift: Sift,
    names: Mapping[int, str],
    upto: Upto,
    few: int = FEW,
    kinds: Sequence[Kind] = KINDS,
) -> tuple[Hits, ...]:
    """What fits, by kind in the order of the menu: how many, and the newest few. One query, and no look."""
    rows = access.visible_to(viewer).filter(kind__in=[kind.slug for kind in kinds])
    order = (F("clinical_at").desc(), F("resource_type"), F("fhir_id"), F("origin_id"))
    ranked = sifted(rows, sift).annotate(
        place_in_kind=Window(RowNumber(), partition_by=F("kind"), order_by=order),
        fitting=Window(Count("*"), partition_by=F("kind")),
    )
    first = ranked.filter(place_in_kind__lte=few).order_by("kind", "place_in_kind")
    shown = named_lines(first, names, upto)
    return tuple(hit for kind in kinds if (hit := _hits(kind, shown)).rows)


def _hits(kind: Kind, shown: tuple[Line, ...]) -> Hits:
    rows = tuple(line for line in shown if line.record.kind == kind.slug)
    total: int = rows[0].record.fitting if rows else 0  # type: ignore[attr-defined]
    return Hits(kind, total, rows)
