"""Each end of the way to a place and back, in a real browser: a page that says what is, and the next step.

With SHOTS=folder a picture of each is kept there, as wide as a phone and as wide as a desk.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.ends import WALKS, End, Walk
from tests.browser.traveller import Traveller
from tests.journeys.visitor import Visitor
from tests.site import Site

SHOTS = os.environ.get("SHOTS", "")
WIDTHS = {"phone": 360, "desk": 1280}


@pytest.fixture(scope="module")
def places(site: Site) -> None:
    """Somebody searched for the places before: whoever comes by can open their pages."""
    visitor = Visitor(site).sign_up()
    for words in ("demo", "Prairie demo"):
        visitor.find(words)


@pytest.fixture
def behaving(site: Site, places: None) -> Iterator[Site]:
    """The site, with a sandbox that does what it should before and after."""
    site.sandbox.heal()
    yield site
    site.sandbox.heal()
    site.sandbox.switch(refused_types={})


def fits(one: Traveller) -> bool:
    """Whether the page stays inside a phone's width."""
    one.page.set_viewport_size({"width": WIDTHS["phone"], "height": 800})
    wide = int(one.page.evaluate("document.documentElement.scrollWidth"))
    one.page.set_viewport_size({"width": WIDTHS["desk"], "height": 900})
    return wide <= WIDTHS["phone"]


def picture(one: Traveller, name: str) -> None:
    """Keep how it looks, where somebody wants to look."""
    for word, width in WIDTHS.items() if SHOTS else ():
        one.page.set_viewport_size({"width": width, "height": 900})
        one.page.screenshot(path=Path(SHOTS) / f"{name}-{word}.png", full_page=True)


@pytest.mark.rota(6)
@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.__name__.replace("_", " "))
def test_every_end_says_what_is_and_what_to_do(chrome: Browser, behaving: Site, walk: Walk):
    one = Traveller(chrome, Visitor(behaving, *WALKS[walk]).sign_up())
    try:
        for end in walk(one):
            picture(one, end.name.replace(" ", "-").replace(",", ""))
            assert (end.name, shows(one, end)) == (end.name, [])
            leads_on(one, end)
    finally:
        one.person.context.close()


def shows(one: Traveller, end: End) -> list[str]:
    """What is wrong with the page that the person sees, for the eye and for axe."""
    said = one.main.inner_text()
    return [
        *([] if one.status == end.status else [f"answered with {one.status}"]),
        *([] if re.search(end.heading, one.heading) else [f"is headed {one.heading}"]),
        *([] if re.search(end.says, said) else [f"says {said}"]),
        *([] if fits(one) else ["is wider than a phone"]),
        *one.person.faults_by_axe(),
    ]


def leads_on(one: Traveller, end: End) -> None:
    """The next step can be pressed, and opens what it says."""
    one.site.sandbox.heal()
    one.can_go_on_by(end.way_on)
    if end.leads_to:
        one.press(end.way_on)
        assert (end.name, one.status) == (end.name, 200)
        assert re.search(end.leads_to, one.heading), (end.name, one.heading)
