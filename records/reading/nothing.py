"""Why there is nothing: answers that must never be mixed up. *Refused* is said only where a place said so."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ground.viewer import Viewer
from records import access
from records.models import Delivery, Source

Reason = Literal["unconnected", "unshared", "unshown", "waiting", "failed", "refused", "none"]
_BY_PLACE: tuple[Reason, ...] = ("failed", "refused")
Answers = defaultdict[tuple[int, str], set[str]]


@dataclass(frozen=True, slots=True)
class Nothing:
    """One reason and the place it holds for.

    For "none", and for "unshown" (none among what is shared, which is not all): all the places that answered
    and sent none, and how many. `since`: when a place that fails now last answered.
    """

    reason: Reason
    place: str = ""
    places: int = 0
    since: datetime | None = None


def nothing(viewer: Viewer, *kinds: str) -> dict[str, tuple[Nothing, ...]]:
    """Why the viewer sees no record of these kinds (slugs). Holds no record, so no look is written."""
    places = list(access.places_of(viewer).order_by("name", "pk"))
    answers, shared = answers_of(viewer, kinds), access.kinds_of(viewer)
    silent: Reason = "unshown" if access.holds_back(viewer) else "none"
    return {
        kind: _reasons(places, answers, kind, silent)
        if shared is None or kind in shared
        else (Nothing("unshared"),)
        for kind in kinds
    }


def _reasons(places: Sequence[Source], answers: Answers, kind: str, silent: Reason) -> tuple[Nothing, ...]:
    """Waiting first, then what failed and what was refused place by place, then those that sent none."""
    if not places:
        return (Nothing("unconnected"),)
    told = [(place, reason_of(place, answers[place.pk, kind] | answers[place.pk, ""])) for place in places]
    found = [Nothing("waiting")] if any(reason == "waiting" for _, reason in told) else []
    for wanted in _BY_PLACE:
        found += [
            Nothing(wanted, place.name, since=place.collected_at) for place, why in told if why == wanted
        ]
    names = [place.name for place, reason in told if reason == "none"]
    return (*found, Nothing(silent, ", ".join(names), len(names))) if names else tuple(found)


def answers_of(viewer: Viewer, kinds: Sequence[str]) -> Answers:
    """What each place answered, for each kind and as a whole (empty kind)."""
    rows = access.answers_for(viewer).filter(kind__in=("", *kinds))
    answers: Answers = defaultdict(set)
    for source_id, kind, state in rows.values_list("source_id", "kind", "state"):
        answers[source_id, kind].add(state)
    return answers


def reason_of(place: Source, answers: set[str]) -> Reason:
    """Why a place has sent nothing of a kind, from what it answered for it and as a whole."""
    if Delivery.State.REFUSED in answers:
        return "refused"
    if Delivery.State.FAILED in answers:
        return "failed"
    unfinished = place.collected_at is None or Delivery.State.PENDING in answers
    return "waiting" if unfinished or place.gate != Source.Gate.OPEN else "none"
