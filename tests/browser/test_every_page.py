"""Every page of the site as axe sees it: nothing serious on any of them, for whoever may open it.

Pages are drawn by the site itself, with its headers and its own style, and opened in a real browser: a
eighteenth of them, another one each day (EVERY=1: all).
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client, override_settings
from playwright.sync_api import Browser, BrowserContext, Page

from ground import scope
from ground.viewer import job_viewer
from portal.models import User
from records import reading, services
from records.fhir.kinds import KINDS
from records.models import Record
from tests import factories as make
from tests.browser import axe
from tests.browser.watched import ORIGIN, ROOT, Watched
from tests.fuzz.polyglots import documents
from tests.house.site_rules import RULES
from tests.house.site_world import World, browser
from tests.rota import todays

KEY = ("kind", "origin_id", "resource_type", "fhir_id")


def form_of(document: dict[str, Any]) -> str:
    """What a document's file says it is."""
    return str(document["content"][0]["attachment"]["contentType"])


#: A document of each form that we show.
FORMS = ("text/html", "text/plain", "text/rtf", "text/xml", "application/pdf", "image/png", "application/zip")
FILES = [next(each for each in documents() if form_of(each) == form) for form in FORMS]
Pages = dict[str, tuple[int, dict[str, str], bytes]]


@pytest.fixture
def rosa(chrome: Browser, db: None) -> World:
    """Rosa, to whom a place sent one of everything."""
    rosa = World()
    some = [json.loads(path.read_text()) for path in sorted((ROOT / "tests/data/fhir").glob("*/r4/*.json"))]
    with scope.open(viewer := make.looking(rosa.patient, rosa.user)):
        services.mark_seen(viewer=viewer, number=reading.upto(viewer).number)
    make.records(rosa.patient, *some, *FILES, make.observation("o-1", value=7.0), source=rosa.source)
    return rosa


def drawn(client: Client, addresses: Iterable[str]) -> Pages:
    """What the site shows there, each page once: of several that lead to one, or to nothing, the first."""
    found: Pages = {}
    ends = set()
    for address in addresses:
        answer = client.get(address, follow=True)
        end = answer.redirect_chain[-1][0].partition("?")[0] if answer.redirect_chain else address
        end = "not found" if answer.status_code == 404 else end
        is_page = answer["Content-Type"].startswith("text/html") and not answer.streaming and answer.content
        if is_page and end not in ends:
            ends.add(end)
            headers = {name: value for name, value in answer.headers.items() if name != "Content-Length"}
            found[address] = (answer.status_code, headers, answer.content)
    return found


def staff() -> User:
    """An operator with a second factor."""
    user = make.user("staff@example.org", is_staff=True)
    Authenticator.objects.create(user=user, type="totp", data={})
    return user


def by_rule(rosa: World, *who: str) -> Iterator[str]:
    """Each address that these may open."""
    yield from (rosa.address(name, rule.args) for name, rule in RULES.items() if rule.who in who)


def of_records(rosa: World) -> Iterator[str]:
    """A record of each kind, some of the lists, which are all alike, and a file of each form."""
    with scope.open(job_viewer(rosa.patient.pk)):
        rows = Record.objects.filter(patient=rosa.patient).order_by("-kind", "-pk").values_list(*KEY)
        first = {row[0]: row for row in rows}
    yield from (f"/records/{kind.slug}/" for kind in KINDS[::4])
    yield from ("/".join(map(str, ("/records", *row, ""))) for row in first.values())
    yield "/records/visit/?on=2026-12-04&since=2001&" + "&".join(f"with={one}" for one in reading.TOPICS)
    start = f"/records/documents/{make.origin().pk}/DocumentReference"
    yield from (f"{start}/{each['id']}/file/0/" for each in FILES)


def serious(page: Page, pages: Pages) -> list[str]:
    """What axe calls serious or critical on any of them."""
    page.unroute_all()
    watched, found = Watched(page, pages), []
    for address in pages:
        page.goto(ORIGIN + address)
        found += [f"{address}: {each}" for each in axe.serious(page)]
    return found + watched.found


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_axe_finds_nothing_serious_on_any_page(rosa: World, context: BrowserContext) -> None:
    empty = make.user("empty@example.org")
    make.patient(empty, given="Ada", family="Empty")
    bare = [
        "/",
        "/records/",
        "/connect/places/",
        "/account/",
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
    ]
    hers = [*by_rule(rosa, "open", "signed in", "patient"), *of_records(rosa)]
    who = {
        "Rosa": (rosa.user, hers),
        "staff": (staff(), by_rule(rosa, "staff")),
        "nobody": (None, by_rule(rosa, "open")),
        "a newcomer": (make.user("newcomer@example.org"), ["/"]),
        "somebody without records": (empty, bare),
    }
    with override_settings(DEMO=True):
        seen = {name: drawn(browser(user), todays(paths, 18)) for name, (user, paths) in who.items()}
    page = context.new_page()
    found = [f"{name}, {fault}" for name, pages in seen.items() for fault in serious(page, pages)]
    print(f"\n{sum(map(len, seen.values()))} pages", end="")
    assert found == []
    assert len(hers) > 60


def test_axe_would_have_seen_it(context: BrowserContext) -> None:
    headers = {"Content-Type": "text/html"}
    pages = {"/": (200, headers, b"<!doctype html><html lang=en><title>x</title><input>")}
    assert [one for one in serious(context.new_page(), pages) if one.startswith("/: label")]


#: What a hand can press, and whether Tab came by. Of radio buttons with one name Tab leads to one.
PASSED = """
() => { window.passed = new Set(); addEventListener("focusin", event => {
    const one = event.target; passed.add(one); for (const each of one.labels || []) passed.add(each);
    if (one.type == "radio") document.getElementsByName(one.name).forEach(each => passed.add(each));
}); }
"""
PRESSABLE = """
() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, label[for]")]
    .filter(one => one.type != "hidden" && !one.disabled && one.checkVisibility({visibilityProperty: true}))
"""


def passed_by(page: Page) -> list[str]:
    """What can be pressed on the page and Tab does not lead to."""
    page.evaluate(PASSED)
    for _ in range(page.evaluate(f"({PRESSABLE})().length") + 2):
        page.keyboard.press("Tab")
    left = f"({PRESSABLE})().filter(one => !passed.has(one) && !(one.control && passed.has(one.control)))"
    return [str(each) for each in page.evaluate(f"{left}.map(one => one.outerHTML.slice(0, 120))")]


@pytest.mark.slow
@pytest.mark.rota(3)
def test_the_keyboard_reaches_everything_on_pages_of_records(rosa: World, context: BrowserContext) -> None:
    some = ("kind", "one", "trend", "search", "visit", "take")
    addresses = [rosa.address(name, RULES[name].args) for name in (f"records:{each}" for each in some)]
    pages = drawn(browser(rosa.user), addresses)
    assert len(pages) == len(addresses)
    page = context.new_page()
    Watched(page, pages)
    for address in pages:
        page.goto(ORIGIN + address)
        assert (address, passed_by(page)) == (address, [])


def test_what_the_keyboard_passes_by_would_have_been_seen(context: BrowserContext) -> None:
    page = context.new_page()
    page.set_content('<a href="#">x</a> <a href="#" tabindex="-1">lost</a> <label>A <input></label>')
    assert passed_by(page) == ['<a href="#" tabindex="-1">lost</a>']
