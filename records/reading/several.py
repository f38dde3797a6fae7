"""Many records of a kind, each as its own page tells it: for papers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from ground import audit
from ground.viewer import Viewer
from records import access
from records.models import Record
from records.reading.facts import fact_of
from records.reading.parts import read
from records.reading.sayings import Saying
from records.reading.sifting import EVERYTHING, Sift, sifted
from records.reading.single import Found
from records.reading.together import Together, side_by_side

_ORDER = ("-clinical_at", "resource_type", "fhir_id", "origin_id")


@dataclass(frozen=True, slots=True)
class Several:
    """Records newest first, and how many there are in all that fit."""

    found: tuple[Found, ...] = field(repr=False)
    total: int


@dataclass(frozen=True, slots=True)
class Stating:
    """Records that state one fact, the newest first, and what they say side by side."""

    found: tuple[Found, ...] = field(repr=False)
    together: Together

    @property
    def said(self) -> Saying | None:
        """The patient's last word on it."""
        words = (one.own.said for one in self.found)
        return max(filter(None, words), key=lambda one: one.said.pk, default=None)


def by_fact(found: Iterable[Found]) -> tuple[Stating, ...]:
    """Records by the fact they state (decision 0018), in the order of the newest of each. No query."""
    facts: dict[tuple[int, str], list[Found]] = {}
    for one in found:
        facts.setdefault((one.record.patient_id, fact_of(one.record)), []).append(one)
    return tuple(
        Stating(tuple(some), side_by_side([one.line for one in some], len(some))) for some in facts.values()
    )


def several(
    viewer: Viewer,
    slug: str,
    sift: Sift = EVERYTHING,
    *,
    skip: int = 0,
    most: int = 200,
    types: tuple[str, ...] = (),
) -> Several:
    """The records of a kind that fit, without the first `skip`, at most so many; of these resource types
    where any are named.

    Inside the viewer's scope. The number of queries does not grow with what there is. Where a walk begins,
    the look at all of it is written and what fits is counted; later the total is 0.
    """
    rows = sifted(_rows(viewer, slug, types), sift)
    found = read(viewer, _whole(rows)[skip : skip + most])
    total = 0 if skip else rows.count()
    if not skip:
        _looked(viewer, slug, total)
    return Several(found, total)


def newest(viewer: Viewer, slug: str, *, most: int = 200) -> Several:
    """The newest of each measurement, by its code and name; of these the newest, at most so many."""
    rows = _rows(viewer, slug, ("Observation",)).order_by("code", "title", *_ORDER)
    keys = sorted(rows.distinct("code", "title").values_list("clinical_at", "pk"), reverse=True)
    found = read(viewer, _whole(rows.filter(pk__in=[key for _, key in keys[:most]])))
    _looked(viewer, slug, len(keys))
    return Several(found, len(keys))


def by_codes(viewer: Viewer, codes: Sequence[str], *, most: int) -> tuple[Found, ...]:
    """Measurements of these codes ("http://loinc.org|882-1") from all kinds, newest first."""
    rows = access.visible_to(viewer).filter(resource_type="Observation", code__in=codes)
    found = read(viewer, _whole(rows)[:most])
    _looked(viewer, "", len(found))
    return found


def _rows(viewer: Viewer, slug: str, types: tuple[str, ...]) -> QuerySet[Record]:
    rows = access.visible_to(viewer).filter(kind=slug)
    return rows.filter(resource_type__in=types) if types else rows


def _whole(rows: QuerySet[Record]) -> QuerySet[Record]:
    return rows.select_related("origin", "source").defer("search").order_by(*_ORDER)


def _looked(viewer: Viewer, slug: str, rows: int) -> None:
    for patient_id in viewer.patients:
        audit.looked(viewer, patient_id, "paper", kind=slug, rows=rows)
