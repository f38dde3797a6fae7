"""What waits to be done at a clinic: of whom something came, disagrees or lapsed, and who comes soon."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone

from connect.services.lapsed import lapsed
from ground import scope
from ground.viewer import Viewer
from portal import clinics
from portal.models import Clinic, Membership, Patient
from records import reading
from records.models import Review
from records.reading import work
from records.reading.together import Together
from records.services import reach, reviewing

PAGE = 50
"""Patients on one page."""
_MOST = 5000
"""Patients whose work is counted for it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One patient on the list, and why: whether anything is new, places that lapsed, visits that come; `new`
    and `differing` are counted for the page that shows them.
    """

    patient: Patient
    is_moved: bool
    lapsed: tuple[str, ...]
    coming: int
    note: str
    assigned: str
    is_mine: bool
    reviewed_at: datetime | None
    new: int = 0
    differing: int = 0

    @property
    def waits(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.is_moved or self.lapsed or self.coming or self.assigned or self.note)


@dataclass(frozen=True, slots=True)
class Worklist:
    """One page of who waits: `start` and `end` are the numbers of the first and last of `total`; `mine` says
    how many were given to the reader.
    """

    rows: tuple[Waiting, ...]
    page: int
    total: int
    mine: int

    @property
    def start(self) -> int:
        """Counted from 1."""
        return (self.page - 1) * PAGE + 1

    @property
    def end(self) -> int:
        """The last one shown."""
        return self.start - 1 + len(self.rows)

    @property
    def more(self) -> bool:
        """Whether there is a page behind this one."""
        return self.end < self.total


def waiting(viewer: Viewer, clinic: Clinic, now: datetime, *, page: int = 1, mine: bool = False) -> Worklist:
    """Who waits, those who come soon first, then who was not reviewed for longest; `mine`: of those given to
    the reader. Whom the page shows is told so, once a day for each reader. A page beyond the last is the
    last.
    """
    patients = {one.patient_id: one.patient for one in reach.everybody(viewer, _MOST)}
    every = replace(viewer, patients=tuple(patients))
    names = {one.user_id: one.name for one in clinics.members(clinic)}
    with scope.open(every):
        found = sorted(_found(every, patients, names, now), key=_turn)
    chosen = [one for one in found if one.is_mine or not mine]
    page = max(1, min(page, -(-len(chosen) // PAGE)))
    rows = _counted(every, chosen[(page - 1) * PAGE : page * PAGE], now)
    return Worklist(rows, page, len(chosen), sum(one.is_mine for one in found))


def _counted(every: Viewer, rows: list[Waiting], now: datetime) -> tuple[Waiting, ...]:
    """Those of one page, with how much is new and on how many facts places differ."""
    shown = replace(every, patients=tuple(one.patient.pk for one in rows))
    with scope.open(shown):
        new, differing = work.unreviewed(shown), work.differing(shown)
        work.noted(shown, shown.patients, _midnight(now))
    return tuple(
        replace(one, new=new.get(one.patient.pk, 0), differing=differing.get(one.patient.pk, 0))
        for one in rows
    )


def _turn(one: Waiting) -> tuple[bool, bool, float]:
    at = one.reviewed_at
    return not one.coming, at is not None, at.timestamp() if at else 0.0


def disagreements(viewer: Viewer) -> tuple[Together, ...]:
    """On what places differ about the one patient in reach, and nobody has reviewed. Inside their scope."""
    return work.disagreements(viewer).get(viewer.patients[0], ())


def colleagues(mine: Membership) -> list[tuple[int, str]]:
    """To whom work can be given: user and name."""
    return [(one.user_id, one.name) for one in clinics.members(mine.clinic)]


def _found(
    viewer: Viewer, patients: dict[int, Patient], names: dict[int, str], now: datetime
) -> list[Waiting]:
    moved, coming = work.moved(viewer), work.coming(viewer, now)
    reviews = reviewing.reviews(viewer)
    over = lapsed(viewer, [one.pk for one in reading.places(viewer)])
    every = [
        _waiting(
            patient,
            reviews.get(pk) or Review(),
            names,
            viewer.user_id,
            (pk in moved, tuple(over.get(pk, ())), coming.get(pk, 0)),
        )
        for pk, patient in patients.items()
    ]
    return [one for one in every if one.waits]


def _waiting(
    patient: Patient,
    review: Review,
    names: dict[int, str],
    me: int | None,
    counts: tuple[bool, tuple[str, ...], int],
) -> Waiting:
    to = review.assigned_to
    return Waiting(
        patient,
        *counts,
        note=review.note,
        assigned=names.get(to, "") if to else "",
        is_mine=to is not None and to == me,
        reviewed_at=review.reviewed_at,
    )


def _midnight(now: datetime) -> datetime:
    """When the reader's day began."""
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
