"""Whatever a server sends, every reader gives a row that can be stored and shown."""

import copy
import json
from dataclasses import fields

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from records.fhir import kinds
from records.fhir.catalogue import BY_TYPE
from records.fhir.row import Fact, Head, Result, Row
from tests.unit.records.fhir.fhir_charts import CHARTS, resource

BOUNDS = {
    "title": 300,
    "value": 300,
    "search": 2000,
    "when": 80,
    "status": 80,
    "code": 300,
    "unit": 80,
    "category": 80,
}

MEMBERS = """
status code category valueQuantity component interpretation referenceRange effectiveDateTime text meta note
contained medicationReference dosageInstruction reaction participant class type period item total name address
content activity target performer onsetDateTime result vaccineCode substance extension modifierExtension
"""

junk = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from(
        ["", " ", "\x00", "\ud800", "a\x00b\udfff", "-1", "1e999", "2019-99-99", "9999-12-31T24:00:00+99:99"]
    ),
    st.text(max_size=30),
    st.just("x" * 20_000),
    st.sampled_from(
        [
            [],
            {},
            [None],
            [[]],
            [[[]]],
            [{}],
            {"coding": 7},
            {"coding": [None, 7, {"code": {}, "display": []}]},
        ]
    ),
    st.sampled_from(
        [{"reference": 7}, {"reference": "#"}, {"start": 7}, {"value": "a"}, {"value": [], "unit": {}}]
    ),
    st.just({"value": 10**400}),
    st.just([{"text": "n"}] * 400),
)


def places(value: object, path: tuple = ()) -> list[tuple]:
    """Every place inside a resource, as a path of keys and positions."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for key, one in inside for deeper in places(one, (*path, key)))]


def damaged(chart: str, data: st.DataObject) -> dict:
    """A chart with up to four places replaced, wrapped or removed."""
    broken = copy.deepcopy(resource(chart))
    for _ in range(data.draw(st.integers(1, 4))):
        path = data.draw(st.sampled_from(places(broken)[1:] or [("x",)]))
        parent = broken
        for step in path[:-1]:
            parent = parent[step]
        old = parent.pop(path[-1], None) if isinstance(parent, dict) else parent[path[-1]]
        match data.draw(st.sampled_from(["replace", "list", "object", "drop"])):
            case "replace":
                new = copy.deepcopy(data.draw(junk))  # what is drawn must not be damaged in its turn
            case "list":
                new = [old, copy.deepcopy(old)]
            case "object":
                new = {name: copy.deepcopy(old) for name in ("value", "text", "coding")}
            case _:
                continue
        parent[path[-1]] = new
    return broken


def texts(thing: object) -> list[str]:
    """Every text in a row."""
    if isinstance(thing, str):
        return [thing]
    if isinstance(thing, tuple):
        return [text for one in thing for text in texts(one)]
    if isinstance(thing, Row | Fact | Result):
        return [text for field in fields(thing) for text in texts(getattr(thing, field.name))]
    return []


def assert_fit_to_keep(row: Row) -> None:
    """What the database and the page rely on."""
    for name, value in row.head._asdict().items():
        assert isinstance(value, float | None) if name == "number" else isinstance(value, str | bool)
        assert len(value) <= BOUNDS.get(name, 40) if isinstance(value, str) else True
    for text in texts(row):
        assert "\x00" not in text
        text.encode()
        assert len(text) <= 210_000
    assert len(row.facts) <= 600 and len(row.results) <= 300
    assert all(fact.label and fact.value for fact in row.facts)
    assert all(len(fact.value) <= 10_000 + 600 and len(fact.label) <= 400 for fact in row.facts)
    assert row.head.number is None or abs(row.head.number) < 1e21


@pytest.mark.parametrize("chart", CHARTS)
@settings(max_examples=8, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_damaged_chart_still_reads(chart, data):
    broken = damaged(chart, data)
    assert kinds.kind_of(broken) in kinds.BY_SLUG.values()
    row = kinds.read(broken, "R4", {"Medication/amox": "\x00"})
    assert_fit_to_keep(row)
    assert row.head == kinds.head(broken, "R4", {"Medication/amox": "\x00"})
    assert all(isinstance(key, str) for key in kinds.references(broken))
    assert kinds.untitled(kinds.kind_of(broken), row.head)


@settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(["Observation", *BY_TYPE, "Basic", "", 7, None]),
    st.dictionaries(
        st.sampled_from(MEMBERS.split()),
        st.recursive(
            junk,
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        [
                            "coding",
                            "code",
                            "text",
                            "display",
                            "value",
                            "unit",
                            "reference",
                            "low",
                            "start",
                            "x",
                        ]
                    ),
                    inner,
                )
            ),
            max_leaves=6,
        ),
    ),
)
def test_a_resource_made_of_anything_still_reads(name, members):
    broken = {"resourceType": name, **members}
    assert kinds.kind_of(broken) in kinds.BY_SLUG.values()
    assert_fit_to_keep(kinds.read(broken, "DSTU2"))


@pytest.mark.parametrize("thing", [None, [], "x", 7, [{}]])
def test_what_is_no_resource_at_all_is_an_empty_row(thing):
    assert kinds.read(thing, "R4").head == Head()
    assert kinds.kind_of(thing).slug == "other"


def test_a_resource_nested_without_end_is_cut_not_followed():
    deep: dict = {"resourceType": "Basic"}
    inside = deep
    for _ in range(5000):
        inside["extra"] = {"more": {}}
        inside = inside["extra"]["more"]
    assert_fit_to_keep(kinds.read(deep, "R4"))
    assert kinds.references(deep) == ()


def test_a_panel_of_thousands_is_cut():
    panel = {"resourceType": "Observation", "component": [{"code": {"text": "x"}}] * 5000}
    assert len(kinds.read(panel, "R4").results) == 100


def test_the_damage_really_reaches_the_readers():
    """A guard: the places drawn from must hold what the readers read."""
    found = json.dumps([str(path) for path in places(resource("test-results/r4/hba1c"))])
    assert "valueQuantity" in found and "interpretation" in found
