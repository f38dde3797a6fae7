"""The generated directory: big, the same every time, with names that need their city to be told apart."""

import re
from collections import defaultdict

import pytest

from sandbox.charts import Chart, Login
from sandbox.directory import TYPES, Directory, build


@pytest.fixture(scope="module")
def directory() -> Directory:
    return build(10_000, 1, [])


def test_ten_thousand_places_with_ids_of_their_own(directory):
    places = directory.find()
    assert len(places) == len({place.id for place in places}) == 10_000


def test_the_same_seed_lists_the_same_places(directory):
    assert build(10_000, 1, []).find() == directory.find()
    assert build(10_000, 2, []).find() != directory.find()


def test_places_come_in_alphabetical_order(directory):
    names = [place.name.lower() for place in directory.find()]
    assert names == sorted(names)


def test_equal_names_stand_in_different_states(directory):
    states = defaultdict(set)
    for place in directory.find():
        states[place.name].add(place.state)
    assert sum(len(found) > 1 for found in states.values()) > 100


def test_brands_have_several_cities(directory):
    brands = defaultdict(set)
    for place in directory.find(kind="HealthSystem"):
        brand, _, city = place.name.partition(" - ")
        if city:
            brands[brand].add(city)
    assert max(len(cities) for cities in brands.values()) >= 5


@pytest.mark.parametrize("kind", TYPES)
def test_every_kind_of_place_is_there(directory, kind):
    found = directory.find(kind=kind)
    assert found
    assert {place.kind for place in found} == {kind}


def test_every_zip_has_five_digits(directory):
    assert all(re.fullmatch(r"\d{5}", place.zip) for place in directory.find())


def test_words_are_found_in_name_city_and_street_in_any_order(directory):
    assert [p.id for p in directory.find("hospital HARBOR teaching")] == [4706]
    assert [p.id for p in directory.find("pier rd portland")] == [4706]


def test_nothing_is_found_for_nonsense(directory):
    assert directory.find("zzyzx") == []


def test_a_zip_finds_its_places(directory):
    found = directory.find(zip_code="04101-2210")
    assert 4706 in {place.id for place in found}
    assert {place.zip for place in found} == {"04101"}


def test_a_place_that_only_a_sign_in_names_is_listed_too():
    chart = Chart(9001, "stu3", b"{}", [])
    places = build(
        50, 1, [Login(9001, "ada", "pw", "Ada", (chart,)), Login(9001, "bo", "pw", "Bo", (chart,))]
    )
    assert len(places) == 50
    assert places.get(9001).versions == ("stu3",)
