"""The main job as a stranger does it in a real browser: from no account to the original of a test result.

It is walked once with script and once without; what is asked of each walk stands in tests of its own.
"""

import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.person import PATIENCE, Person
from tests.evidence import Witness, leaks, tokens_of
from tests.site import Site

HARBOR = "Harbor Teaching Hospital"
_TOKEN = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")


@dataclass
class Walk:
    """A walk that is over."""

    person: Person
    seconds: float = 0.0  # without what the accessibility rules cost
    faults: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    was_live: bool = False
    ended_at: str = ""

    def look(self, person: Person) -> None:
        """Hold a page against the accessibility rules, as far as they can run."""
        began = time.monotonic()
        self.pages.append(urlsplit(person.page.url).path)
        if person.has_script:
            self.faults += person.faults_by_axe()
        self.seconds -= time.monotonic() - began


def somebody(context: BrowserContext, site: Site, *, has_script: bool = True) -> Person:
    """Rosa, with an address nobody had before."""
    email = f"rosa.{secrets.token_hex(4)}@example.org"
    return Person(context, site.url, "Rosa", "Delgado", "14 May 1968", email, has_script=has_script)


@pytest.fixture(scope="module", params=["with script", "without script"])
def walk(request: pytest.FixtureRequest, chrome: Browser, site: Site) -> Iterator[Walk]:
    """From sign-up to the original, by what a person sees."""
    has_script = request.param == "with script"
    size = {"width": 1200, "height": 900}
    context = chrome.new_context(viewport=size, java_script_enabled=has_script)
    done = Walk(somebody(context, site, has_script=has_script))
    done.person.look = done.look
    began = time.monotonic()
    the_main_job(done)
    done.seconds += time.monotonic() - began
    print(f"\nfrom no account to the original, {request.param}: {done.seconds:.1f} s")
    yield done
    context.close()


def the_main_job(walk: Walk) -> None:
    """Sign up, say who I am, connect Harbor, wait, read a test result and its original."""
    person = walk.person
    person.sign_up()
    person.say_who_i_am()
    person.find("Harbor")
    person.leave_for(HARBOR)
    person.sign_in_there("rosa-demo")
    person.agree()
    if person.has_script:
        person.page.evaluate("window.never_reloaded = true")
        expect(person.page.get_by_role("link", name="Show the records")).to_be_visible(timeout=PATIENCE)
        walk.was_live = person.page.evaluate("window.never_reloaded === true")
    person.wait_for_records()
    person.follow("^Test results")
    person.follow("Hemoglobin A1c")
    person.follow("See exactly what they sent")
    walk.look(person)
    walk.ended_at = person.page.get_by_role("main").inner_text()


def test_a_stranger_reads_exactly_what_the_place_sent(walk: Walk, site: Site):
    assert '"resourceType": "Observation"' in walk.ended_at
    assert "4548-4" in walk.ended_at
    assert Witness(site, walk.person.email).difference() == {}


def test_progress_moves_without_reloading(walk: Walk):
    assert walk.was_live is walk.person.has_script


def test_no_page_on_the_way_breaks_a_serious_rule_of_accessibility(walk: Walk):
    assert len(set(walk.pages)) >= 12
    assert walk.faults == []


def test_the_browser_had_nothing_to_complain_about(walk: Walk):
    assert walk.person.troubles == []


def test_the_browser_asked_nobody_but_the_portal_and_the_place(walk: Walk, site: Site):
    asked = {urlsplit(address)[:2] for address in walk.person.asked}
    assert asked == {urlsplit(site.url)[:2], urlsplit(site.sandbox.url)[:2]}


def test_no_token_was_in_any_address(walk: Walk, site: Site):
    tokens = tokens_of(site)
    assert len(tokens) >= 2
    addresses = [*walk.person.asked, *(each["path"] for each in site.sandbox.ledger())]
    assert leaks(tokens, "\n".join(addresses).encode()) == []
    assert [address for address in addresses if _TOKEN.search(address)] == []
    assert not any(each["token_in_url"] for each in site.sandbox.ledger())


@pytest.mark.rota(3)
def test_the_main_job_is_done_with_the_keyboard_alone(context: BrowserContext, site: Site):
    person = somebody(context, site)
    page = person.page
    page.goto(site.url + "/")
    page.keyboard.press("Tab")
    assert focused(person) == "Skip to content"
    enter(person, "^Make an account")
    sign_up_by_keyboard(person)
    write(person, "Name, city or ZIP", "Harbor")
    enter(person, "^Search")
    for words in (f"Connect {HARBOR}", "Continue to their sign-in", "Go to", "Use this sign-in", "Allow"):
        enter(person, f"^{words}")
    page.wait_for_url(site.url + "/connect/progress/**")
    expect(page.get_by_role("link", name="Show the records")).to_be_visible(timeout=2 * PATIENCE)
    for words in ("^Show the records", "^Test results", "^Hemoglobin A1c", "^See exactly what they sent"):
        enter(person, words)
    assert '"resourceType": "Observation"' in page.get_by_role("main").inner_text()
    assert person.troubles == []


def sign_up_by_keyboard(person: Person) -> None:
    """From the sign-up page to the page that asks for the first place."""
    write(person, "^Email address", person.email)
    write(person, "^Password", person.password)
    reach(person, "I agree")
    person.page.keyboard.press("Space")
    enter(person, "^Make my account")
    write(person, "^Code from the email", person.code_from_mail())
    enter(person, "^Go on")
    write(person, "^First name", person.given)
    write(person, "^Last name", person.family)
    write(person, "^Date of birth", "05141968")
    enter(person, "^Continue")


def write(person: Person, field: str, words: str) -> None:
    """Type into a field that Tab leads to."""
    reach(person, field)
    person.page.keyboard.type(words)


def enter(person: Person, words: str) -> None:
    """Press Enter on what Tab leads to, which opens another page."""
    reach(person, words)
    with person.page.expect_navigation():
        person.page.keyboard.press("Enter")


def focused(person: Person) -> str:
    """What has the focus, in the words that name it."""
    return str(person.page.evaluate("""() => {
        const at = document.activeElement;
        if (at === document.body) return "";
        return (at.ariaLabel || at.labels?.[0]?.innerText || at.innerText || "").trim().replace(/\\s+/g, " ");
    }"""))  # fmt: skip


def reach(person: Person, words: str) -> None:
    """Press Tab until something with these words has the focus, which on our own pages is plain to see."""
    for _ in range(80):
        if re.search(words, focused(person)):
            break
        person.page.keyboard.press("Tab")
    assert re.search(words, focused(person)), f"no Tab leads to {words!r} on {person.page.url}"
    if person.page.url.startswith(person.site):
        ring = person.page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
        assert ring >= 2, f"nobody sees that {words!r} has the focus"
