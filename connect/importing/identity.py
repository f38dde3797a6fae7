"""Whether a Patient resource is about this patient: name and birth date must agree (decision 13 of the
house), and nothing else in it may speak against it.

Strict on purpose: a wrong yes shows somebody else's records, a wrong no asks one question. Nothing is ever
accepted for being similar, and a Patient's links to others (`Patient.link`) prove nothing: each agrees by
itself or is asked about.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from records.fhir import parsing
from records.fhir.elements import items, member

_SMALL_WORDS = frozenset(
    {"al", "bin", "da", "de", "del", "den", "der", "di", "do", "dos", "du"}
    | {"e", "el", "ibn", "la", "las", "le", "los", "van", "von", "y"}
)
#: What tells a father from a son of one name, whose charts are mixed up together with their birth dates.
_GENERATIONS = {
    "senior": "1", "sr": "1",
    "junior": "2", "jr": "2", "ii": "2", "2nd": "2",
    "iii": "3", "3rd": "3",
    "iv": "4", "4th": "4",
}  # fmt: skip
_TITLES = frozenset(
    {"dr", "miss", "mr", "mrs", "ms", "mx", "prof", "rev", "sir"} | {"dds", "esq", "md", "phd", "rn"}
)
#: Names that FHIR says are not, or not yet, somebody's own: nobody is recognised by them.
_NOBODYS = frozenset({"anonymous", "temp"})
_SEXES = frozenset({"male", "female"})

Part = Literal["name", "birth date", "name ending", "other"]


@dataclass(frozen=True, slots=True)
class Person:
    """One name a place has of somebody, and what else it says; each "" when it was not sent.

    `is_twin`: born with another. `is_doubtful`: the place itself says that this is nobody living, or a name
    that is nobody's own.
    """

    given: str
    family: str
    birth_date: str
    ending: str = ""  # "2" for Jr and II, "1" for Sr
    sex: str = ""  # male, female
    is_twin: bool = False
    is_doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """Who the patient is: as they told us, and of which sex their other places say they are."""

    given: str
    family: str
    birth_date: date
    sexes: frozenset[str] = frozenset()


def people(body: bytes) -> tuple[Person, ...]:
    """The names in a Patient resource; at least one, even when it says nothing. Never raises.

    Names of before count (FHIR's `old` and `maiden`, and any period that ended): who married had them.
    """
    resource = parsing.parse(body)
    found = tuple(_people(resource))
    return found or (_person(resource, "", "", []),)


def differences(person: Person, known: Known) -> tuple[Part, ...]:
    """In what a person at a place differs from the patient; nothing where they are the same.

    Case, accents, hyphens and titles do not count; a second first name may be missing or an initial, and so
    may one half of a double last name.
    """
    given, family, ending = _split(known.given, known.family)
    theirs = _words(person.given)
    same_given = theirs == given if person.is_twin else _same_given(theirs, given)
    same: tuple[tuple[Part, bool], ...] = (
        ("name", same_given and _same_family(_words(person.family), family)),
        ("birth date", person.birth_date == known.birth_date.isoformat()),
        ("name ending", person.ending == ending),
        ("other", not person.is_doubtful and not _another_sex(person, known)),
    )
    return tuple(part for part, agrees in same if not agrees)


def agrees(person: Person, known: Known) -> bool:
    """Whether this is the patient, without a question."""
    return not differences(person, known)


def may_ask(differs: Sequence[Part]) -> bool:
    """Whether there is anything to ask: who has neither the name nor the birth date is somebody else."""
    return not {"name", "birth date"} <= set(differs)


def _people(resource: Any) -> Iterator[Person]:
    """One for each name, and for a name people use without a last name, one with each last name."""
    names = [_parts(name) for name in items(resource.get("name"))]
    families = dict.fromkeys(family for _given, family, _name in names if family)
    for given, family, name in names:
        if given or family:
            yield _person(resource, given, family, [name])
        if given and not family and member(name, "use") == "nickname":
            for other in families:
                yield _person(resource, given, other, [name])


def _person(resource: Any, given: str, family: str, names: Sequence[Any]) -> Person:
    firsts, lasts, ending = _split(given, family)
    suffixes = [word for name in names for word in _words(_joined(member(name, "suffix")))]
    born = resource.get("birthDate")
    return Person(
        given=" ".join(firsts),
        family=" ".join(lasts),
        birth_date=born if isinstance(born, str) else "",
        ending=ending or "".join(_GENERATIONS[word] for word in suffixes if word in _GENERATIONS)[:1],
        sex=_sex(resource),
        is_twin=any(resource.get(said) for said in ("multipleBirthBoolean", "multipleBirthInteger")),
        is_doubtful=_has_died(resource) or any(str(member(name, "use")) in _NOBODYS for name in names),
    )


def _parts(name: Any) -> tuple[str, str, Any]:
    """First and last names; of a name that is only written out, those its writing tells."""
    given, family = _joined(member(name, "given")), _joined(member(name, "family"))
    text = member(name, "text")
    if given or family or not isinstance(text, str):
        return given, family, name
    if "," in text:
        family, given = text.split(",", 1)
        return given.strip(), family.strip(), name
    words = text.split()
    return " ".join(words[:-1]), " ".join(words[-1:]), name


def _sex(resource: Any) -> str:
    said = resource.get("gender")
    return said if isinstance(said, str) and said in _SEXES else ""


def _has_died(resource: Any) -> bool:
    """`deceased[x]`: whoever reads these pages lives. Records of somebody who died are asked about."""
    return resource.get("deceasedBoolean") is True or bool(resource.get("deceasedDateTime"))


def _another_sex(person: Person, known: Known) -> bool:
    return bool(person.sex and known.sexes) and person.sex not in known.sexes


def _joined(parts: object) -> str:
    """DSTU2 sends a list of last names, later versions one text."""
    return " ".join(part.strip() for part in items(parts) if isinstance(part, str) and part.strip())


def _words(name: str) -> list[str]:
    letters = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(each for each in letters if not unicodedata.combining(each) and each not in "'’`.")
    words = "".join(each if each.isalnum() else " " for each in plain).split()
    return [word for word in words if word not in _TITLES] or words


def _split(given: str, family: str) -> tuple[list[str], list[str], str]:
    """First names, last names, and which generation "Jr", "Sr" or "III" behind one of them says."""
    firsts, lasts = _words(given), _words(family)
    marks = [_GENERATIONS[word] for word in (*lasts[1:], *firsts[1:]) if word in _GENERATIONS]
    kept = [
        [*words[:1], *(word for word in words[1:] if word not in _GENERATIONS)] for words in (firsts, lasts)
    ]
    return kept[0], kept[1], "".join(marks[:1])


def _same_family(theirs: list[str], ours: list[str]) -> bool:
    if not theirs or not ours:
        return False
    if "".join(theirs) == "".join(ours):
        return True
    telling, also = set(theirs) - _SMALL_WORDS, set(ours) - _SMALL_WORDS
    return bool(telling and also) and (telling <= also or also <= telling)


def _same_given(theirs: list[str], ours: list[str]) -> bool:
    """The same first name, and no further one that speaks against it: twins may be María José and María Inés.

    One written in one word by one and in two by the other is the same.
    """
    if not theirs or not ours:
        return False
    if "".join(theirs) == "".join(ours):
        return True
    fewer, more = sorted((theirs[1:], ours[1:]), key=len)
    return theirs[0] == ours[0] and all(any(_is_short_for(a, b) for b in more) for a in fewer)


def _is_short_for(one: str, other: str) -> bool:
    return one == other or (1 in (len(one), len(other)) and one[0] == other[0])
