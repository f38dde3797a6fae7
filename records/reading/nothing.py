"""Why there is nothing: answers that must never be mixed up. *Refused* is said only where a place said so."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ground.viewer import Viewer
from records import access
from records.models import Delivery, Source

Reason = Literal["unconnected", "waiting", "failed", "refused", "none"]


@dataclass(frozen=True, slots=True)
class Nothing:
    """One reason and the place it holds for.

    `places` counts those that answered and sent none; `since` is when a place that now fails last answered.
    """

    reason: Reason
    place: str = ""
    places: int = 0
    since: datetime | None = None


def nothing(viewer: Viewer, kind: str) -> tuple[Nothing, ...]:
    """Why the viewer sees no record of a kind (its slug). Holds no record, so no look is written."""
    places = list(access.places_of(viewer).order_by("name", "pk"))
    if not places:
        return (Nothing("unconnected"),)
    answers = _answers(viewer, kind)
    reasons = [(place, _reason(place, answers[place.pk])) for place in places]
    found = [Nothing("waiting")] if any(reason == "waiting" for _, reason in reasons) else []
    for wanted in ("failed", "refused"):
        found += [
            Nothing(reason, place.name, since=place.collected_at)
            for place, reason in reasons
            if reason == wanted
        ]
    if silent := sum(reason == "none" for _, reason in reasons):
        found.append(Nothing("none", places=silent))
    return tuple(found)


def _answers(viewer: Viewer, kind: str) -> dict[int, set[str]]:
    """What each place answered, for this kind and as a whole (empty kind)."""
    rows = Delivery.objects.filter(patient_id__in=viewer.patients, kind__in=("", kind))
    answers: dict[int, set[str]] = defaultdict(set)
    for source_id, state in rows.values_list("source_id", "state"):
        answers[source_id].add(state)
    return answers


def _reason(place: Source, answers: set[str]) -> Reason:
    if Delivery.State.REFUSED in answers:
        return "refused"
    if Delivery.State.FAILED in answers:
        return "failed"
    unfinished = place.collected_at is None or Delivery.State.PENDING in answers
    return "waiting" if unfinished or place.gate != Source.Gate.OPEN else "none"


def as_of(places: Sequence[Source]) -> dict[datetime, list[str]]:
    """Names of the places by when each was last collected, newest first."""
    grouped: dict[datetime, list[str]] = defaultdict(list)
    for place in sorted(places, key=lambda place: place.name):
        if place.collected_at is not None:
            grouped[place.collected_at].append(place.name)
    return dict(sorted(grouped.items(), reverse=True))
