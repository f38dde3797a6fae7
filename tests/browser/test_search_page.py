"""1up's own search page in a frame, in a real browser: the handshake, and from a search to records."""

import re
import secrets
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.person import PATIENCE, Person
from tests.evidence import Witness, leaks, tokens_of
from tests.sandbox_process import Sandbox
from tests.site import Site

FRAME = """([address, origin, message]) => {
    const frame = document.body.appendChild(document.createElement("iframe"));
    frame.onload = () => {
        const {port1, port2} = new MessageChannel();
        frame.contentWindow.postMessage("", origin, [port2]);
        port1.postMessage(message);
    };
    frame.src = address;
}"""


@pytest.fixture
def sandbox(site: Site) -> Iterator[Sandbox]:
    """The sandbox, which knows an app at its own origin."""
    site.sandbox.app(site.sandbox.url + "/", "framing-app", "framing-secret")
    yield site.sandbox
    site.sandbox.switch(frame_key="string")


def framed(context: BrowserContext, sandbox: Sandbox, message: object, parent: str = "") -> Page:
    """A page of some app with the search page in a frame, to which it says a message."""
    page = context.new_page()
    page.goto(parent or sandbox.url)
    page.evaluate(FRAME, [f"{sandbox.search}/search", sandbox.url, message])
    return page


@pytest.mark.rota(3)
def test_a_place_picked_in_the_frame_brings_its_records(context: BrowserContext, site: Site):
    email = f"rosa.{secrets.token_hex(4)}@example.org"
    person = Person(context, site.url, "Rosa", "Delgado", "14 May 1968", email)
    person.sign_up()
    person.say_who_i_am()
    person.page.goto(site.url + "/connect/")
    person.follow("Search on 1upHealth")
    person.press("^Hand over the key")
    frame = person.page.frame_locator("#system-search-iframe")
    frame.get_by_label("Name, city or street").fill("harbor teaching", timeout=PATIENCE)
    frame.get_by_role("button", name="Search").click()
    expect(frame.get_by_role("button", name="Harbor Teaching")).to_be_visible(timeout=PATIENCE)
    assert person.faults_by_axe() == []
    tokens, pages = tokens_of(site), person.page.content()
    frame.get_by_role("button", name="Harbor Teaching").click()
    person.page.wait_for_url(re.compile("/place/4706/"))
    person.sign_in_there("rosa-demo")
    person.agree()
    person.page.get_by_role("link", name=re.compile("See how far it is|Show the records")).wait_for()
    if "/picked/" in person.page.url:
        person.follow("^See how far it is")
    person.wait_for_records()
    assert Witness(site, email).difference() == {}
    addresses = [*person.asked, *(each["path"] for each in site.sandbox.ledger())]
    assert len(tokens) >= 2
    assert leaks(tokens, "\n".join([pages, site.log(), *addresses]).encode()) == []
    assert person.troubles == []


@pytest.mark.parametrize("takes", ["string", "any"])
def test_which_key_the_page_takes(context: BrowserContext, sandbox: Sandbox, takes: str):
    sandbox.switch(frame_key=takes)
    fine, refused = "Search for the place", "jwt must be a string that is not empty"
    said = {"a-token": fine, "": refused}
    for jwt, words in [*said.items(), ({"access_token": "a-token"}, fine if takes == "any" else refused)]:
        page = framed(context, sandbox, {"jwt": jwt})
        expect(page.frame_locator("iframe").get_by_role("status")).to_contain_text(words)


def test_a_stranger_cannot_frame_the_page(context: BrowserContext, sandbox: Sandbox):
    stranger = sandbox.url.replace("127.0.0.1", "localhost")
    complaints: list[str] = []
    context.on("console", lambda said: complaints.append(said.text))
    page = framed(context, sandbox, {"jwt": "a-token"}, stranger)
    page.wait_for_timeout(500)
    assert page.frame_locator("iframe").get_by_role("status").count() == 0
    assert any("frame-ancestors" in each for each in complaints)


def test_the_page_says_what_failed(context: BrowserContext, sandbox: Sandbox):
    frame = framed(context, sandbox, {"jwt": "a-token-nobody-knows"}).frame_locator("iframe")
    frame.get_by_role("button", name="Search").click()
    expect(frame.get_by_role("status")).to_contain_text(
        "The search did not work: An error occurred when processing the access token. (401)"
    )
