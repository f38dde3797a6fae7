"""What a resource of the crowd is made of: dice, a person, a day, a place in the chart."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sandbox.patients import crowd_words as words
from sandbox.patients.parts import Part, given

CAST_SIZE = 4  # a chart begins with the practice and its doctors
VISIT_SIZE = 20  # and goes on with visits of so many resources

_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"


@dataclass(frozen=True)
class Moment:
    """What a resource is made of: dice of its own, the person, the visit's day, its place in the chart."""

    rng: random.Random
    patient: Part
    day: date
    position: int
    visit: int
    id_at: Callable[[int], str]

    def start(self, resource_type: str, profile: str | None = None) -> Part:
        """Type, id, profile and the source's own identifier."""
        own = f"{self.rng.getrandbits(44):x}".upper()
        return given(
            resourceType=resource_type,
            id=self.id_at(self.position),
            meta={"profile": [_CORE + profile]} if profile else None,
            identifier=[{"use": "usual", "system": f"https://records.example/{resource_type}", "value": own}],
        )

    def me(self) -> Part:
        """The Patient, by name."""
        name = self.patient["name"][0]
        return {
            "reference": f"Patient/{self.patient['id']}",
            "display": f"{' '.join(name['given'])} {name['family']}",
        }

    def here(self) -> Part:
        """The visit this belongs to."""
        return {
            "reference": f"Encounter/{self.id_at(CAST_SIZE + self.visit * VISIT_SIZE)}",
            "display": "Visit",
        }

    def slot(self, number: int) -> str:
        """The id of an earlier resource of the same visit."""
        return self.id_at(CAST_SIZE + self.visit * VISIT_SIZE + number)

    def doctor(self) -> Part:
        """Who saw the person at this visit."""
        number = self.visit % len(words.DOCTORS)
        first, last, _ = words.DOCTORS[number]
        return {"reference": f"Practitioner/{self.id_at(1 + number)}", "display": f"{first} {last}, MD"}

    def place(self) -> Part:
        """The practice."""
        return {"reference": f"Organization/{self.id_at(0)}", "display": "Big River Medical Group"}

    def at(self, hour: int, minute: int = 0) -> str:
        """A time of the visit's day."""
        return f"{self.day.isoformat()}T{hour:02d}:{minute:02d}:{self.rng.randrange(60):02d}-05:00"


Kind = Callable[[Moment], dict[str, Any]]


def sentences(rng: random.Random, count: int) -> str:
    """So many sentences of a visit, each at most once."""
    figures = {
        "weight": rng.randrange(500, 1100) / 10,
        "change": rng.randrange(1, 25) / 10,
        "upper": rng.randrange(108, 168),
        "lower": rng.randrange(60, 98),
        "creatinine": rng.randrange(60, 190) / 100,
        "weeks": rng.randrange(2, 13),
        "points": rng.randrange(6, 11),
    }
    return " ".join(sentence.format(**figures) for sentence in rng.sample(words.SENTENCES, count))
