"""The page that opens links to summaries, in a real browser: what we made, and what was made by hand."""

import base64
import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from joserfc import jwe
from joserfc.jwk import OctKey
from playwright.sync_api import BrowserContext, Page, Route

from connect.http import Answer, Door
from records.services import links
from records.views.links import address_of
from tests import factories as make
from tests.browser.watched import ORIGIN, ROOT, TRAP

ALLOWED = ["dir", "A256GCM", "DEF"]
THERE = "/elsewhere/manifest"
FHIR = "application/fhir+json"
KEY = base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("=")
BAD = "<img src=x onerror=hit()>"
Reply = Callable[[dict[str, Any]], tuple[int, Any]]


def reference(number: int) -> dict[str, str]:
    """To an entry of the document below."""
    return {"reference": f"urn:uuid:{number}"}


def section(title: str, *numbers: int, **more: Any) -> dict[str, Any]:
    """One of the document below."""
    return {"title": title, "entry": [reference(number) for number in numbers], **more}


NOBODY_ASKED = {"emptyReason": {"coding": [{"code": "notasked"}]}}
SAID = {
    "text": {
        "div": "<div><table><tr><td>Walker</td><td>2020</td></tr></table><p>a &lt;b&gt; &amp;amp; c</p></div>"
    }
}
RESOURCES: list[dict[str, Any]] = [
    {
        "resourceType": "Patient",
        "name": [{"given": ["Ada", "M."], "family": "Rowan"}],
        "birthDate": "1951-02-03",
    },
    {
        "resourceType": "AllergyIntolerance",
        "code": {
            "coding": [
                {"code": "387207008", "system": "http://snomed.info/sct", "display": f"Ibuprofen {BAD}"}
            ]
        },
        "criticality": "high",
        "reaction": [{"manifestation": [{"text": "Hives"}]}],
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "onsetDateTime": "2001",
    },
    {
        "resourceType": "MedicationStatement",
        "medicationReference": reference(3),
        "status": "active",
        "effectivePeriod": {"start": "2019-05", "end": "2020-01-31"},
        "dosage": [{"text": "one in the morning"}],
    },
    {"resourceType": "Medication", "code": {"text": "Metformin 500 mg"}},
    {
        "resourceType": "Observation",
        "code": {"text": "Blood pressure"},
        "effectiveDateTime": "2024-11-05T08:30:00Z",
        "component": [{"code": {"text": "Upper"}, "valueQuantity": {"value": 131, "unit": "mmHg"}}],
    },
    {"resourceType": "Condition", "code": {"coding": [{"code": "73211009"}]}, "recordedDate": "nonsense"},
    {
        "resourceType": "Condition",
        "code": {"text": "Typed by mistake"},
        "verificationStatus": {"coding": [{"code": "entered-in-error"}]},
    },
    {
        "resourceType": "Composition",
        "title": "A summary by hand",
        "date": "2026-01-02",
        "author": [{"display": "Dr. By Hand"}],
        "section": [
            section("Allergies", 1),
            section("Medicines", 2),
            section("Problems", 5, 6, 99),
            section("Signs", 4),
            section("Vaccines", **NOBODY_ASKED),
            section("Devices", **SAID),
            "no section",
        ],
    },
]
BY_HAND = {
    "resourceType": "Bundle",
    "type": "document",
    "entry": [{"fullUrl": f"urn:uuid:{n}", "resource": one} for n, one in enumerate(RESOURCES)],
}


def sealed(content: Any, **header: str) -> str:
    """Encrypted by somebody else's code."""
    key = OctKey.import_key(base64.urlsafe_b64decode(KEY + "="))
    told = {"alg": "dir", "enc": "A256GCM", "cty": FHIR, **header}
    return jwe.encrypt_compact(told, json.dumps(content).encode(), key, algorithms=ALLOWED)


def link(url: str = ORIGIN + THERE, **more: Any) -> str:
    """A link as somebody else would write it."""
    raw = json.dumps({"url": url, "key": KEY, **more}).encode()
    return f"shlink:/{base64.urlsafe_b64encode(raw).decode().rstrip('=')}"


