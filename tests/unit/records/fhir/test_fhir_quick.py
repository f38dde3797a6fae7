"""The quick way to a head against the whole parse: the same for everybody made up, and for damage."""

import gzip
import json
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from records.fhir import digest, during, kinds, parsing, quick
from records.fhir.row import Head
from sandbox.patients.crowd import population
from tests.unit.records.fhir.fhir_charts import CHARTS, FOLDER

CORPUS = os.environ.get("CORPUS", "")
JUNK = (
    *(None, True, 7, -1.5, "", " x  y ", "7 %", "H", "a" * 600, "2019-02-30", "entered-in-error", "Ünï"),
    *([], {}, [None], [{}], {"text": "H", "coding": [{"code": "H", "display": "High"}]}, [{"code": "R"}]),
    *({"value": 3, "unit": "mg"}, {"value": "a" * 400}, {"reference": "#a", "display": " Dr  X "}, "\ud800"),
)


def slowly(raw: bytes) -> quick.Entry:
    """Kind, head and date of the whole resource."""
    resource = parsing.parse(raw)
    head = kinds.head(resource, "R4")
    return quick.Entry(
        kinds.kind_of(resource).slug, head._replace(when=""), head.when, during.visit(resource)
    )


def assert_equal_both_ways(raw: bytes) -> bool:
    """Whether there was a quick way; if so it has to be right."""
    name, _, problem = digest.identity(raw)
    found = None if problem else quick.entry(name, raw)
    assert found in (None, slowly(raw)), raw[:2000]
    return found is not None


def places(value: object, path: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    """Every place inside a resource."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield (*path, key)
        yield from places(inner, (*path, key))


def damaged(raw: bytes, dice: random.Random) -> bytes:
    """A resource with one to four places exchanged, wrapped or taken out."""
    broken = json.loads(raw)
    for _ in range(dice.choice((1, 1, 2, 4))):
        among = [one for one in places(broken) if one[0] not in ("resourceType", "id")]
        if not among:
            break
        *path, last = dice.choice(among)
        parent = broken
        for key in path:
            parent = parent[key]
        change = dice.randrange(4)
        if change == 0:
            del parent[last]
        else:
            parent[last] = [parent[last]] if change == 1 else json.loads(json.dumps(dice.choice(JUNK)))
    return json.dumps(broken, ensure_ascii=dice.random() < 0.5).encode("utf-8", "surrogatepass")


def test_generated_people_read_the_same_both_ways():
    people = list(population(3000, seed=11))
    quickly = sum(assert_equal_both_ways(raw) for raw in people)
    assert quickly > 0.9 * len(people)


def test_damaged_people_read_the_same_both_ways():
    dice = random.Random(3)
    for raw in population(1500, seed=12):
        assert_equal_both_ways(damaged(raw, dice))


@pytest.mark.parametrize("chart", CHARTS)
def test_charts_of_every_version_read_the_same_both_ways(chart):
    raw = (FOLDER / f"{chart}.json").read_bytes()
    dice = random.Random(chart)
    for one in (raw, *(damaged(raw, dice) for _ in range(6))):
        assert_equal_both_ways(one)


@pytest.mark.skipif(not CORPUS, reason="CORPUS names no folder of gzipped bundles")
def test_the_corpus_reads_the_same_both_ways():
    found = 0
    for path in sorted(Path(CORPUS).rglob("*.json.gz")):
        for entry in json.loads(gzip.decompress(path.read_bytes())).get("entry", []):
            raw = json.dumps(entry.get("resource")).encode()
            found += assert_equal_both_ways(raw)
    assert found > 100


LONG = {"code": {"text": "x" * 299}, "note": [{"text": "y " * 490}, {"text": "z " * 490}]}
TRICKY = (
    {"valueQuantity": {"value": 5, "unit": "mg"}, "code": {"text": "5 mg"}},
    {"valueQuantity": {"value": 5, "unit": "{a__b}c"}, "code": {"text": "Count"}},
    {"valueQuantity": {"value": "b" * 500}, "code": {"text": "Count"}},
    {"valueQuantity": {}, "valueString": "many", "code": {"text": "Count"}},
    {"valueString": "one", "valueCode": "two", "code": {"text": "Count"}},
    {"valueNobodyKnows": "one", "valueString": "two", "code": {"text": "Count"}},
    {"valueQuantity": {"value": 1}, "component": [{"code": {"text": "part"}, "valueInteger": 3}]},
    {"code": {"text": "Asthma"}, "note": [{"text": "Asthma"}, {"text": "asthma"}], "comment": "Asthma"},
    {"code": {"text": "Asthma"}, "meta": {"s\\u0065curity": [{"code": "R"}]}},
    {"code": {"text": "Asthma"}, "meta": {"security": [{"code": "R"}]}, "valueQuantity": {"value": 2}},
    LONG,
    {"code": {"text": "Asthma"}, "note": [{"text": "\ufdfa " * 120}, {"text": "q"}]},
    {"code": {"text": "x\u0301" * 149}, "note": [{"text": f"{letter}\u0301 " * 330} for letter in "xyz"]},
)


@pytest.mark.parametrize("members", TRICKY)
@pytest.mark.parametrize("name", ["Observation", "Condition", "DiagnosticReport", "Encounter"])
def test_what_might_tell_the_two_ways_apart_does_not(name, members):
    raw = json.dumps({"resourceType": name, "id": "x", **members}).replace("\\\\u", "\\u").encode()
    assert assert_equal_both_ways(raw)
    assert assert_equal_both_ways(raw), "and the same again, when it is remembered"


def test_what_a_head_is_read_from_is_known_to_the_quick_way():
    """A guard against a reader that begins to read a member which the quick way leaves out."""

    class Watched(dict):
        read: set[str] = set()

        def get(self, key, default=None):
            self.read.add(key)
            return super().get(key, default)

        def __getitem__(self, key):
            self.read.add(key)
            return super().__getitem__(key)

        def __contains__(self, key):
            self.read.add(key)
            return super().__contains__(key)

    for name, reader in kinds.READERS.items():
        if reader.when is not None:
            for chart in ({}, {"code": {"text": "x"}, "item": [{}], "valueQuantity": {"value": 1}}):
                kinds.head(Watched(chart, resourceType=name), "R4")
    read = {name for name in Watched.read if name[:5] not in ("value", "onset")}
    assert read - quick._EVERYTHING - quick._DATES == {"resourceType"}


def test_what_stands_once_in_the_world_is_not_remembered():
    quick._remembered.cache_clear()
    inside = {"contained": [{"resourceType": "Medication", "id": "m", "code": {"text": "Ointment of Rosa"}}]}
    note = {"note": [{"text": "Rosa was tired"}]}
    for members in (inside, note):
        raw = {"resourceType": "MedicationRequest", "id": "x", "medicationReference": {"reference": "#m"}}
        assert quick.entry("MedicationRequest", json.dumps({**raw, **members}).encode())
    assert quick._remembered.cache_info().currsize == 1  # the one of the second, without its note


def test_a_whole_parse_is_asked_for_where_the_quick_way_does_not_know():
    assert quick.entry("Patient", b'{"resourceType":"Patient","id":"x"}') is None
    assert quick.entry("Condition", b'{"resourceType":"Condition","code":{"text":"\\ud800"}}') is None
    assert quick.entry("Condition", b"[]") is None
    assert quick.entry("Condition", b"{}") == quick.Entry("conditions", Head(), "", "")
