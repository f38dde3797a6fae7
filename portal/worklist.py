"""What waits to be done at a clinic: of whom something came, disagrees or lapsed, and who comes soon."""

from dataclasses import dataclass, replace
from datetime import datetime

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

MOST = 200
"""Patients whose work is looked through for one page."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One patient on the list, and why: counts, facts on which places differ, places that lapsed."""

    patient: Patient
    new: int
    differing: int
    lapsed: tuple[str, ...]
    coming: int
    note: str
    assigned: str
    is_mine: bool
    reviewed_at: datetime | None

    @property
    def waits(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.new or self.differing or self.lapsed or self.coming or self.assigned or self.note)


def waiting(viewer: Viewer, clinic: Clinic, now: datetime) -> tuple[Waiting, ...]:
    """Who waits, those who come soon first, then by how much came. Each is told that they stood there."""
    grants = reach.everybody(viewer, MOST)
    patients = {one.patient_id: one.patient for one in grants}
    viewer = replace(viewer, patients=tuple(patients), reason="coordination")
    names = {one.user_id: one.name for one in clinics.members(clinic)}
    with scope.open(viewer):
        found = _found(viewer, patients, names, now)
        work.noted(viewer, [one.patient.pk for one in found])
    return tuple(sorted(found, key=lambda one: (not one.coming, -one.differing, -one.new)))


def disagreements(viewer: Viewer) -> tuple[Together, ...]:
    """On what places differ about the one patient in reach, and nobody has reviewed. Inside their scope."""
    return work.disagreements(viewer).get(viewer.patients[0], ())


def colleagues(mine: Membership) -> list[tuple[int, str]]:
    """To whom work can be given: user and name."""
    return [(one.user_id, one.name) for one in clinics.members(mine.clinic)]


def _found(
    viewer: Viewer, patients: dict[int, Patient], names: dict[int, str], now: datetime
) -> list[Waiting]:
    new, differing, coming = work.unreviewed(viewer), work.disagreements(viewer), work.coming(viewer, now)
    reviews = reviewing.reviews(viewer)
    over = lapsed(viewer, [one.pk for one in reading.places(viewer)])
    every = [
        _waiting(
            patient,
            reviews.get(pk) or Review(),
            names,
            viewer.user_id,
            (new.get(pk, 0), len(differing.get(pk, ())), tuple(over.get(pk, ())), coming.get(pk, 0)),
        )
        for pk, patient in patients.items()
    ]
    return [one for one in every if one.waits]


def _waiting(
    patient: Patient,
    review: Review,
    names: dict[int, str],
    me: int | None,
    counts: tuple[int, int, tuple[str, ...], int],
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
