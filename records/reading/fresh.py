"""Since you last looked: what came, and what changed."""

from dataclasses import dataclass

from django.db.models import Count, Q

from ground import audit
from ground.viewer import Viewer
from records import access
from records.models import Feed, Seen
from records.reading.lines import Line, lines

_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Since:
    """What is new or changed since a viewer last said that they looked.

    `number` is the feed's end, which `records.services.mark_seen` takes · `total`, and of these `changed` ·
    `rows` the newest few · `first`: they have never said so, and then nothing counts as new.
    """

    number: int
    total: int = 0
    changed: int = 0
    rows: tuple[Line, ...] = ()
    first: bool = False


def seen_number(viewer: Viewer) -> int | None:
    """Up to which number of the feed this viewer has looked; None if they never said so."""
    rows = Seen.objects.filter(patient_id__in=viewer.patients, user_id=viewer.user_id or 0)
    return rows.values_list("number", flat=True).first()


def since(viewer: Viewer) -> Since:
    """What moved since the viewer last looked, newest first."""
    seen = seen_number(viewer)
    number = Feed.objects.filter(patient_id__in=viewer.patients).values_list("number", flat=True).first() or 0
    if seen is None or seen >= number:
        return Since(number, first=seen is None)
    moved = access.visible_to(viewer).filter(changed__gt=seen)
    sums = moved.aggregate(all=Count("*"), changed=Count("fhir_id", filter=Q(arrived__lte=seen)))
    rows = lines(
        viewer, moved.order_by("-changed", "-clinical_at", "resource_type", "fhir_id")[:_SHOWN], seen
    )
    for patient_id in viewer.patients:
        audit.looked(viewer, patient_id, "since", rows=len(rows))
    return Since(number, sums["all"], sums["changed"], rows)
