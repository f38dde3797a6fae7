"""What the gateway's events say about one connection: agreed, declined, still sending, all sent.

The callback in the browser is a hint and can be forged; only these events say what happened (docs/oneup.md
§12).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from connect.gateway import Event

_AGREED = ("returned", "started", "failed", "finished", "timed_out")
_ENDED = ("finished", "timed_out")
_HOME_AGAIN = ("returned", "declined", "unreachable")

Word = Literal["unknown", "agreed", "declined", "unreachable"]


@dataclass(frozen=True, slots=True)
class Happenings:
    """`word`: what the place's sign-in came to. `sending`: its records are still on their way to the gateway.
    `told`: every event about the place, oldest first.
    """

    word: Word = "unknown"
    sending: bool = False
    started: bool = False
    timed_out: bool = False
    failed_kinds: tuple[str, ...] = ()
    fhir_version: str = ""
    told: tuple[Event, ...] = ()


def read(events: Iterable[Event], place_key: str) -> Happenings:
    """What events say about one place. An event that names no place says nothing about ours."""
    ours = sorted((event for event in events if event.place_key == place_key), key=lambda event: event.at)
    what = [event.what for event in ours]
    return Happenings(
        word=_word(ours),
        sending=_sending(ours),
        started="started" in what,
        timed_out=[word for word in what if word in _ENDED][-1:] == ["timed_out"],
        failed_kinds=_failed(ours),
        fhir_version=next((event.fhir_version for event in reversed(ours) if event.fhir_version), ""),
        told=tuple(ours),
    )


def _failed(ours: Sequence[Event]) -> tuple[str, ...]:
    """Types that the newest transfer could not have; what an earlier one could not is of no account."""
    begun = max((event.at for event in ours if event.what == "started"), default=None)
    newest = (event for event in ours if event.what == "failed" and (begun is None or event.at >= begun))
    return tuple(sorted({kind for event in newest for kind in event.kinds}))


def where_to(events: Iterable[Event], elsewhere: Mapping[str, datetime]) -> Event | None:
    """The last event that says how a sign-in ended, and so names the place of a search that named none.

    That a place was picked is not enough: several may be, one after the other. `elsewhere` says of places
    when another departure of the same patient was last seen to come back from them: what they tell from
    before that, or of a transfer, belongs there.
    """
    ours = [event for event in events if event.place_key and _is_news(event, elsewhere.get(event.place_key))]
    return max(ours, key=lambda event: event.at, default=None)


def _is_news(event: Event, came_back: datetime | None) -> bool:
    if came_back is None:
        return event.what in (*_AGREED, *_HOME_AGAIN)
    return event.what in _HOME_AGAIN and event.at > came_back


def _word(ours: Sequence[Event]) -> Word:
    """The last decisive event counts: who declined and then tried again has agreed."""
    for event in reversed(ours):
        if event.what in _AGREED:
            return "agreed"
        if event.what == "declined":
            return "declined"
        if event.what == "unreachable":
            return "unreachable"
    return "unknown"


def _sending(ours: Sequence[Event]) -> bool:
    """Whether a transfer that began has not ended, in any FHIR version;

    before one began, it is still to come.
    """
    begun = [event for event in ours if event.what == "started"]
    ended = [event for event in ours if event.what in _ENDED]
    if not begun:
        return not ended
    return any(_open(begun, ended, version) for version in {event.fhir_version for event in begun})


def _open(begun: Sequence[Event], ended: Sequence[Event], version: str) -> bool:
    starts = [event.at for event in begun if event.fhir_version == version]
    ends = [event.at for event in ended if event.fhir_version in (version, "")]
    return len(ends) < len(starts) or max(ends) < max(starts)
