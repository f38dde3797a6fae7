"""Search results as cards: a brand's portals together, and how each place stands already."""

import re

import pytest

from connect.models import Connection, Place
from connect.services import found
from ground import scope
from tests.unit.connect.linked.people import scoped


def brands(page: str) -> list[str]:
    """The headings between the cards."""
    return re.findall(r"<h3>(.*?)</h3>", page)


def test_a_brands_portals_stand_together_each_with_its_town_and_portal(sandbox, rosa):
    page = rosa.finds("Fernwood")
    assert brands(page) == ["Fernwood Health"]
    assert "3 entries. Choose the one" in page
    for words in ("Epic, often called MyChart", "Cerner, often called HealtheLife", "portal by athenahealth"):
        assert words in page
    assert "20 Fern Way Bangor ME 04401" in page


def test_places_that_stand_alone_have_no_brand(sandbox, rosa):
    assert brands(rosa.finds("demo")) == []


def test_a_brand_is_gathered_from_wherever_its_places_stand(rosa):
    names = ("Fernwood Health", "Old Mill", "Fernwood Health - Bangor", "Pine", "fernwood HEALTH (Epic)")
    places = [Place(key=str(number), name=name) for number, name in enumerate(names)]
    with scope.open(rosa.viewer):
        groups = found.groups(places, rosa.patient.pk)
    told = [(each["brand"], [card["name"] for card in each["cards"]]) for each in groups]
    assert told == [
        ("Fernwood Health", [names[0], names[2], names[4]]),
        ("", [names[1], names[3]]),
    ]


@pytest.mark.parametrize(
    ("state", "words", "button"),
    [
        ("connected", "Already connected", "See how it stands"),
        ("collecting", "Checking", "See how it stands"),
        ("lapsed", "Sign in again", "Sign in again"),
        ("question", "Needs your answer", "Answer the question"),
        ("refused", "Not yours", "Connect"),
        ("ended", "Stopped", "Connect"),
    ],
)
def test_a_card_says_how_the_place_stands_already(linked, state, words, button):
    with scoped(linked.patient):
        Connection.objects.of(linked.patient).update(state=state, confirmed_at="2026-01-01T00:00Z")
    card = card_of(linked.finds("Harbor Teaching"))
    assert re.search(rf'<span class="tag \w+">{words}</span>', card)
    assert f">{button}<" in card


def test_a_card_says_that_somebody_left_and_did_not_come_back(sandbox, rosa):
    rosa.leaves_for("4706")
    card = card_of(rosa.finds("Harbor Teaching"))
    assert "Not confirmed" in card
    assert ">Connect<" in card
    assert "Did you finish there?" in rosa.browser.get("/connect/place/4706/").content.decode()


def test_a_new_place_has_no_mark(sandbox, rosa):
    assert "tag" not in card_of(rosa.finds("Harbor Teaching"))


def card_of(page: str) -> str:
    """The first card of a page of results."""
    return re.search(r'<li class="place">.*?</li>', page, re.S)[0]
