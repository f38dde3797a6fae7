"""Records of the same test: the same code, or exactly the same folded title where neither has a code.

Never by what sounds alike: "glucose" is measured in blood, in urine and on a fingertip.
"""

import re
from dataclasses import dataclass

from django.db.models import Count, Min, Q, QuerySet

from ground.viewer import Viewer
from records import access
from records.fhir.texts import fold
from records.fhir.units import comparable
from records.models import UNDATED, Record

_PRESSURE = r"^[0-9.]+/[0-9.]+( |$)"
_CANCELLED = ("cancelled", "canceled")


@dataclass(frozen=True, slots=True)
class OverTime:
    """How many results can be compared, and the year of the first."""

    count: int
    since: int


def alike(viewer: Viewer, record: Record) -> QuerySet[Record]:
    """Everything the viewer may see of the same test, this one included, from all places.

    Without a code the titles are only nearly the same: hold them against `is_alike`.
    """
    rows = access.visible_to(viewer).filter(patient_id=record.patient_id, resource_type="Observation")
    if record.code:
        return rows.filter(code=record.code)
    return rows.filter(code="", search__startswith=fold(record.title)) if record.title else rows.none()


def is_alike(record: Record, title: str) -> bool:
    """Whether a record without a code is called exactly the same."""
    return bool(record.code) or fold(title) == fold(record.title)


def over_time(viewer: Viewer, record: Record) -> OverTime | None:
    """What there is to compare a measurement with; None where there is nothing. One query; no look, because
    it gives a number and a year.
    """
    kept = _numbers(record)
    if kept is None:
        return None
    rows = alike(viewer, record).filter(kept, clinical_at__gt=UNDATED).exclude(status__in=_CANCELLED)
    groups = rows.order_by().values_list("unit", "title").annotate(Count("fhir_id"), Min("clinical_at"))
    found = [
        (count, first.year)
        for unit, title, count, first in groups
        if comparable(unit, record.unit) and is_alike(record, title)
    ]
    total = sum(count for count, _ in found)
    return OverTime(total, min(year for _, year in found)) if total > 1 else None


def _numbers(record: Record) -> Q | None:
    """What a record must be to be compared with this one; None for one that is no number itself."""
    if record.resource_type != "Observation" or record.withdrawn or record.removed_at:
        return None
    if record.number is not None:
        return Q(number__isnull=False)
    return Q(number=None, value__regex=_PRESSURE) if re.match(_PRESSURE, record.value) else None