class Site:
    """Our site, to whoever is not signed in, and beside it what the test answers under `THERE`."""

    def __init__(self, page: Page) -> None:
        self.page, self.world, self.asked = page, Client(SERVER_NAME="localhost"), list[str]()
        self.there: Reply = lambda _body: (404, {})
        self.ready: dict[str, dict[str, Any]] = {}
        self.prepare("GET", "/records/open/")
        page.add_init_script(TRAP)
        page.route("**/*", self._answer)

    def prepare(self, method: str, path: str, **body: str) -> None:
        """Have the site answer now what the browser will ask: what it asks in comes by another connection to
        the database, which sees nothing of this test.
        """
        raw = json.dumps(body, separators=(",", ":")) if body else ""
        answer = self.world.generic(method, path, raw, content_type="application/json")
        headers = {name: value for name, value in answer.headers.items() if name != "Content-Length"}
        self.ready[path] = {"status": answer.status_code, "headers": headers, "body": answer.content}
        self.expected = f"{method} {ORIGIN}{path} {raw}"

    def open(self, words: str, *, who: str = "Dr. Meyer", passcode: str = "") -> None:
        """Open a link as a person does."""
        self.page.goto("about:blank")
        self.page.goto(f"{ORIGIN}/records/open/#{words}")
        self.page.wait_for_function("!!customElements.get('health-link')")
        if self.page.get_by_role("button", name="Open the summary").is_visible():
            self.again(who=who, passcode=passcode)

    def again(self, *, who: str = "Dr. Meyer", passcode: str = "") -> None:
        """Fill in the form and send it."""
        self.page.get_by_label("Who are you?").fill(who)
        if passcode:
            self.page.get_by_label("Passcode").fill(passcode)
        self.page.get_by_role("button", name="Open the summary").click()

    def says(self, words: str) -> None:
        """It stands on the page sooner or later."""
        self.page.get_by_text(words).first.wait_for(timeout=20_000)

    def _answer(self, route: Route) -> None:
        request = route.request
        path = request.url.removeprefix(ORIGIN)
        self.asked.append(f"{request.method} {request.url} {request.post_data or ''}")
        if path.startswith("/static/"):
            route.fulfill(path=ROOT / path[1:])
        elif path.startswith(THERE):
            status, told = self.there(json.loads(request.post_data or "{}"))
            route.fulfill(status=status, body=told if isinstance(told, str) else json.dumps(told))
        elif path in self.ready:
            route.fulfill(**self.ready[path])
        else:
            route.abort()


@pytest.fixture
def site(context: BrowserContext, db: None) -> Site:
    """The site, and a browser that has never been there."""
    return Site(context.new_page())


def text(site: Site) -> str:
    """What stands in the summary."""
    return str(site.page.locator("[data-summary]").inner_text())


@pytest.mark.parametrize("header", [{"zip": "DEF"}, {}], ids=["deflated", "plain"])
def test_a_link_made_by_hand_is_read_with_names_dates_and_no_code_first(
    site: Site, header: dict[str, str]
) -> None:
    site.there = lambda _body: (
        200,
        {"files": [{"contentType": FHIR, "embedded": sealed(BY_HAND, **header)}]},
    )
    site.open(link(label="x", flag="L", v=1))
    site.says("Ada M. Rowan · born February 3, 1951")
    told = text(site)
    for words in (
        *("A summary by hand", "Put together on January 2, 2026 by Dr. By Hand"),
        *(f"Ibuprofen {BAD}", "High danger", "Hives", "Active", "2001"),
        *("Metformin 500 mg", "one in the morning", "May 2019 – January 31, 2020"),
        *(
            "Upper: 131 mmHg",
            "November 5, 2024",
            "Nobody asked about this.",
            "Walker · 2020",
            "a <b> &amp; c",
        ),
    ):
        assert words in told, words
    for words in ("387207008", "73211009", "Typed by mistake"):
        assert words not in told, words
    assert site.page.evaluate("[window.ran, window.stopped]") == [0, []]
    assert site.page.locator("[data-summary] img").count() == 0


def test_the_key_is_sent_to_nobody(site: Site) -> None:
    site.there = lambda _body: (
        200,
        {"files": [{"location": f"{ORIGIN}{THERE}/file"}]} if _body else sealed(BY_HAND),
    )
    site.open(link())
    site.says("Ada M. Rowan")
    assert [one for one in site.asked if KEY in one or "shlink" in one] == []
    assert any('"recipient":"Dr. Meyer"' in one for one in site.asked)


