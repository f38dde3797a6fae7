"""How many of each kind, and how many of them are new: for the menu and the overview."""

from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext

from ground import audit
from ground.viewer import Viewer
from records import access
from records.fhir import kinds
from records.fhir.kinds import Kind
from records.models import Source
from records.reading.fresh import seen_number


@dataclass(frozen=True, slots=True)
class KindCount:
    """A kind, how many records of it there are, and how many moved since the viewer last looked."""

    kind: Kind
    count: int
    new: int

    @property
    def slug(self) -> str:
        """Its word in the address."""
        return self.kind.slug

    @property
    def heading(self) -> str:
        """Its name, in the reader's language."""
        return gettext(self.kind.heading)

    @property
    def purpose(self) -> str:
        """What is inside, in the reader's language."""
        return gettext(self.kind.purpose)


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything there is, by kind, and the places it came from."""

    counts: tuple[KindCount, ...]
    places: tuple[Source, ...]
    """Those connected, by name, whatever their gate."""

    @property
    def total(self) -> int:
        """Records of all kinds."""
        return sum(one.count for one in self.counts)


def menu(viewer: Viewer) -> tuple[KindCount, ...]:
    """Every kind in menu order with its numbers. Numbers only: no look is written."""
    rows = access.visible_to(viewer)
    counts = dict(rows.values_list("kind").annotate(count=Count("*")))
    seen = seen_number(viewer)
    moved = rows.none() if seen is None else rows.filter(changed__gt=seen)
    news = dict(moved.values_list("kind").annotate(count=Count("*")))
    return tuple(KindCount(kind, counts.get(kind.slug, 0), news.get(kind.slug, 0)) for kind in kinds.KINDS)


def places(viewer: Viewer) -> tuple[Source, ...]:
    """The places the viewer's patient is connected to, by name. Holds no record, so no look is written."""
    return tuple(access.places_of(viewer).order_by("name", "pk"))


def overview(viewer: Viewer) -> Overview:
    """All kinds and all places of the viewer's patient."""
    found = Overview(menu(viewer), places(viewer))
    for patient_id in viewer.patients:
        audit.looked(viewer, patient_id, "overview", rows=found.total)
    return found
