"""Our custom elements in a real browser, fed by hand: what they show, say and leave alone."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route

STATIC = Path(__file__).resolve().parents[2] / "static"
ORIGIN = "https://look.test"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "require-trusted-types-for 'script'"
)
PROGRESS = """<!doctype html><title>x</title><import-progress data-url="/state">
<p data-text>3 of 10</p><span role="status" data-say></span><progress value="3" max="10"></progress>
<a href="/here" data-link data-wait>Check again</a></import-progress><p data-so-far>See what came so far</p>
<script type="module" src="/static/js/import-progress.js"></script>"""
PASSKEY = """<!doctype html><title>x</title><form id="answer"><input type="hidden" name="credential"></form>
<passkey-button data-do="get" data-form="answer" data-options-url="/state" data-cancelled="closed"
 data-failed="failed" data-missing="missing"><button type="button" hidden>Use</button>
<p data-problem hidden></p></passkey-button><script type="module" src="/static/js/passkey.js"></script>"""

State = dict[str, Any]
Open = Callable[[str, list[tuple[int, State]]], Page]


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A fresh page whose clock we turn."""
    page = context.new_page()
    page.clock.install()
    return page


@pytest.fixture
def show(page: Page) -> Open:
    """Show this HTML under our policy; /state answers these in turn, the last one for ever."""

    def opened(html: str, states: list[tuple[int, State]]) -> Page:
        def answer(route: Route) -> None:
            path = route.request.url.removeprefix(ORIGIN)
            if path.startswith("/static/"):
                route.fulfill(path=STATIC / path.removeprefix("/static/"))
            elif path == "/state":
                status, state = states.pop(0) if len(states) > 1 else states[0]
                route.fulfill(status=status, content_type="application/json", body=json.dumps(state))
            else:
                route.fulfill(
                    content_type="text/html", body=html, headers={"Content-Security-Policy": POLICY}
                )

        page.route("**/*", answer)
        page.goto(ORIGIN)
        page.wait_for_function("document.querySelector(':defined') !== null")
        return page

    return opened


def after(page: Page, milliseconds: int) -> None:
    """Let this much time pass, and wait for the answer that it brings."""
    with page.expect_response("**/state"):
        page.clock.run_for(milliseconds)


def test_progress_moves_without_reloading(show: Open) -> None:
    page = show(PROGRESS, [(200, {"text": "8 of 10", "value": 8, "max": 10, "over": False})])
    after(page, 2100)
    page.get_by_text("8 of 10").first.wait_for()
    assert page.locator("progress").evaluate("bar => bar.value") == 8
    assert page.locator("[data-link]").is_hidden()


def test_progress_that_knows_no_total_shows_none(show: Open) -> None:
    page = show(PROGRESS, [(200, {"text": "8 so far", "value": 8, "max": None, "over": False})])
    after(page, 2100)
    page.get_by_text("8 so far").first.wait_for()
    assert page.locator("progress").evaluate("bar => bar.position") == -1


def test_the_end_is_spoken_and_leads_to_the_records(show: Open) -> None:
    end = {"text": "All 10 are here.", "over": True, "url": "/records/", "link_text": "Show them"}
    page = show(PROGRESS, [(200, end)])
    after(page, 2100)
    page.get_by_role("link", name="Show them").wait_for()
    assert page.get_by_role("link", name="Show them").get_attribute("href") == f"{ORIGIN}/records/"
    assert page.get_by_role("status").text_content() == "All 10 are here."
    assert page.locator("progress").count() == 0
    assert page.get_by_text("See what came so far").is_hidden()


def test_progress_leads_to_no_other_site(show: Open) -> None:
    end = {"text": "Done", "over": True, "url": "https://elsewhere.test/", "link_text": "Go"}
    page = show(PROGRESS, [(200, end)])
    after(page, 2100)
    page.get_by_role("link", name="Go").wait_for()
    assert page.get_by_role("link", name="Go").get_attribute("href") == "/here"


def test_words_are_shown_as_words_even_when_they_look_like_html(show: Open) -> None:
    page = show(PROGRESS, [(200, {"text": "<b>8</b>", "value": 8, "max": 10, "over": False})])
    after(page, 2100)
    page.get_by_text("<b>8</b>").first.wait_for()
    assert page.locator("b").count() == 0


def test_progress_gives_the_link_back_when_it_may_not_ask_any_more(show: Open) -> None:
    page = show(PROGRESS, [(403, {})])
    assert page.locator("[data-link]").is_hidden()
    after(page, 2100)
    page.get_by_role("link", name="Check again").wait_for()
    assert page.locator("[data-text]").text_content() == "3 of 10"


def test_progress_outlives_a_bad_answer(show: Open) -> None:
    page = show(PROGRESS, [(500, {}), (200, {"text": "9 of 10", "value": 9, "max": 10, "over": False})])
    after(page, 2100)
    page.wait_for_timeout(200)
    after(page, 4100)
    page.get_by_text("9 of 10").first.wait_for()


def test_a_passkey_that_cannot_be_asked_for_says_so_in_words(show: Open) -> None:
    page = show(PASSKEY, [(500, {})])
    page.get_by_role("button", name="Use").click()
    page.get_by_text("failed").wait_for()
    assert page.get_by_role("button", name="Use").is_enabled()


def test_a_browser_without_passkeys_shows_no_button(page: Page, show: Open) -> None:
    page.add_init_script("delete window.PublicKeyCredential")
    show(PASSKEY, [(200, {})])
    page.get_by_text("missing").wait_for()
    assert page.get_by_role("button", name="Use").is_hidden()