def test_each_end_is_said_in_plain_words(site: Site) -> None:
    site.open("")
    site.says("no whole link here")
    site.open(link().replace("shlink:/ey", "shlink:/xx"))
    site.says("no whole link here")
    site.open(link(exp=1_600_000_000))
    site.says("This link ended on September 13, 2020")
    assert not any(THERE in one for one in site.asked)
    site.open(link())
    site.says("it was never there")
    site.open(link("https://records.example/manifest"))
    site.says("kept by another site, records.example")
    assert not any("records.example" in one for one in site.asked)
    site.there = lambda _body: (
        200,
        {"files": [{"contentType": FHIR, "embedded": sealed(BY_HAND)[:-6] + "AAAAAA"}]},
    )
    site.open(link())
    site.says("cannot be read with this link")
    site.there = lambda _body: (503, {})
    site.again()
    site.says("try again in a minute")


def test_what_we_made_opens_in_our_own_page_with_its_passcode_and_not_when_it_was_stopped(site: Site) -> None:
    rosa = make.patient()
    make.records(rosa, make.condition("c", text="Asthma"))
    made = make.health_link(rosa, passcode="quiet river")
    words, path = address_of(made).partition("#")[2], f"/records/link/{links.parts(made)[0]}/"
    site.prepare("POST", path, recipient="Dr. Meyer", passcode="a guess")
    site.open(words, passcode="a guess")
    site.says("Tries left before the link is dead: 9")
    assert site.expected in site.asked
    site.prepare("POST", path, recipient="Dr. Meyer", passcode="quiet river")
    site.again(passcode="quiet river")
    site.says("Asthma")
    assert site.expected in site.asked
    told = text(site)
    for words_of_it in (
        "Rosa Delgado · born May 14, 1968",
        "International Patient Summary",
        "Lakeside Clinic",
    ):
        assert words_of_it in told
    links.stop(viewer=make.looking(rosa), public_id=made.public_id)
    site.prepare("POST", path, recipient="Dr. Meyer", passcode="quiet river")
    site.open(words, passcode="quiet river")
    site.says("This link opens nothing")
    assert text(site) == ""


def test_staff_open_a_link_of_another_site_and_its_key_stays_in_the_browser(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = make.user()
    TOTP.activate(ana, generate_totp_secret())
    make.membership(make.clinic(), ana)
    site.world.force_login(ana)
    site.prepare("GET", "/clinic/open/")
    there = {"files": [{"contentType": FHIR, "embedded": sealed(BY_HAND, zip="DEF")}]}
    asked: list[Any] = []

    def send(_door: Door, *told: Any, **more: Any) -> Answer:
        asked.append((told, more["json"]))
        return Answer(200, "application/json", json.dumps(there).encode())

    monkeypatch.setattr(Door, "send", send)
    relayed = {
        "url": "https://records.example/m",
        "recipient": "Ana Ruiz, Harbor Clinic",
        "passcode": "quiet",
    }
    answer = site.world.post("/clinic/open/fetch/", relayed)
    site.ready["/clinic/open/fetch/"] = {"status": answer.status_code, "body": answer.content}
    site.page.goto(f"{ORIGIN}/clinic/open/")
    site.page.get_by_label("The link").fill(f"https://viewer.example/#{link(relayed['url'], flag='P')}")
    assert site.page.get_by_label("Who are you?").input_value() == relayed["recipient"]
    site.page.get_by_label("Passcode").fill("quiet")
    site.page.get_by_role("button", name="Open the summary").click()
    site.says("Ada M. Rowan · born February 3, 1951")
    assert "Ibuprofen" in text(site)
    sent = next(one for one in site.asked if "/clinic/open/fetch/" in one)
    assert all(word in sent for word in (relayed["url"], relayed["recipient"], "csrfmiddlewaretoken"))
    assert [one for one in [*site.asked, str(asked)] if KEY in one or "shlink" in one] == []
    assert not any("records.example" in one.split(" ")[1] for one in site.asked)
