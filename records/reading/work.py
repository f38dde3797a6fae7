"""What waits to be reviewed, for many patients at once: what came, on what places differ, who comes soon.

Counts are values and leave no look. Whoever stands on a list of work is told that once a day, by `noted`
(decision 0040).
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from ground import audit, witness
from ground.models import Look
from ground.viewer import Viewer
from records import access
from records.fhir.kinds import KINDS
from records.fhir.sameness import GROUPED
from records.models import Feed, Review
from records.reading.facts import with_fact
from records.reading.packet import TO_COME
from records.reading.together import Together, gathered_lines
from records.reading.unread import NEVER

LISTED = "worklist"
_SOON = timedelta(days=7)
_LISTED = tuple(kind.slug for kind in KINDS)


def moved(viewer: Viewer) -> frozenset[int]:
    """Of whom a record that is shown came or changed since the viewer's clinic last reviewed. For a whole
    clinic: of each patient no more than one such record is looked for.
    """
    newer = access.visible_to(viewer).filter(patient_id=OuterRef("patient_id"), changed__gt=OuterRef("done"))
    feeds = Feed.objects.filter(patient_id__in=viewer.patients).alias(done=_done(viewer))
    asked = feeds.filter(number__gt=F("done")).annotate(
        newest=Subquery(newer.order_by().values("changed")[:1])
    )
    return frozenset(pk for pk, newest in asked.values_list("patient_id", "newest") if newest is not None)


def unreviewed(viewer: Viewer) -> dict[int, int]:
    """How many records came or changed since the viewer's clinic last reviewed, by patient. For one or a page
    of them: each record is counted.
    """
    moved = (
        access.visible_to(viewer)
        .filter(kind__in=_LISTED)
        .alias(done=_done(viewer))
        .filter(changed__gt=F("done"))
    )
    return dict(moved.order_by().values_list("patient_id").annotate(Count("pk")))


def coming(viewer: Viewer, now: datetime) -> dict[int, int]:
    """How many visits places have planned for the next seven days, by patient."""
    rows = access.visible_to(viewer).filter(kind="visits", status__in=TO_COME)
    soon = rows.filter(clinical_at__gte=now, clinical_at__lt=now + _SOON)
    return dict(soon.order_by().values_list("patient_id").annotate(Count("pk")))


def disagreements(viewer: Viewer) -> dict[int, tuple[Together, ...]]:
    """The facts on which places differ and of which a record moved since the last review, by patient."""
    names = dict(access.places_of(viewer).values_list("pk", "name"))
    reviewed = dict(_numbers(viewer))
    found: dict[int, list[Together]] = defaultdict(list)
    for slug in GROUPED:
        for one in _differing(viewer, slug, names):
            patient_id = one.record.patient_id
            if max(line.record.changed for line in one.lines) > reviewed.get(patient_id, 0):
                found[patient_id].append(one)
    return {patient_id: tuple(some) for patient_id, some in found.items()}


def differing(viewer: Viewer) -> dict[int, int]:
    """How many of these facts there are, by patient: numbers, for a list that shows no record."""
    with witness.counting():
        return {patient_id: len(some) for patient_id, some in disagreements(viewer).items()}


def feed_number(viewer: Viewer) -> int:
    """The end of the feed of the one patient in reach, which a review takes."""
    numbers = Feed.objects.filter(patient_id__in=viewer.patients).values_list("number", flat=True)
    return numbers.first() or 0


def noted(viewer: Viewer, patients: Iterable[int], since: datetime) -> None:
    """Write the look of a list of work at each patient who stands on it, unless this reader has left one for
    this clinic since (the beginning of their day).
    """
    mine = Look.objects.filter(user_id=viewer.user_id, clinic_id=viewer.clinic_id, what=LISTED)
    told = set(
        mine.filter(patient_id__in=viewer.patients, at__gte=since).values_list("patient_id", flat=True)
    )
    for patient_id in patients:
        if patient_id not in told:
            audit.looked(viewer, patient_id, LISTED)


def _done(viewer: Viewer) -> Coalesce:
    """Up to which number the patient of a row is reviewed, in a query."""
    mine = Review.objects.filter(clinic_id=viewer.clinic_id or 0, patient_id=OuterRef("patient_id"))
    return Coalesce(Subquery(mine.values("number")[:1]), 0)


def _numbers(viewer: Viewer) -> Iterable[tuple[int, int]]:
    rows = Review.objects.filter(clinic_id=viewer.clinic_id or 0, patient_id__in=viewer.patients)
    return rows.values_list("patient_id", "number")


def _differing(viewer: Viewer, slug: str, names: dict[int, str]) -> list[Together]:
    """Facts of a kind that several places state, and state differently. Two queries."""
    rows = with_fact(access.visible_to(viewer).filter(kind=slug), slug)
    each = rows.order_by().values("patient_id", "fact").annotate(places=Count("source_id", distinct=True))
    facts = set(each.filter(places__gt=1).values_list("fact", flat=True))
    if not facts:
        return []
    return [one for one in gathered_lines(rows.filter(fact__in=facts), names, NEVER) if one.differences]
