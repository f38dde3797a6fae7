"""Finding a place: words cleaned, the closest first, what was found once found again."""

import pytest
from django.core.cache import cache

from connect import directory
from connect.gateway import Place as Found
from connect.gateway import PlacePage
from connect.models import Place

pytestmark = pytest.mark.django_db


class Catalogue:
    """A directory of places that matches like 1up's:

    every word, in name or address, alphabetical, 20 a page.
    """

    name = "oneup"

    def __init__(self, *places: Found) -> None:
        self.places = sorted(places, key=lambda place: place.name)
        self.asked: list[str] = []

    def search_places(self, access: str, words: str, *, offset: int = 0, kind: str = "") -> PlacePage:
        self.asked.append(words)
        hits = [
            place
            for place in self.places
            if all(word in f"{place.name} {place.address}".lower() for word in words.lower().split())
        ]
        return PlacePage(tuple(hits[offset : offset + 20]), offset, len(hits) > offset + 20)

    def places_near(self, access: str, zip_code: str, *, offset: int = 0, kind: str = "") -> PlacePage:
        self.asked.append(f"zip {zip_code}")
        return PlacePage(tuple(each for each in self.places if zip_code in each.address), offset, False)


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.clear()


def place(key: str, name: str, address: str = "1 Pier Rd Portland ME 04101", **more: object) -> Found:
    return Found(**{"key": key, "name": name, "address": address, "city": "Portland", "state": "ME", **more})


def names(results: directory.Results) -> list[str]:
    return [each.name for each in results.places]


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("St. Mary's", "St Mary's"),
        ("St. Mary’s", "St Mary's"),
        ("  Mercy   Hospital ", "Mercy Hospital"),
        ("Clínica Núñez", "Clinica Nunez"),
        ("50% <off> & more; drop", "50 off more drop"),
        ("...", ""),
        (" 04101-2210 ", "04101-2210"),
        ("x" * 300, "x" * 100),
    ],
)
def test_words_are_cleaned_to_what_may_be_asked(typed, asked):
    assert directory.clean(typed) == asked


def test_st_marys_is_found_however_it_is_written():
    shelf = Catalogue(place("1", "Saint Mary's Hospital"), place("2", "Mercy"))
    assert names(directory.search(shelf, "t", "St. Mary's Hospital")) == ["Saint Mary's Hospital"]


def test_the_closest_names_come_first():
    shelf = Catalogue(
        place("1", "Allied Mercy Group"),
        place("2", "Mercy"),
        place("3", "Mercy Clinic"),
        place("4", "Bay Clinic", "9 Mercy Street Rogers AR 72756"),
    )
    assert names(directory.search(shelf, "t", "mercy")) == [
        "Mercy",
        "Mercy Clinic",
        "Allied Mercy Group",
        "Bay Clinic",
    ]


def test_a_name_with_its_town_is_found_and_so_is_a_zip():
    shelf = Catalogue(
        place("1", "Mercy"), place("2", "Mercy", "2 Elm St Rogers AR 72756", city="Rogers", state="AR")
    )
    assert [each.key for each in directory.search(shelf, "t", "Mercy Rogers").places] == ["2"]
    assert [each.key for each in directory.search(shelf, "t", "04101").places] == ["1"]
    assert shelf.asked[-1] == "zip 04101"


def test_one_wrong_word_still_leads_somewhere_and_says_so():
    shelf = Catalogue(place("1", "Riverside Medical"), place("2", "Riverside Eye Center"))
    found = directory.search(shelf, "t", "Riverside Eye Centre")
    assert names(found)[0] == "Riverside Eye Center"
    assert found.loose == "Riverside"
    assert not directory.search(shelf, "t", "Riverside").loose


def test_the_same_page_is_asked_for_once():
    shelf = Catalogue(place("1", "Mercy"))
    directory.search(shelf, "t", "mercy")
    again = directory.search(shelf, "t", "Mercy")
    assert names(again) == ["Mercy"]
    assert shelf.asked == ["mercy"]


def test_what_was_typed_is_not_kept_in_the_clear():
    shelf = Catalogue(place("1", "Mercy"))
    directory.search(shelf, "t", "mercy methadone clinic")
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select cache_key, value from portal_cache")
        assert "methadone" not in str(cursor.fetchall())


def test_pages_are_twenty_long_and_know_whether_there_is_more():
    shelf = Catalogue(*(place(str(n), f"Mercy {n:02}") for n in range(43)))
    assert (
        len(directory.search(shelf, "t", "mercy").places),
        directory.search(shelf, "t", "mercy").has_more,
    ) == (20, True)
    last = directory.search(shelf, "t", "mercy", offset=40)
    assert (len(last.places), last.end, last.has_more) == (3, 43, False)


def test_an_empty_later_page_does_not_go_looking_for_something_else():
    shelf = Catalogue(place("1", "Mercy Rogers"))
    found = directory.search(shelf, "t", "mercy rogers", offset=20)
    assert (names(found), shelf.asked) == ([], ["mercy rogers"])


def test_places_found_before_are_found_while_the_directory_is_down():
    directory.search(Catalogue(place("1", "Saint Mary's"), place("2", "Mercy", kind="plan")), "t", "")
    assert names(directory.remembered("oneup", "St. Mary’s Portland")) == ["Saint Mary's"]
    assert names(directory.remembered("oneup", "mercy", kind="provider")) == []
    assert names(directory.remembered("oneup", "")) == []


def test_a_place_seen_again_keeps_what_this_answer_leaves_out():
    directory.search(Catalogue(place("1", "Mercy", ehr="Epic", kind="provider")), "t", "mercy")
    cache.clear()
    directory.search(Catalogue(place("1", "Mercy Health", ehr="", kind="")), "t", "mercy")
    row = Place.objects.get()
    assert (row.name, row.ehr, row.kind) == ("Mercy Health", "Epic", "provider")


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Mercy Hospital (demo)", "MH"), ("mercy", "M"), ("3M Clinic", "C"), ("(demo)", "D")],
)
def test_a_place_without_a_logo_has_initials(name, initials):
    assert Place(name=name).initials == initials
