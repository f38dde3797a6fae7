"""What each place has sent of each kind, and of what it has not sent, why: a map, not a list of records."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext_noop

from ground.viewer import Viewer
from records import access
from records.fhir import kinds
from records.fhir.kinds import Kind
from records.models import Source
from records.reading.nothing import Answers, answers_of, reason_of
from records.reading.tallied import tallied

State = Literal[
    "received", "none", "not offered", "unshared", "unshown", "refused", "failed", "waiting", "question"
]

STATES: dict[State, str] = {
    "none": gettext_noop("None sent"),
    "not offered": gettext_noop("Comes from health plans"),
    "unshared": gettext_noop("Not shared with you"),
    "unshown": gettext_noop("None among what is shared"),
    "refused": gettext_noop("They do not send this"),
    "failed": gettext_noop("Could not be fetched"),
    "waiting": gettext_noop("Not fetched yet"),
    "question": gettext_noop("Waits for your answer"),
}
"""What each state but "received" is called."""
_FROM_PLANS = frozenset({"claims", "coverage"})
"""Kinds that health plans send: that a hospital sends none of them is in the nature of hospitals."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One kind at one place: how many records, and where there are none, why."""

    place: Source
    state: State
    count: int = 0


@dataclass(frozen=True, slots=True)
class Completeness:
    """`rows`: for each kind that any place sent or withheld, a cell for each of `places`."""

    places: tuple[Source, ...]
    rows: tuple[tuple[Kind, tuple[Cell, ...]], ...]

    def of(self, place: Source, state: State) -> list[Kind]:
        """The kinds that are in this state at a place."""
        return [
            kind for kind, cells in self.rows for cell in cells if (cell.place, cell.state) == (place, state)
        ]


def completeness(viewer: Viewer) -> Completeness:
    """The whole map; four queries whatever there is. Numbers and reasons only: no look is written."""
    places = tuple(access.places_of(viewer).order_by("name", "pk"))
    counts: Counter[tuple[str, int]] = Counter()
    for slug, place, _year, count in tallied(viewer).counts:
        counts[slug, place] += count
    answers = answers_of(viewer, [kind.slug for kind in kinds.KINDS])
    shared, silent = access.kinds_of(viewer), _silent(viewer)
    rows = (
        (kind, _cells(kind, places, counts, answers, silent))
        if shared is None or kind.slug in shared
        else (kind, tuple(Cell(place, "unshared") for place in places))
        for kind in kinds.KINDS
    )
    return Completeness(places, tuple(rows))


def _cells(
    kind: Kind,
    places: Sequence[Source],
    counts: Counter[tuple[str, int]],
    answers: Answers,
    silent: State,
) -> tuple[Cell, ...]:
    return tuple(
        Cell(place, "received", count)
        if (count := counts[kind.slug, place.pk])
        else Cell(place, _state(kind, place, answers[place.pk, kind.slug] | answers[place.pk, ""], silent))
        for place in places
    )


def _silent(viewer: Viewer) -> State:
    """What is said where a place sent none that this viewer is shown."""
    return "unshown" if access.holds_back(viewer) else "none"


def _state(kind: Kind, place: Source, answers: set[str], silent: State) -> State:
    """Never more than is known: *refused* only where the place said so (decision 16 of the papers)."""
    if place.gate == Source.Gate.QUESTION:
        return "question"
    match reason_of(place, answers):
        case "refused":
            return "refused"
        case "failed":
            return "failed"
        case "waiting":
            return "waiting"
    return "not offered" if place.place_kind == "provider" and kind.slug in _FROM_PLANS else silent
