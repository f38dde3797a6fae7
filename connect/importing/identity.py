"""Whether a Patient resource is about this patient: name and birth date must agree (decision 13 of the
house).

Strict on purpose: a wrong yes shows somebody else's records, a wrong no asks one question.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from records.fhir import parsing
from records.fhir.elements import items, member

_SMALL_WORDS = frozenset(
    {
        "al",
        "bin",
        "da",
        "de",
        "del",
        "den",
        "der",
        "di",
        "dos",
        "du",
        "el",
        "ibn",
        "la",
        "le",
        "los",
        "van",
        "von",
    }
    | {"y", "jr", "sr", "ii", "iii", "iv"}
)


Part = Literal["name", "birth date"]


@dataclass(frozen=True, slots=True)
class Person:
    """One name a place has of somebody, and the birth date as it was sent ("" when it was not)."""

    given: str
    family: str
    birth_date: str

    @property
    def name(self) -> str:
        """As people write it."""
        return f"{self.given} {self.family}".strip()


def people(body: bytes) -> tuple[Person, ...]:
    """The names in a Patient resource; at least one, even when it says nothing. Never raises."""
    resource = parsing.parse(body)
    born = resource.get("birthDate")
    birth_date = born if isinstance(born, str) else ""
    found = tuple(_people(resource, birth_date))
    return found or (Person("", "", birth_date),)


def differences(person: Person, *, given: str, family: str, birth_date: date) -> tuple[Part, ...]:
    """In what a person at a place differs from the patient: "name", "birth date", both or nothing.

    Case, accents and hyphens do not count; middle names and one half of a double last name may be missing.
    """
    same_name = _same_family(_words(person.family), _words(family)) and _same_given(
        _words(person.given), _words(given)
    )
    same_day = person.birth_date == birth_date.isoformat()
    parts: tuple[tuple[Part, bool], ...] = (("name", same_name), ("birth date", same_day))
    return tuple(part for part, same in parts if not same)


def agrees(person: Person, *, given: str, family: str, birth_date: date) -> bool:
    """Whether this is the patient: the same day of birth, the same first name and the same last name."""
    return not differences(person, given=given, family=family, birth_date=birth_date)


def _people(resource: Any, birth_date: str) -> Iterator[Person]:
    for name in items(resource.get("name")):
        given, family = _joined(member(name, "given")), _joined(member(name, "family"))
        if given or family:
            yield Person(given, family, birth_date)


def _joined(parts: object) -> str:
    """DSTU2 sends a list of last names, later versions one text."""
    return " ".join(part.strip() for part in items(parts) if isinstance(part, str) and part.strip())


def _words(name: str) -> list[str]:
    letters = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(each for each in letters if not unicodedata.combining(each) and each not in "'’`.")
    return "".join(each if each.isalnum() else " " for each in plain).split()


def _same_family(theirs: list[str], ours: list[str]) -> bool:
    if not theirs or not ours:
        return False
    if "".join(theirs) == "".join(ours):
        return True
    telling, also = set(theirs) - _SMALL_WORDS, set(ours) - _SMALL_WORDS
    return bool(telling and also) and (telling <= also or also <= telling)


def _same_given(theirs: list[str], ours: list[str]) -> bool:
    """The same first name, or the one used by us among the several they hold, and the other way round."""
    if not theirs or not ours:
        return False
    return theirs[0] == ours[0] or set(theirs) <= set(ours) or set(ours) <= set(theirs)
