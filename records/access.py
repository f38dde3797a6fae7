"""The one rule of who sees which records, over patients, places and labels. Every read goes through it.

Row-level security is the second wall, not this one: it knows whose rows they are and nothing else.
"""

from typing import TypeVar

from django.db.models import Model, QuerySet

from ground.viewer import Viewer
from records.models import Record, Source, Tally, Version

AnySpoken = TypeVar("AnySpoken", bound=Model)
_SEES_LABELLED = ("patient", "job")
"""A patient sees all of their own record, and a job acts for the patient. Nobody else is shown what the
source labelled as sensitive.
"""


class NotTheirs(Exception):
    """The viewer may not speak for this patient."""


def visible_to(viewer: Viewer) -> QuerySet[Record]:
    """What lists, counts, search and exports may show this viewer: never what was entered in error."""
    return within_reach_of(viewer).filter(withdrawn=False)


def counted_for(viewer: Viewer) -> QuerySet[Tally]:
    """How many records `visible_to` holds, by place, kind and year, without looking at one of them."""
    rows = Tally.objects.filter(
        patient_id__in=viewer.patients, source_id__in=_open_places(viewer), count__gt=0
    )
    return rows if viewer.kind in _SEES_LABELLED else rows.filter(labelled=False)


def within_reach_of(viewer: Viewer) -> QuerySet[Record]:
    """What is taken along for this viewer: also what the source has withdrawn, and says so.

    Only from places whose gate is open, only what the place still has.
    """
    return ever_sent_to(viewer).filter(removed_at=None)


def ever_sent_to(viewer: Viewer) -> QuerySet[Record]:
    """What has a page of its own for this viewer: also what its place no longer has; the page says so."""
    rows = Record.objects.filter(patient_id__in=viewer.patients, source_id__in=_open_places(viewer))
    return rows if viewer.kind in _SEES_LABELLED else rows.filter(sensitivity="")


def versions_for(viewer: Viewer) -> QuerySet[Version]:
    """What records were before. Whether an older state was labelled no column says, so whoever may not see
    what is labelled sees none.
    """
    rows = Version.objects.filter(patient_id__in=viewer.patients, source_id__in=_open_places(viewer))
    return rows if viewer.kind in _SEES_LABELLED else rows.none()


def places_of(viewer: Viewer) -> QuerySet[Source]:
    """The places whose name this viewer may be told, whatever their gate: not those that were refused."""
    return Source.objects.filter(patient_id__in=viewer.patients).exclude(gate=Source.Gate.REFUSED)


def speaks_for(viewer: Viewer) -> int:
    """The patient for whom this viewer may speak: themselves, or who looks after them. Raises NotTheirs.

    A clinic, a link and a job read at most; what a patient says is said by nobody else.
    """
    if viewer.kind != "patient" or viewer.user_id is None or len(viewer.patients) != 1:
        raise NotTheirs
    return viewer.patients[0]


def words_of(viewer: Viewer, rows: "QuerySet[AnySpoken]") -> "QuerySet[AnySpoken]":
    """What of a patient's own words this viewer may read: their own, and a job that acts for them."""
    return rows.filter(patient_id__in=viewer.patients if viewer.kind in _SEES_LABELLED else ())


def _open_places(viewer: Viewer) -> QuerySet[Source, int]:
    mine = Source.objects.filter(patient_id__in=viewer.patients, gate=Source.Gate.OPEN)
    return mine.values_list("pk", flat=True)
