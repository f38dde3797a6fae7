"""A clinic and a patient in two real browsers: the code, the choice, the answer, the reading, and the end."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from portal import demo
from tests.browser import axe
from tests.browser.person import PATIENCE
from tests.browser.traveller import Traveller
from tests.journeys.visitor import Visitor
from tests.site import Site

ANA = "ana@example.org"


class Staff:
    """Somebody of the clinic with a browser of their own."""

    def __init__(self, chrome: Browser, site: Site) -> None:
        self.context, self.site = chrome.new_context(viewport={"width": 1200, "height": 900}), site
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.faults: list[str] = []

    def sign_in(self) -> None:
        """With address, password and the code of now."""
        self.go("/clinic/patients/")
        self.page.get_by_label("Email address").fill(ANA)
        self.page.get_by_label("Password", exact=True).fill(demo.PASSWORD)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.get_by_label("Code").fill(self._code_now())
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_url("**/clinic/patients/")

    def go(self, path: str) -> int:
        """Open a page; its status."""
        answer = self.page.goto(self.site.url + path)
        assert answer is not None
        return answer.status

    def press(self, words: str) -> None:
        """A button or a link of the page's own part, by its words; the page is held against axe first."""
        self.faults += axe.serious(self.page)
        named = re.compile(words)
        main = self.page.get_by_role("main")
        main.get_by_role("button", name=named).or_(main.get_by_role("link", name=named)).first.click()
        self.page.wait_for_load_state()

    @property
    def text(self) -> str:
        """What the page's own part says."""
        return self.page.get_by_role("main").inner_text()

    def _code_now(self) -> str:
        tab = self.context.new_page()
        tab.goto(self.site.url + "/demo/mail/")
        row = tab.get_by_role("listitem").filter(has_text=ANA)
        code = row.locator(".code").last.inner_text()
        tab.close()
        return code


@pytest.fixture
def ana(chrome: Browser, site: Site) -> Iterator[Staff]:
    """Ana, who leads the demo's clinic."""
    site.manage("seed_demo")
    somebody = Staff(chrome, site)
    yield somebody
    somebody.context.close()


@pytest.mark.rota(2)
@pytest.mark.timeout(300)
def test_a_patient_shares_a_clinic_reads_and_on_the_click_after_the_end_it_is_gone(
    chrome: Browser, site: Site, ana: Staff
) -> None:
    family = "Delgado"
    visitor = Visitor(site).sign_up()
    visitor.connect()
    visitor.wait_for_records()
    rosa = Traveller(chrome, visitor)

    rosa.go("/records/sharing/")
    rosa.page.get_by_label("Share code of a clinic").fill("ktm 472")
    rosa.press("Choose what they see")
    rosa.page.get_by_label("Conditions", exact=True).check()
    rosa.page.get_by_label("Test results", exact=True).check()
    rosa.press("See what they will see")
    assert "are not among them" in rosa.main.inner_text()
    rosa.press("^Share this with")
    assert "Waiting for" in rosa.main.inner_text()

    ana.sign_in()
    ana.press("See what is offered")
    ana.press(family)
    assert "Only these kinds: Conditions, Test results" in ana.text
    ana.page.get_by_label("Your chart number").fill("20-4471")
    ana.press("^Accept")
    ana.go("/clinic/patients/")
    ana.page.get_by_label("Your chart number").fill("20-4471")
    ana.press("^Find$")
    ana.press(family)
    ana.page.get_by_label("Care coordination").check()
    ana.press("Open the records")
    ana.press("^All records")
    assert "Your reason: Care coordination" in ana.text
    assert "Medicines" not in ana.page.locator(".kinds").inner_text()
    ana.press("^Conditions")
    ana.page.locator(".rows .name a").first.click()
    ana.page.wait_for_load_state()
    read, title = ana.page.url.removeprefix(site.url), ana.page.locator("h1").inner_text()
    assert family in ana.text
    ana.faults += axe.serious(ana.page)
    ana.go("/clinic/to-review/")
    ana.press(family)
    ana.press("Mark as reviewed")
    assert family not in ana.text
    ana.go(read)
    ana.go("/clinic/patients/")

    rosa.go("/records/looks/")
    assert "Ana Ruiz" in rosa.main.inner_text()
    assert "Care coordination" in rosa.main.inner_text()
    rosa.go("/records/sharing/")
    rosa.press("^Stop now")

    ana.page.go_back(wait_until="load")  # to a page that was open: no browser may have kept it
    assert title not in ana.page.content()
    assert ana.go(read) == 404
    assert title not in ana.page.content()
    assert ana.go("/clinic/patients/") == 200
    assert family not in ana.text
    assert ana.faults == []
