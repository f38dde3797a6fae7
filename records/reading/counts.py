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
from records.reading.tallied import Tallied, tallied


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
    return menu_of(viewer, tallied(viewer))


def menu_of(viewer: Viewer, found: Tallied) -> tuple[KindCount, ...]:
    """The menu out of what was counted already."""
    counts, news = found.per_kind(), _news(viewer, found)
    return tuple(KindCount(kind, counts[kind.slug], news.get(kind.slug, 0)) for kind in kinds.KINDS)


def _news(viewer: Viewer, found: Tallied) -> dict[str, int]:
    """How many of each kind moved since the viewer looked; counted only where anything did."""
    if not found.upto.is_behind:
        return {}
    unread = found.upto.unread(access.visible_to(viewer))
    return dict(unread.order_by().values_list("kind").annotate(count=Count("*")))


def places(viewer: Viewer) -> tuple[Source, ...]:
    """The places the viewer's patient is connected to, by name. Holds no record, so no look is written."""
    return tuple(access.places_of(viewer).order_by("name", "pk"))


def overview(viewer: Viewer) -> Overview:
    """All kinds and all places of the viewer's patient."""
    found = Overview(menu(viewer), places(viewer))
    for patient_id in viewer.patients:
        audit.looked(viewer, patient_id, "overview", rows=found.total)
    return found
