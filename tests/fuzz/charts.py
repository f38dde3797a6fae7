"""Pages of charts: hostile resources between good ones, as a Bundle that a gateway would send."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from sandbox.patients import logins, population
from tests.fuzz.damage import Hostile, entry, hostile

VERSIONS = ("R4", "STU3", "DSTU2")
HOSTILE_ON_A_PAGE = 40
PAGES_OF_A_CHART = 25
_GIANT_EVERY = 900  # hostile resources; a page holds one giant at most


@dataclass(frozen=True)
class Page:
    """One page: its bytes, what is hostile in it, and the good ones by their exact bytes."""

    body: bytes
    hostiles: tuple[Hostile, ...]
    neighbours: tuple[bytes, ...]


@cache
def valid(version: str) -> Sequence[dict[str, Any]]:
    """Valid resources of a FHIR version: the sandbox's people, and a crowd beside them for R4."""
    charts = [
        chart for login in logins(big=10) for chart in login.charts if chart.fhir_version.upper() == version
    ]
    raws = [raw for chart in charts for raw in (chart.patient, *chart.resources)]
    crowd = population(600, seed=7) if version == "R4" else ()
    return [json.loads(raw) for raw in (*raws, *crowd)]


def pages(seed: int, numbers: range, version: str) -> Iterator[Page]:
    """Pages with the hostile resources of these numbers; each depends on the seed and its number alone."""
    waiting = iter(numbers)
    while some := list(islice(waiting, HOSTILE_ON_A_PAGE)):
        yield _page(seed, some, version)


def made(seed: int, number: int, version: str) -> Hostile:
    """The hostile resource of this number. Every tenth is made of another version than its chart's."""
    rng = random.Random(f"{seed}/{number}")
    told = version if rng.random() < 0.9 else rng.choice(VERSIONS)
    return hostile(rng, rng.choice(valid(told)), number, giant=number % _GIANT_EVERY == _GIANT_EVERY // 2)


def _page(seed: int, numbers: Sequence[int], version: str) -> Page:
    hostiles = tuple(made(seed, number, version) for number in numbers)
    goods = tuple(_neighbour(version, number) for number in (*numbers[::2], numbers[-1] + 10**9))
    entries: list[bytes] = []
    for place, one in enumerate(hostiles):
        entries += [entry(goods[place // 2])] if place % 2 == 0 else []
        entries += one.entries
    body = b'{"resourceType":"Bundle","type":"searchset","total":%d,"entry":[' % len(entries)
    return Page(body + b",".join((*entries, entry(goods[-1]))) + b"]}", hostiles, goods)


def _neighbour(version: str, number: int) -> bytes:
    """A good resource with a name of its own."""
    some = valid(version)
    return json.dumps({**some[number % len(some)], "id": f"n-{number}"}, separators=(",", ":")).encode()
