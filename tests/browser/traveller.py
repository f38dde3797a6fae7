"""A person on the way to a place and back in a real browser, in the short steps that its ends are made of.

Signing up is not what is walked here, so it is done without the browser, which then gets the cookies.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Response, expect

from tests.browser.person import Person
from tests.journeys.visitor import Visitor

HARBOR, PRAIRIE, DENIES, NEVER_BACK, SLOW, TIMES_OUT = "4706", "4707", "4791", "4792", "4793", "4794"
_COME_BACK = "**/connect/return/**"


class Traveller:
    """Somebody with one browser. `status` is what the last page of the tab in front was answered with."""

    def __init__(self, chrome: Browser, visitor: Visitor) -> None:
        self.chrome, self.visitor, self.site = chrome, visitor, visitor.site
        self.status = 0
        self.person = Person(
            self._browser(), visitor.origin, visitor.given, visitor.family, visitor.born,
            visitor.email, visitor.password,
        )  # fmt: skip
        self.watch(self.person.page)

    @property
    def page(self) -> Page:
        """The tab in front."""
        return self.person.page

    @property
    def main(self) -> Locator:
        """The page's own part."""
        return self.page.get_by_role("main")

    @property
    def heading(self) -> str:
        """What the page says it is."""
        return self.page.locator("h1").inner_text()

    def watch(self, page: Page) -> None:
        """Bring a tab to the front."""
        page.on("response", self._note)
        self.person.page = page

    def go(self, address: str) -> None:
        """Type an address, or a path of the site."""
        self.page.goto(address if "//" in address else self.site.url + address)

    def press(self, words: str) -> None:
        """Press the first button, or follow the first link, whose words match."""
        self._named(words).click()
        self.page.wait_for_load_state()

    def leave_for(self, place: str) -> None:
        """From a place's own page to its sign-in."""
        self.go(f"/connect/place/{place}/")
        self.press("^Continue to their sign-in")
        self.press("^Go to")

    def sign_in_there(self, who: str = "Rosa") -> None:
        """Use the first sign-in of the pretend portal whose line has these words."""
        self.person.sign_in_there(who)

    def agree(self, *, allow: bool = True) -> None:
        """Allow or deny, and be sent back."""
        self.person.agree(allow=allow)

    def connect(self, place: str, who: str = "Rosa") -> None:
        """There and back."""
        self.leave_for(place)
        self.sign_in_there(who)
        self.agree()

    def held_back(self, *, allow: bool = True) -> str:
        """Decide, and lose the way back: the address that the browser was sent to and did not reach."""
        self.page.route(
            _COME_BACK, lambda route: route.fulfill(body="lost")
        )  # a failure is reloaded by itself
        with self.page.expect_request(_COME_BACK) as sent:
            self.person.press("^Allow" if allow else "^Deny")
        self.page.unroute(_COME_BACK)
        return str(sent.value.url)

    def until(self, words: str, *, seconds: float = 60) -> None:
        """Look again at this page until its own part has these words (a regular expression)."""

        def is_there() -> bool:
            if re.search(words, self.main.inner_text()):
                return True
            self.page.reload()
            return False

        self.site.until(is_there, seconds=seconds, what=lambda: f"{words!r} in {self.main.inner_text()}")

    def prove_who_i_am(self) -> None:
        """Type the password once more where it is asked for."""
        if self.heading == "Confirm it is you":
            self.page.get_by_label("Password").fill(self.visitor.password)
            self.press("^Confirm$")

    def sign_in(self) -> None:
        """On the sign-in page, with address and password."""
        self.page.get_by_label("Email address").fill(self.visitor.email)
        self.page.get_by_label("Password", exact=True).fill(self.visitor.password)
        self.main.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_load_state()

    def sign_out(self) -> None:
        """By the page that asks first."""
        self.go("/accounts/logout/")
        self.press("^Sign out")

    def take_the_cookies_of(self, other: Visitor) -> None:
        """Somebody else signs in to the site in this browser."""
        self.person.context.add_cookies(cookies_of(other))

    @contextmanager
    def another_tab(self) -> Iterator[Page]:
        """A second tab in front; the first one comes back at the end."""
        first = self.page
        self.watch(self.person.context.new_page())
        yield first
        self.person.page = first

    def change(self, column: str, table: str = "connect_importrun") -> None:
        """Set a column of this person's rows, as only time could."""
        self.site.change(f"update {table} set {column} where patient_id = {self.visitor.witness.patient}")

    def can_go_on_by(self, words: str) -> None:
        """There is a link or a button with these words, in plain sight."""
        expect(self._named(words)).to_be_visible()
        expect(self._named(words)).to_be_enabled()

    def _named(self, words: str) -> Locator:
        named: Any = {"name": re.compile(words)}
        return self.main.get_by_role("button", **named).or_(self.main.get_by_role("link", **named)).first

    def _note(self, response: Response) -> None:
        request = response.request
        if request.is_navigation_request() and request.frame == self.page.main_frame:
            self.status = response.status

    def _browser(self) -> BrowserContext:
        context = self.chrome.new_context(viewport={"width": 1280, "height": 900})
        context.add_cookies(cookies_of(self.visitor))
        return context


def cookies_of(visitor: Visitor) -> Any:
    """The cookies of somebody who signed up without the browser."""
    same: Any = {"domain": "localhost", "path": "/", "secure": True, "httpOnly": True}
    return [{**same, "name": each.name, "value": each.value} for each in visitor.http.cookies]
