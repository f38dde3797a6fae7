"""What a visit holds: the results, papers, medicines and claims that say they belong to it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from ground.viewer import Viewer
from records import access
from records.fhir.kinds import KINDS, Kind
from records.models import Record
from records.reading.lines import Line, named_lines
from records.reading.unread import Upto

VISIT = "Encounter"
FEW = 4
"""Lines shown under a visit on the timeline; the rest stands on the visit's own page."""
MOST = 100
"""Lines shown on the page of a visit."""


@dataclass(frozen=True, slots=True)
class Held:
    """What belongs to one visit: the first of it, in the order of the menu, and how much there is."""

    rows: tuple[Line, ...] = ()
    total: int = 0

    @property
    def more(self) -> int:
        """How many are not among the rows."""
        return self.total - len(self.rows)

    def by_kind(self) -> list[tuple[Kind, list[Line]]]:
        """The rows by kind."""
        found: dict[str, list[Line]] = defaultdict(list)
        for line in self.rows:
            found[line.kind.slug].append(line)
        return [(kind, found[kind.slug]) for kind in KINDS if kind.slug in found]


NOTHING = Held()
"""Of a visit to which nothing says that it belongs, and of what is no visit."""


def apart(viewer: Viewer, rows: QuerySet[Record]) -> QuerySet[Record]:
    """The rows without those that stand under a visit the viewer sees."""
    visits = access.visible_to(viewer).filter(
        resource_type=VISIT, origin_id=OuterRef("origin_id"), fhir_id=OuterRef("visit")
    )
    return rows.exclude(~Q(visit="") & Exists(visits.filter(patient_id=OuterRef("patient_id"))))


def held(
    viewer: Viewer, visits: Iterable[Record], names: Mapping[int, str], upto: Upto, few: int = FEW
) -> dict[tuple[int, str], Held]:
    """What these visits hold, by origin and id; one query for all of them, none where there is no visit.

    `names`: of the places · `upto`: up to where the viewer has looked · `few`: lines of each visit.
    """
    wanted = Q()
    for one in visits:
        if one.resource_type == VISIT:
            wanted |= Q(patient_id=one.patient_id, origin_id=one.origin_id, visit=one.fhir_id)
    if not wanted:
        return {}
    found: dict[tuple[int, str], list[Line]] = defaultdict(list)
    for line in named_lines(_ranked(viewer, wanted, few), names, upto, "visit"):
        found[line.record.origin_id, line.record.visit].append(line)
    return {key: Held(tuple(rows), _total(rows)) for key, rows in found.items()}


def _ranked(viewer: Viewer, wanted: Q, few: int) -> QuerySet[Record]:
    """The first few of each visit in the order of the menu, each with how many there are as `held`."""
    places = [When(kind=kind.slug, then=Value(place)) for place, kind in enumerate(KINDS)]
    order = (
        Case(*places, default=Value(len(KINDS))),
        F("clinical_at").desc(),
        F("resource_type"),
        F("fhir_id"),
    )
    of_one = (F("origin_id"), F("visit"))
    rows = (
        access.visible_to(viewer)
        .filter(wanted)
        .exclude(visit="")
        .annotate(
            place_in_visit=Window(RowNumber(), partition_by=of_one, order_by=order),
            held=Window(Count("*"), partition_by=of_one),
        )
    )
    return rows.filter(place_in_visit__lte=few).order_by("place_in_visit")


def _total(rows: list[Line]) -> int:
    total: int = rows[0].record.held  # type: ignore[attr-defined]
    return total
