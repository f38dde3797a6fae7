"""What a reader did not ask for, so that nothing a place sent is passed over in silence.

A reader gets the resource in objects that remember which of their members were asked for. What is left over
is laid out by the generic reader at the end of the page, and codes that were not shown go to the other codes.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from records.fhir.elements import code, code_words, words
from records.fhir.facts import said
from records.fhir.generic import CODING, NOT_FOR_READING, laid_out
from records.fhir.references import Known
from records.fhir.row import Fact, Resource
from records.fhir.row import gettext_noop as _
from records.fhir.wording import NO

_DEPTH = 24  # of nested objects; what lies deeper is damage and is not looked at
_CODES = 60
_STATUSES = ("status", "clinicalStatus")
_SHORT = 4  # letters; a shorter text stands among others by chance


class Watched(dict[str, object]):
    """A JSON object that remembers which members it was asked for."""

    __slots__ = ("asked",)

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.asked: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        """As a dict's, and remembered."""
        self.asked.add(name)
        return super().get(name, default)

    def __getitem__(self, name: str) -> Any:
        """As a dict's, and remembered."""
        self.asked.add(name)
        return super().__getitem__(name)


def watched(resource: Resource) -> Watched:
    """A copy whose objects remember, to a bounded depth."""
    return Watched({name: _watched(inside, 1) for name, inside in resource.items()})


def _watched(value: object, depth: int) -> object:
    if depth > _DEPTH:
        return value
    if isinstance(value, dict):
        return Watched({name: _watched(inside, depth + 1) for name, inside in value.items()})
    return [_watched(inside, depth + 1) for inside in value] if isinstance(value, list) else value


def left_over(resource: Watched, known: Known, title: str, shown: Sequence[Fact]) -> list[Fact]:
    """Facts for what nobody asked for and neither the title nor a fact in `shown` says already."""
    told = {title.casefold(), *(fact.value.casefold() for fact in shown)}
    there = {text for fact in shown if fact.kind == "code" for text in fact.value.split(", ")}
    rest, codes = _rest(resource), dict.fromkeys(_codes(resource, 0))
    # A status that another member overrules ("refuted", "not done") is shown last, to mislead nobody.
    overruled = [
        said(_("Status as sent"), code(rest.pop(name)), quiet=True) for name in _STATUSES if name in rest
    ]
    return [
        *(fact for fact in overruled if fact is not None),
        *(fact for fact in laid_out(rest, known) if _is_news(fact, told)),
        *[_a_code(text) for text in codes if not there >= _each(text)][:_CODES],
    ]


def _is_news(fact: Fact, told: set[str]) -> bool:
    """That something is not so is no news: a page that says nothing of it says the same."""
    if fact.ours and fact.value == NO:
        return False
    return len(fact.value) < _SHORT or fact.value.casefold() not in told


def _each(text: str) -> set[str]:
    """The codes of "Laboratory: LAB, LP1"."""
    return set(text.rpartition(": ")[2].split(", "))


def _a_code(text: str) -> Fact:
    return Fact(_("Code"), text, kind="code", quiet=True)


def _rest(value: Watched) -> Resource:
    """The object with only those members that nobody asked for, at any depth."""
    found: Resource = {}
    for name, inside in value.items():
        if name in NOT_FOR_READING or name.endswith("Sequence"):
            continue
        if name not in value.asked:
            found[name] = inside
        elif (left := _rest_of(inside)) is not None:
            found[name] = left
    if found and isinstance(url := dict(value).get("url"), str):
        found["url"] = url  # not to be read, but an extension is called by it
    return found


def _rest_of(value: object) -> object:
    """What is left of something that was asked for; in a list, each keeps its place."""
    if isinstance(value, Watched):
        return None if value.asked and _is_concept(value) else _rest(value) or None
    if isinstance(value, list):
        left = [_rest_of(inside) for inside in value]
        return [{} if one is None else one for one in left] if any(one is not None for one in left) else None
    return None


def _is_concept(value: Resource) -> bool:
    """Whether an object is a concept, or a coding by itself: its words were shown, its code follows."""
    return "coding" in value or ("code" in value and value.keys() <= CODING)


def _codes(value: object, depth: int) -> Iterator[str]:
    """ "Laboratory: LAB" for every concept whose words were shown and whose codes were not."""
    if isinstance(value, list):
        for inside in value:
            yield from _codes(inside, depth + 1)
    elif isinstance(value, Watched) and depth <= _DEPTH:
        if value.asked and _is_concept(value) and (codes := code_words(dict(value))):
            called = words(dict(value))
            if called and _plain(called) != _plain(codes):
                yield f"{called}: {codes}"
        for name, inside in value.items():
            if name in value.asked and name not in NOT_FOR_READING:
                yield from _codes(inside, depth + 1)


def _plain(text: str) -> str:
    """ "Social History" and "social-history" are the same word twice."""
    return text.casefold().replace("-", " ").replace("_", " ")
