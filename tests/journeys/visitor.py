"""A person who goes through the site with a plain browser; every step goes by words on the screen."""

import re
import secrets
from collections.abc import Callable
from datetime import datetime

from tests.evidence import Witness
from tests.journeys.plain import Page, Plain
from tests.site import Site, password

HARBOR, PRAIRIE, BIG = "Harbor Teaching Hospital", "Prairie Clinics", "Big Chart"


class Visitor(Plain):
    """One person with one browser. Rosa unless told otherwise; the address is new each time."""

    def __init__(
        self, site: Site, given: str = "Rosa", family: str = "Delgado", born: str = "14 May 1968"
    ) -> None:
        super().__init__(site.url)
        self.site, self.given, self.family, self.born = site, given, family, born
        self.email = f"{given.lower()}.{secrets.token_hex(4)}@example.org"
        self.password = password()
        self.witness = Witness(site, self.email)

    def sign_up(self) -> "Visitor":
        """From the front page to the page that asks for the first place."""
        self.go("/")
        self.follow("Make an account")
        self.press(
            "Make my account",
            {"Email address": self.email, "^Password": self.password},
            tick=("I agree",),
        )
        self.press("Go on", {"Code from the email": self.code_from_mail()})
        born = datetime.strptime(self.born, "%d %B %Y").strftime("%Y-%m-%d")
        who = {"First name": self.given, "Last name": self.family, "Date of birth": born}
        self.press("Continue", who)
        return self

    def code_from_mail(self) -> str:
        """The code, as read on the demo's mail page in another tab."""
        letters = self.http.get(f"{self.origin}/demo/mail/", timeout=60).text.split("<article")
        mine = [letter for letter in letters if self.email in letter]
        assert mine, f"no mail: {self.page.text[:1500]}"
        return re.search(r">\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*<", mine[0])[1]

    def sign_in(self) -> Page:
        """With address and password."""
        self.go("/accounts/login/")
        return self.press("Sign in", {"Email": self.email, "^Password": self.password})

    def prove_who_i_am(self) -> Page:
        """Type the password once more where it is asked for."""
        if "Confirm it is you" in self.page.text:
            self.press("^Confirm$", {"Password": self.password})
        return self.page

    def sign_out(self) -> Page:
        """By the page that asks first."""
        self.go("/accounts/logout/")
        return self.press("Sign out")

    def find(self, words: str) -> Page:
        """Search for a place."""
        self.go("/connect/")
        return self.press("Search", {"Name, city or ZIP": words})

    def leave_for(self, place: str) -> Page:
        """Find a place, read what will happen, and go to its own sign-in page."""
        self.find(place)
        self.follow(f"^(Connect|Sign in again|See how it stands) {place}")
        self.press("Continue to their sign-in")
        return self.follow("^Go to")

    def sign_in_there(self, who: str = "") -> Page:
        """Use one of the sign-ins that the pretend portal lists."""
        return self.press(f"Use this sign-in: {who or self.given}")

    def agree(self, *, allow: bool = True) -> Page:
        """Allow or deny, and go back with the last page's link."""
        self.press("^Allow" if allow else "^Deny")
        return self.follow("Back to the app")

    def connect(self, place: str = HARBOR, who: str = "") -> Page:
        """The whole hop, there and back; the page is how far the import is."""
        self.leave_for(place)
        self.sign_in_there(who)
        return self.agree()

    def wait_until(self, words: str, *, seconds: float = 90) -> Page:
        """Look again at this page until it has these words (a regular expression)."""
        here = self.page.url

        def there() -> Page | None:
            was_over = self.witness.is_over()
            page = self.go(here)
            if re.search(words, page.text):
                return page
            assert not was_over, f"the import ended without {words!r}: {page.text[:1500]}"
            return None

        return self.site.until(there, seconds=seconds, what=lambda: f"{words!r} in {self.page.text[:1500]}")

    def wait_for_records(self, *, seconds: float = 120) -> Page:
        """Until the progress page says that they are here."""
        return self.wait_until("Your records are here", seconds=seconds)


Come = Callable[..., Visitor]
