"""Several records of one fact, held against each other. Nothing is merged away: every record stays what it
is, and where the places differ on something that can be compared, that is said.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from records.fhir.stated import Stated, measure

EVENTS = frozenset({"dispense", "administration"})
"""Forms of medicine records that tell of one event: a fill that is over says nothing of the medicine."""

_CURRENT = "active recurrence relapse confirmed"
_OVER = "inactive resolved remission completed stopped ended cancelled canceled"
_NEVER = "refuted not-done not-taken not-to-be-done"
_PAUSED = "on-hold suspended"
_UNSURE = "unconfirmed provisional differential presumed"
_CLASSES = {
    word: number
    for number, words in enumerate((_CURRENT, _OVER, _NEVER, _PAUSED, _UNSURE))
    for word in words.split()
}
_STANDING = frozenset(f"{_CURRENT} {_PAUSED} {_UNSURE}".split()) | {"", "unknown", "draft", "intended"}


class Told(NamedTuple):
    """What one record tells: `at` for order alone, `form` and `status` as Head.category and Head.status."""

    place: str
    at: datetime
    form: str = ""
    status: str = ""
    stated: Stated = Stated()


class Difference(NamedTuple):
    """What places say differently. `about` is dose, strength, often, status, began or danger; `says` are
    (place, what it says) as in Stated or a status code, the newest first and each place once.
    """

    about: str
    says: tuple[tuple[str, str], ...]


Same = Callable[[str, str], bool]


def differences(told: Iterable[Told]) -> tuple[Difference, ...]:
    """On what the places differ. Each place speaks by its newest record, or by those of its newest day.

    A place never differs from itself: what it said before is its history.
    """
    voices = _voices([one for one in told if one.form not in EVENTS])
    standing = [one for one in voices if one.status in _STANDING]
    found = [
        _difference("dose", standing, lambda one: one.stated.dose, _same_amount),
        _difference("strength", standing, lambda one: one.stated.strength, _same_amount),
        _difference("often", standing, lambda one: one.stated.often, str.__eq__),
        _difference("status", voices, _comparable_status, _same_class),
        _difference("began", voices, lambda one: one.stated.began, _same_date),
        _difference("danger", voices, lambda one: _sure_danger(one.stated.danger), str.__eq__),
    ]
    said = {one.says: one for one in reversed(found) if one}  # a dose and a strength may say the same
    return tuple(one for one in found if one and said[one.says] is one)


def _voices(told: Sequence[Told]) -> list[Told]:
    """The newest day of each place, the newest place first."""
    newest: dict[str, datetime] = {}
    for one in told:
        newest[one.place] = max(newest.get(one.place, one.at), one.at)
    ordered = sorted(told, key=lambda one: one.at, reverse=True)
    return [one for one in ordered if one.at.date() == newest[one.place].date()]


def _difference(
    about: str, voices: Sequence[Told], what: Callable[[Told], str], same: Same
) -> Difference | None:
    """None where fewer than two places say it, or none of them differ.

    A place that says several things on one day (10 mg in the morning, 5 mg at night) says none of them alone.
    """
    says: dict[str, list[str]] = {}
    for one in voices:
        if what(one):
            says.setdefault(one.place, []).append(what(one))
    told = [(place, said[0]) for place, said in says.items() if all(same(said[0], one) for one in said)]
    differ = any(not same(a, b) for number, (_, a) in enumerate(told) for _, b in told[number + 1 :])
    return Difference(about, tuple(told)) if differ else None


def _comparable_status(one: Told) -> str:
    return one.status if one.status in _CLASSES else ""


def _same_class(one: str, other: str) -> bool:
    return _CLASSES[one] == _CLASSES[other]


def _same_amount(one: str, other: str) -> bool:
    """Whether two amounts are alike, or in units that we do not compare."""
    a, b = measure(one), measure(other)
    return a is None or b is None or a[1] != b[1] or a[0] == b[0]


def _same_date(one: str, other: str) -> bool:
    """To the precision that both have: "2019" and "2019-05" do not contradict each other."""
    length = min(len(one[:10]), len(other[:10]))
    return one[:length] == other[:length]


def _sure_danger(code: str) -> str:
    return {"crith": "high", "critl": "low"}.get(code, code if code in ("high", "low") else "")
