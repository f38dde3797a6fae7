"""Any number of invented people, with charts of any size, made piece by piece from a seed.

A chart of the crowd is visits of twenty resources each, eleven of them observations, in the proportions
of a busy American chart and about 2 KB a resource. Every resource depends on the seed and its position
alone, so a chart of 50,000 costs no memory until it is read, and reads the same every time.
"""

import hashlib
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import overload

from sandbox.charts import Chart, dump
from sandbox.fhir_store import FhirStore
from sandbox.patients.crowd_kinds import CAST, SLOTS
from sandbox.patients.crowd_moment import Moment
from sandbox.patients.crowd_words import CITIES, FAMILY_NAMES, FEMALE_NAMES, MALE_NAMES, STREETS
from sandbox.patients.parts import TEST_DATA, Part, coding, concept, narrative, term

SYSTEM = 4796
LAST_VISIT = date(2026, 11, 12)
_LONGEST_LIFE = 30 * 365  # days a chart reaches back at most
_USUAL_GAP = 45  # days between two visits, while they fit
_CHART_OF_THE_CROWD = 240  # resources of one person of the population


class Pages(Sequence[bytes]):
    """The resources of one chart beside its Patient, each made when it is asked for."""

    def __init__(self, patient: Part, count: int, seed: int) -> None:
        self._patient, self._count, self._seed = patient, count, seed
        visits = max(1, (count - len(CAST)) // len(SLOTS) + 1)
        self._gap = min(_USUAL_GAP, _LONGEST_LIFE / visits)

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> list[bytes]: ...
    def __getitem__(self, index: int | slice) -> bytes | list[bytes]:
        positions = range(self._count)[index]
        if isinstance(positions, range):
            return [self._page(position) for position in positions]
        return self._page(positions)

    def _page(self, position: int) -> bytes:
        rng = random.Random(self._seed * 1_000_003 + position)
        if position < len(CAST):
            kind, visit = CAST[position], 0
        else:
            visit, slot = divmod(position - len(CAST), len(SLOTS))
            kind = SLOTS[slot]
        day = LAST_VISIT - timedelta(days=int(visit * self._gap))
        moment = Moment(rng, self._patient, day, position, visit, self._id)
        return dump(kind(moment))

    def _id(self, position: int) -> str:
        return hashlib.sha256(f"{self._seed}/{position}".encode()).hexdigest()[:16]


def big_chart(
    count: int = 700, seed: int = 1, *, patient: Part | None = None, system_id: int = SYSTEM
) -> Chart:
    """A lazy R4 chart of `count` resources with its Patient, who is invented unless given."""
    person = patient or invented_patient(seed)
    return Chart(system_id, "r4", dump(person), Pages(person, count - 1, seed))


def population(count: int, seed: int = 1) -> Iterator[bytes]:
    """`count` resources of as many people as that takes, as the FHIR server would serve them.

    About 2 KB each, 55 % of them observations; ids never repeat.
    """
    return islice(_served_people(seed), count)


def invented_patient(seed: int) -> Part:
    """An R4 Patient: name, birth date, address and telephone made of the seed."""
    rng = random.Random(seed)
    gender = rng.choice(("female", "male"))
    given = rng.choice(FEMALE_NAMES if gender == "female" else MALE_NAMES)
    family = rng.choice(FAMILY_NAMES)
    born = date(1936, 1, 1) + timedelta(days=rng.randrange(70 * 365))
    return {
        "resourceType": "Patient",
        "id": hashlib.sha256(f"patient/{seed}".encode()).hexdigest()[:16],
        "meta": {"security": [TEST_DATA]},
        "text": narrative(f"{given} {family}, {gender}, born {born.isoformat()}"),
        "identifier": [
            {
                "use": "usual",
                "type": term("v2-0203", "MR", "Medical record number"),
                "system": "https://records.example/mrn",
                "value": f"{rng.randrange(10**8):08d}",
            }
        ],
        "active": True,
        "name": [{"use": "official", "family": family, "given": [given, rng.choice("ABCDEFGHJKLMNPRSTW")]}],
        "telecom": [
            {
                "system": "phone",
                "value": f"555-{rng.randrange(10_000):04d}",
                "use": rng.choice(("home", "mobile")),
            }
        ],
        "gender": gender,
        "birthDate": born.isoformat(),
        "address": [_address(rng, *rng.choice(CITIES))],
        "communication": [{"language": concept("English", coding("urn:ietf:bcp:47", "en"))}],
    }


def _address(rng: random.Random, city: str, state: str, postcode: str) -> Part:
    return {
        "use": "home",
        "line": [f"{rng.randrange(1, 400)} {rng.choice(STREETS)}"],
        "city": city,
        "state": state,
        "postalCode": postcode,
        "country": "US",
    }


def _served_people(seed: int) -> Iterator[bytes]:
    at = datetime(2026, 3, 4, 10, 15, tzinfo=UTC)
    number = 0
    while True:
        store = FhirStore("r4")
        chart = big_chart(_CHART_OF_THE_CROWD, seed * 10_007 + number)
        patient_id = store.ingest(
            number, chart, at=at + timedelta(seconds=61 * number, milliseconds=number % 997)
        )
        yield from store.everything(number, patient_id, count=_CHART_OF_THE_CROWD).entries
        number += 1
