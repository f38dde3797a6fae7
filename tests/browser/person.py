"""A person at a browser: knows only what is on the screen. Every step goes by the words people read."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, Request, expect

from tests.site import password

SECONDS = 1000.0


@dataclass
class Person:
    """One person in one browser. `asked` collects every address the browser went to."""

    context: BrowserContext
    site: str
    given: str
    family: str
    born: str  # as the place's sign-in page writes it: "14 May 1968"
    email: str
    password: str = field(default_factory=password)
    asked: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        self.page = self.context.new_page()
        self.page.set_default_timeout(20 * SECONDS)
        self.page.on("request", self._note)
        self.page.on(
            "console", lambda said: self.troubles.append(said.text) if said.type == "error" else None
        )

    def _note(self, request: Request) -> None:
        self.asked.append(request.url)

    def sign_up(self) -> None:
        """From the front page to the page after the code."""
        self.page.goto(self.site + "/")
        self.page.get_by_role("link", name="Make an account").first.click()
        self.page.get_by_label("Email address").fill(self.email)
        self.page.get_by_label("Password", exact=True).fill(self.password)
        self.page.get_by_role("checkbox").check()
        self.page.get_by_role("button", name="Make my account").click()
        self.page.get_by_label("Code from the email").fill(self.code_from_mail())
        self.page.get_by_role("button", name="Go on").click()

    def code_from_mail(self) -> str:
        """The code, as read on the demo's mail page in another tab."""
        tab = self.context.new_page()
        tab.goto(self.site + "/demo/mail/")
        letter = tab.get_by_role("article").filter(has_text=self.email).first.inner_text()
        tab.close()
        found = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", letter, re.M)
        assert found, letter
        return found[1]

    def say_who_i_am(self) -> None:
        """Name and birth date."""
        born = datetime.strptime(self.born, "%d %B %Y")
        self.page.get_by_label("First name").fill(self.given)
        self.page.get_by_label("Last name").fill(self.family)
        self.page.get_by_label("Date of birth").fill(born.strftime("%Y-%m-%d"))
        self.page.get_by_role("button", name=re.compile("Continue")).click()

    def find(self, words: str) -> None:
        """Search for a place."""
        self.page.goto(self.site + "/connect/")
        self.page.get_by_label(re.compile("Name, city or ZIP")).fill(words)
        self.page.get_by_role("button", name="Search").click()

    def leave_for(self, place: str) -> None:
        """Choose a place from the results, read what happens, and go to its own sign-in page."""
        self.page.get_by_role("listitem").filter(has_text=place).first.get_by_role(
            "link", name="Connect"
        ).click()
        self.page.get_by_role("main").get_by_role(
            "button", name=re.compile("Continue|Connect|Go to")
        ).first.click()
        self.page.get_by_role("main").get_by_role(
            "link", name=re.compile("sign-in|Go to|Continue")
        ).first.click()

    def sign_in_there(self, who: str) -> None:
        """Use one of the sign-ins that the pretend portal lists; `who` is words of its line."""
        self.page.get_by_role("listitem").filter(has_text=who).first.get_by_role(
            "button", name="Use this sign-in"
        ).click()

    def agree(self, *, allow: bool = True) -> None:
        """Allow or deny; the place's page then sends the browser back."""
        self.page.get_by_role("button", name=re.compile("Allow" if allow else "Deny")).first.click()
        self.page.wait_for_url(self.site + "/**")

    def connect(self, place: str, who: str) -> None:
        """The whole hop, there and back."""
        self.find(place)
        self.leave_for(place)
        self.sign_in_there(who)
        self.agree()

    def wait_for_records(self, seconds: float = 60) -> None:
        """Stay on the progress page until it says that the records are here."""
        link = self.page.get_by_role("link", name=re.compile("(Show|See|Read|Open).*records"))
        expect(link.first).to_be_visible(timeout=seconds * SECONDS)
        link.first.click()

    def faults_by_axe(self) -> list[str]:
        """What axe calls serious or critical on the page as it stands."""
        found: list[Any] = Axe().run(self.page).response["violations"]
        return [
            f"{self.page.url}: {each['id']} {each['nodes'][0]['target']}"
            for each in found
            if each["impact"] in ("serious", "critical")
        ]
