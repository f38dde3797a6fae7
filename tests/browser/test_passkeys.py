"""Passkeys under our strict policy: made, used as the only step, and taken away again."""

import secrets

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.ages import grow_quiet
from tests.browser.person import Person
from tests.site import Site

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}

#: Whoever signed in longer ago than this is asked again who they are before the way to sign in changes.
_A_WHILE = 6 * 60  # seconds


def give_device(page: Page) -> None:
    """A device that says yes to every question about a passkey."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


def sign_out(page: Page, site: str) -> None:
    """By the page that asks first."""
    page.goto(site + "/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Make an account").first).to_be_visible()


def make_passkey(page: Page, site: str, password: str) -> None:
    """From the page about safer sign-in; the password is asked for once more on the way."""
    page.goto(site + "/accounts/2fa/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("A name you will know it by").fill("My blue phone")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_text("Your passkey is added.")).to_be_visible()


def confirm_by_passkey(page: Page) -> None:
    """Say once more who is there, without the password."""
    expect(page.get_by_role("heading", name="Confirm it is you")).to_be_visible()
    page.get_by_role("link", name="Use a passkey").click()
    page.get_by_role("button", name="Use a passkey").click()


@pytest.mark.rota(3)
def test_a_passkey_opens_the_account_alone_until_it_is_removed(context: BrowserContext, site: Site) -> None:
    email = f"passkey-{secrets.token_hex(4)}@example.org"
    person = Person(context, site.url, "Ada", "Quill", "2 March 1970", email)
    page = person.page
    give_device(page)
    person.sign_up()
    expect(page.get_by_label("First name")).to_be_visible()
    grow_quiet(site, _A_WHILE)
    make_passkey(page, site.url, person.password)
    assert person.faults_by_axe() == []

    sign_out(page, site.url)
    page.goto(site.url + "/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_label("First name")).to_be_visible()

    grow_quiet(site, _A_WHILE)
    page.goto(site.url + "/accounts/2fa/webauthn/")
    expect(page.get_by_text("My blue phone").first).to_be_visible()
    page.get_by_role("link", name="Remove").click()
    confirm_by_passkey(page)
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("You have no passkey yet.")).to_be_visible()
    assert person.troubles == []
