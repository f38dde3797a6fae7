"""Whom a clinic may look at now: the grants that let it, found by patient, and its own numbers for them.

Asked anew by each request, in the scope of the clinic alone, in which only its own grants can be reached.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from ground import audit, scope
from ground.viewer import Viewer
from records.models import ChartNumber, Grant
from records.models.sharing import GrantQuerySet

MOST = 50
"""Patients on one page of a list."""


class NotShared(Exception):
    """Not there, not shared with them, over, or stopped: nobody is told which."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What staff look for: words of the name, the day of birth, the clinic's own number. All must fit."""

    name: str = ""
    born: date | None = None
    number: str = ""


@dataclass(frozen=True, slots=True)
class Reached:
    """A page of patients, each by the grant that lets the clinic look; `more` says there are others."""

    grants: tuple[Grant, ...]
    numbers: dict[int, str]
    more: bool


def grant_of(viewer: Viewer, public_id: UUID) -> Grant:
    """The grant by which staff look at one patient, `patient` read with it. Raises NotShared."""
    with scope.open(replace(viewer, patients=())):
        rows = _behind(viewer).filter(patient__public_id=public_id)
        found = rows.order_by("-recipient", "pk").first()  # an emergency, while there is one
    if found is None:
        raise NotShared
    return found


def patients(viewer: Viewer, page: int = 1) -> Reached:
    """Everybody whose grant is good, by name; `page` counts from 1."""
    with scope.open(replace(viewer, patients=())):
        return _reached(viewer, _behind(viewer), page)


def everybody(viewer: Viewer, most: int) -> tuple[Grant, ...]:
    """The same, at most so many, by name."""
    with scope.open(replace(viewer, patients=())):
        return tuple(_behind(viewer).order_by("patient__family_name", "patient__given_name", "pk")[:most])


def search(viewer: Viewer, sought: Sought) -> Reached:
    """Those of them whom all fits, at most MOST. Each of them is told that they were looked for."""
    with scope.open(replace(viewer, patients=())):
        rows = _behind(viewer)
        if sought.number:
            rows = rows.filter(patient_id__in=_numbered(viewer, rows, sought.number))
        if sought.born:
            rows = rows.filter(patient__birth_date=sought.born)
        for word in sought.name.split():
            named = Q(patient__given_name__icontains=word) | Q(patient__family_name__icontains=word)
            rows = rows.filter(named)
        found = _reached(viewer, rows, 1)
        ids = tuple({one.patient_id for one in found.grants})
        with scope.open(replace(viewer, patients=ids)) as reaching:
            for patient_id in ids:
                audit.looked(reaching, patient_id, "found")
    return found


def number_of(viewer: Viewer, patient_id: int) -> str:
    """The clinic's own number for a patient; "" where it has none."""
    with scope.open(replace(viewer, patients=(patient_id,))):
        return _numbers(viewer, [patient_id]).get(patient_id, "")


def _behind(viewer: Viewer) -> GrantQuerySet:
    return Grant.objects.behind(viewer).select_related("patient")


def _reached(viewer: Viewer, rows: GrantQuerySet, page: int) -> Reached:
    start = (max(page, 1) - 1) * MOST
    sorted_ = rows.order_by("patient__family_name", "patient__given_name", "patient_id", "recipient")
    found = tuple(sorted_[start : start + MOST + 1])
    ids = [one.patient_id for one in found]
    with scope.open(replace(viewer, patients=tuple(ids))):
        grants = {one.patient_id: one for one in found[:MOST]}
        return Reached(tuple(grants.values()), _numbers(viewer, ids), len(found) > MOST)


def _numbered(viewer: Viewer, rows: GrantQuerySet, number: str) -> list[int]:
    ids = tuple(rows.values_list("patient_id", flat=True))
    with scope.open(replace(viewer, patients=ids)):
        mine = _mine(viewer, ids).filter(number__iexact=number.strip())
        return list(mine.values_list("patient_id", flat=True))


def _numbers(viewer: Viewer, ids: Iterable[int]) -> dict[int, str]:
    return dict(_mine(viewer, ids).values_list("patient_id", "number"))


def _mine(viewer: Viewer, ids: Iterable[int]) -> QuerySet[ChartNumber]:
    return ChartNumber.objects.filter(
        clinic_id=viewer.clinic_id or 0, patient_id__in=list(ids), grant__stopped_at=None
    )
