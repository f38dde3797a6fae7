"""The directory of places: ten thousand generated ones and the few with a behaviour (docs/oneup.md, search).

Generated from a seed, so that every run lists the same places: brands with several cities, different places
of the
same name in different states, providers and payers.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from sandbox.charts import Login
from sandbox.directory_words import CITIES, FIRST, PAYERS, PROVIDERS, SOFTWARE, STREETS
from sandbox.special_places import FOR_FOLDERS, SPECIAL

_FIRST_GENERATED = 20001
_PAYER_SHARE = 0.08
HEALTH_SYSTEM, PAYER, PAYER_TO_PAYER = "HealthSystem", "PayerPatientAccess", "Payer2Payer"
TYPES = (HEALTH_SYSTEM, PAYER, PAYER_TO_PAYER)


@dataclass(frozen=True)
class Place:
    """One entry of the directory. `versions` are FHIR versions, the usual one first."""

    id: int
    name: str
    kind: str
    street: str
    city: str
    state: str
    zip: str
    versions: tuple[str, ...] = ("r4",)
    ehr: str = "Epic"
    behaviour: str = ""
    words: str = field(default="", repr=False)

    @property
    def address(self) -> str:
        """The address as one line, as System Search writes it."""
        return f"{self.street} {self.city} {self.state} {self.zip}"


class Directory:
    """All places, alphabetical."""

    def __init__(self, places: Iterable[Place]) -> None:
        searchable = (replace(p, words=f"{p.name} {p.address}".lower()) for p in places)
        self._places = sorted(searchable, key=lambda p: (p.name.lower(), p.id))
        self._by_id = {place.id: place for place in self._places}

    def __len__(self) -> int:
        return len(self._places)

    def get(self, system_id: int) -> Place | None:
        """One place by its id."""
        return self._by_id.get(system_id)

    def find(self, query: str = "", *, kind: str = "", zip_code: str = "") -> list[Place]:
        """Places whose name or address holds every word of the query, of one kind and ZIP if asked;
        alphabetical.
        """
        words = query.lower().split()
        return [
            place
            for place in self._places
            if (not kind or place.kind == kind)
            and (not zip_code or place.zip == zip_code[:5])
            and all(word in place.words for word in words)
        ]


def build(size: int, seed: int, logins: Sequence[Login]) -> Directory:
    """A directory of `size` places: the special ones, one for each place that only a login names, and
    generated ones.
    """
    signed_into = {login.system_id for login in logins}
    special = [Place(**entry) for entry in SPECIAL]
    special += [Place(**entry) for entry in FOR_FOLDERS if entry["id"] in signed_into]
    known = {place.id for place in special}
    special += [_place_of_login(login) for login in _first_of_each(logins) if login.system_id not in known]
    generated = _generated(random.Random(seed))
    return Directory([*special, *(next(generated) for _ in range(max(0, size - len(special))))])


def _first_of_each(logins: Sequence[Login]) -> Iterator[Login]:
    seen: set[int] = set()
    for login in logins:
        if login.system_id not in seen:
            seen.add(login.system_id)
            yield login


def _place_of_login(login: Login) -> Place:
    """A place nobody described: it exists because somebody can sign in there."""
    version = login.charts[0].fhir_version if login.charts else "r4"
    return Place(login.system_id, f"Place {login.system_id} (demo)", HEALTH_SYSTEM, "1 Sample Way",
                 "Portland", "ME", "04101", (version,))  # fmt: skip


def _generated(dice: random.Random) -> Iterator[Place]:
    numbers = count(_FIRST_GENERATED)
    while True:
        payer = dice.random() < _PAYER_SHARE
        yield from _payer(dice, numbers) if payer else _brand(dice, numbers)


def _brand(dice: random.Random, numbers: Iterator[int]) -> Iterator[Place]:
    """One brand: either one house, or several under names that tell their cities, or several under one bare
    name.
    """
    brand = f"{dice.choice(FIRST)} {dice.choice(PROVIDERS)}"
    cities = dice.sample(CITIES, dice.choice((1, 1, 1, 1, 2, 3, 5, 9)))
    bare, ehr = dice.random() < 0.35, dice.choice(SOFTWARE)
    for city in cities:
        name = brand if bare or len(cities) == 1 else f"{brand} - {city[0]}"
        yield _at(dice, city, Place(next(numbers), name, HEALTH_SYSTEM, "", "", "", "", _versions(dice), ehr))


def _payer(dice: random.Random, numbers: Iterator[int]) -> Iterator[Place]:
    """A payer, once for each state it works in, for patients and now and then for other payers."""
    brand = f"{dice.choice(FIRST)} {dice.choice(PAYERS)}"
    for city in dice.sample(CITIES, dice.choice((1, 1, 2, 4))):
        kind = PAYER_TO_PAYER if dice.random() < 0.2 else PAYER
        yield _at(dice, city, Place(next(numbers), brand, kind, "", "", "", "", ("r4",), ""))


def _at(dice: random.Random, city: tuple[str, ...], place: Place) -> Place:
    street = f"{dice.randint(1, 9800)} {dice.choice(STREETS)}"
    zip_code = f"{int(city[2]) + dice.choice((0, 0, 1, 2)):05d}"
    return replace(place, street=street, city=city[0], state=city[1], zip=zip_code)


def _versions(dice: random.Random) -> tuple[str, ...]:
    return dice.choice((("r4",), ("r4",), ("r4",), ("r4", "dstu2"), ("dstu2",), ("stu3",)))
