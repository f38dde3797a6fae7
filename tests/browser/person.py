"""A person at a browser: knows only what is on the screen. Every step goes by the words people read."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

from tests.browser import axe
from tests.site import password

SECONDS = 1000.0
PATIENCE = 60 * SECONDS  # the machine may do other things as well

Look = Callable[["Person"], None]


@dataclass
class Person:
    """One person in one browser. `asked` collects every address the browser went to, in any tab.

    `look` is called on each page before it is left; `has_script` says whether the browser runs scripts.
    """

    context: BrowserContext
    site: str
    given: str
    family: str
    born: str  # as the place's sign-in page writes it: "14 May 1968"
    email: str
    password: str = field(default_factory=password)
    has_script: bool = True
    look: Look | None = None
    asked: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        self.context.set_default_timeout(PATIENCE)
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.context.on("console", self._note)
        self.context.on("weberror", lambda trouble: self.troubles.append(str(trouble.error)))
        self.page = self.context.new_page()

    def press(self, words: str) -> None:
        """Press the first button of the page's own part that says so (a regular expression)."""
        self._leave_by(self._own().get_by_role("button", name=re.compile(words)).first)

    def follow(self, words: str) -> None:
        """Click the first link of the page's own part that says so (a regular expression)."""
        self._leave_by(self._own().get_by_role("link", name=re.compile(words)).first)

    def sign_up(self) -> None:
        """From the front page to the page after the code."""
        self.page.goto(self.site + "/")
        self.follow("Make an account")
        self.page.get_by_label("Email address").fill(self.email)
        self.page.get_by_label("Password", exact=True).fill(self.password)
        self.page.get_by_role("checkbox").check()
        self.press("Make my account")
        self.page.get_by_label("Code from the email").fill(self.code_from_mail())
        self.press("Go on")

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
        self.press("Continue")

    def find(self, words: str) -> None:
        """Search for a place."""
        self.page.goto(self.site + "/connect/")
        self.page.get_by_label(re.compile("Name, city or ZIP")).fill(words)
        self.press("Search")

    def leave_for(self, place: str) -> None:
        """Choose a place from the results, read what happens, and go to its own sign-in page."""
        self.follow(f"^Connect {re.escape(place)}")
        self.press("Continue to their sign-in")
        self.follow("^Go to")

    def sign_in_there(self, who: str) -> None:
        """Use one of the sign-ins that the pretend portal lists; `who` is words of its line."""
        line = self.page.get_by_role("listitem").filter(has_text=who).first
        self._leave_by(line.get_by_role("button", name="Use this sign-in"))

    def agree(self, *, allow: bool = True) -> None:
        """Allow or deny; the place's page then sends the browser back, by script or by a link."""
        self.press("^Allow" if allow else "^Deny")
        if not self.has_script:
            self.page.get_by_role("link", name="Back to the app").click()
        self.page.wait_for_url(self.site + "/**")

    def connect(self, place: str, who: str) -> None:
        """The whole hop, there and back."""
        self.find(place)
        self.leave_for(place)
        self.sign_in_there(who)
        self.agree()

    def wait_for_records(self, seconds: float = 120) -> None:
        """Stay on the progress page until it says that the records are here; without script, look again."""
        arrived = self.page.get_by_role("link", name=re.compile("^Show the records"))
        if self.has_script:
            expect(arrived.first).to_be_visible(timeout=seconds * SECONDS)
        for _ in range(0 if self.has_script else int(seconds)):
            if arrived.count():
                break
            self.page.wait_for_timeout(SECONDS)
            self.follow("^Check again")
        self.follow("^Show the records")

    def faults_by_axe(self) -> list[str]:
        """What axe calls serious or critical on the page as it stands."""
        return [f"{self.page.url}: {each}" for each in axe.serious(self.page)]

    def _note(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.troubles.append(f"{said.text} {said.location['url']}")

    def _own(self) -> Locator:
        return self.page.get_by_role("main")

    def _leave_by(self, what: Locator) -> None:
        expect(what).to_be_visible(timeout=PATIENCE)
        if self.look:
            self.look(self)
        what.click()
        self.page.wait_for_load_state()
