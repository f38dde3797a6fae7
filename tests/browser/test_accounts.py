"""A sign-in that grows quiet, and what a browser keeps of it, in a real one."""

import secrets
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.ages import grow_quiet
from tests.browser.person import Person
from tests.site import Site


@pytest.fixture
def person(context: BrowserContext, site: Site) -> Iterator[Person]:
    """Somebody who has just said who they are."""
    email = f"quiet-{secrets.token_hex(4)}@example.org"
    somebody = Person(context, site.url, "Ada", "Quill", "2 March 1970", email)
    somebody.sign_up()
    somebody.say_who_i_am()
    yield somebody
    assert somebody.troubles == []


def wake(page: Page) -> None:
    """Come back to the tab: the page asks how long is left."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_the_warning_comes_in_time_and_one_key_stays_signed_in(person: Person, site: Site) -> None:
    page = person.page
    page.goto(site.url + "/account/preferences/")
    page.get_by_label("Time zone").select_option("America/Denver")
    page.get_by_label("Time zone").focus()
    assert page.get_by_role("dialog").is_hidden()
    grow_quiet(site, 14 * 60)
    wake(page)
    expect(page.get_by_role("dialog", name="Are you still there?")).to_be_visible()
    assert person.faults_by_axe() == []
    with page.expect_response("**/account/clock/") as answer:
        page.keyboard.press("Enter")
    assert answer.value.json()["left"] > 14 * 60
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_label("Time zone")).to_be_focused()
    assert page.get_by_label("Time zone").input_value() == "America/Denver"


def test_a_page_left_open_is_left_when_its_time_is_over_and_signing_in_leads_back(
    person: Person, site: Site
) -> None:
    page = person.page
    page.goto(site.url + "/account/preferences/")
    grow_quiet(site, 16 * 60)
    wake(page)
    page.wait_for_url("**/accounts/login/?next=%2Faccount%2Fpreferences%2F")
    page.get_by_label("Email address").fill(person.email)
    page.get_by_label("Password", exact=True).fill(person.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(site.url + "/account/preferences/")


def test_an_open_tab_asks_without_keeping_the_sign_in_alive(person: Person, site: Site) -> None:
    page = person.page
    page.goto(site.url + "/account/")
    grow_quiet(site, 10 * 60)
    with page.expect_response("**/account/clock/") as first:
        wake(page)
    with page.expect_response("**/account/clock/") as second:
        wake(page)
    assert second.value.json()["left"] <= first.value.json()["left"] <= 5 * 60


def test_after_signing_out_the_back_button_shows_nothing(person: Person, site: Site) -> None:
    page = person.page
    for path in ("/account/", "/connect/places/", "/"):
        page.goto(site.url + path)
    expect(page.get_by_role("heading", name="Ada")).to_be_visible()
    page.get_by_role("navigation", name="Main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Make an account").first).to_be_visible()
    for _ in range(4):
        page.go_back(wait_until="load")
        page.wait_for_timeout(200)
        assert "Quill" not in page.content()
        assert person.email not in page.content()


@pytest.mark.rota(3)
def test_the_administration_works_under_our_policy(context: BrowserContext, site: Site) -> None:
    site.manage("seed_demo")
    page, said = context.new_page(), []
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(site.url + "/admin/portal/user/")
    page.get_by_label("Email address").fill("admin@example.org")
    page.get_by_label("Password", exact=True).fill("tributary demo 2026")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Code").fill(_code_now(context, site))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/admin/portal/user/")
    page.get_by_role("row").filter(has_text="staff@example.org").get_by_role("link").first.click()
    page.get_by_label("May sign in").uncheck()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    page.goto(site.url + "/admin/portal/deed/")
    assert page.locator("#result_list tbody tr").count() == 1
    for path in ("/admin/", "/admin/portal/patient/", "/admin/portal/agreement/"):
        page.goto(site.url + path)
        assert "Delgado" not in page.content()
    assert said == []


def _code_now(context: BrowserContext, site: Site) -> str:
    tab = context.new_page()
    tab.goto(site.url + "/demo/mail/")
    row = tab.get_by_role("listitem").filter(has_text="admin@example.org")
    code = row.locator(".code").last.inner_text()
    tab.close()
    return code
