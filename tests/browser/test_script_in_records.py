"""Script in everything a place, a patient or a directory may write: it is shown as words and never runs.

Pages are drawn by the site itself, with its headers, and opened in a real browser that is watched: by a trap
for whatever runs, by every request that leaves, and by what our policy had to stop.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Route

from connect.models import Connection, Place
from ground import scope
from ground.viewer import job_viewer
from records.fhir.kinds import KINDS
from records.models import Record
from tests import factories as make
from tests.fuzz.scripts import PAYLOADS, records_of
from tests.house.site_world import World, browser

ROOT = Path(__file__).resolve().parents[2]
ORIGIN = "http://localhost:8000"
TRAP = """
window.ran = 0;
window.stopped = [];
window.hit = window.alert = window.confirm = window.prompt = window.print = () => { window.ran += 1; };
addEventListener("securitypolicyviolation", event => {
    window.stopped.push(event.violatedDirective + " " + event.blockedURI);
});
"""
POKE = """
for (const each of document.querySelectorAll("body, body *")) {
    for (const name of ["mouseover", "pointerover", "focus", "blur", "toggle", "error", "load"])
        each.dispatchEvent(new Event(name));
    if (!each.closest("a, button, form")) each.dispatchEvent(new Event("click"));
}
"""
ACTIVE = """
[...document.querySelectorAll("*")].flatMap(each => [
    ...[...each.attributes].filter(one => /^on/i.test(one.name)).map(one => one.name),
    ...["href", "src", "action", "data", "poster", "background", "srcdoc", "ping", "formaction"]
        .filter(name => /^\\s*(javascript|data:text)|evil\\.example/i.test(each.getAttribute(name) || ""))
        .map(name => `${each.tagName} ${name}`),
    ...(/^(iframe|object|embed|base|applet|frame|math|template|video|audio)$/i.test(each.tagName)
        ? [each.tagName] : []),
    ...(each.tagName == "META" && each.httpEquiv ? ["META " + each.httpEquiv] : []),
])
"""


@dataclass
class Watched:
    """A page under watch. `found` collects everything that must not be."""

    page: Page
    pages: dict[str, tuple[int, dict[str, str], bytes]]
    found: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.add_init_script(TRAP)
        self.page.on("dialog", lambda dialog: (self.found.append("a dialog"), dialog.dismiss()))
        self.page.route("**/*", self._answer)

    def open(self, path: str) -> None:
        """Open a page of the site, touch everything on it, and note what happened."""
        self.page.goto(ORIGIN + path)
        self.page.evaluate(POKE)
        ran, stopped = self.page.evaluate("[window.ran, window.stopped]")
        for what in ([f"{ran} ran"] if ran else []) + stopped + self.page.evaluate(ACTIVE):
            self.found.append(f"{path}: {what}")

    def _answer(self, route: Route) -> None:
        address = urlsplit(route.request.url)
        if f"{address.scheme}://{address.netloc}" != ORIGIN:
            self.found.append(f"asked {address.netloc}")
            route.abort()
        elif address.path.startswith("/static/"):
            route.fulfill(path=ROOT / address.path[1:])
        else:
            status, headers, body = self.pages.get(_of(address), (404, {}, b""))
            route.fulfill(status=status, headers=headers, body=body)


def _of(address) -> str:
    return address.path + (f"?{address.query}" if address.query else "")


@pytest.fixture(scope="session")
def beside_the_driver() -> Iterator[None]:
    """Let Django work in this thread, in which the driver of the browser has a loop running.

    For the session, because the test database may be taken down while the browser still runs.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture
def world(beside_the_driver: None, request: pytest.FixtureRequest) -> World:
    """Rosa, to whom everybody sent script."""
    request.getfixturevalue("db")
    rosa = World()
    type(rosa.patient).objects.filter(pk=rosa.patient.pk).update(
        given_name=PAYLOADS[3][:60], family_name=PAYLOADS[6][:60]
    )
    Place.objects.filter(pk=rosa.place.pk).update(
        name=PAYLOADS[5], address=PAYLOADS[0], city=PAYLOADS[3], logo_url=PAYLOADS[4]
    )
    with scope.open(job_viewer(rosa.patient.pk)):
        type(rosa.source).objects.filter(pk=rosa.source.pk).update(name=PAYLOADS[3])
        Connection.objects.filter(pk=rosa.connection.pk).update(last_error=PAYLOADS[0][:20])
    return rosa


def addresses_of(rosa: World) -> Iterator[str]:
    """Every page that shows what others wrote."""
    yield from ("/", "/records/", "/connect/", "/connect/places/", "/account/")
    yield from (rosa.address(f"connect:{name}", kind) for name, kind in CONNECTING)
    yield from (f"/records/{kind.slug}/" for kind in KINDS)
    with scope.open(job_viewer(rosa.patient.pk)):
        rows = list(Record.objects.filter(patient=rosa.patient).values_list(*KEY))
    for slug, origin, name, key in rows:
        yield from (f"/records/{slug}/{origin}/{name}/{key}/{more}" for more in ("", "?words=1", "original/"))


KEY = ("kind", "origin_id", "resource_type", "fhir_id")
CONNECTING = [("place", "place"), ("leaving", "attempt"), ("progress", "run"), ("stop", "connection")]


def drawn(rosa: World, paths: list[str]) -> dict[str, tuple[int, dict[str, str], bytes]]:
    """What the site answers Rosa for each."""
    client, found = browser(rosa.user), {}
    for path in paths:
        answer = client.get(path)
        headers = {name: value for name, value in answer.headers.items() if name != "Content-Length"}
        found[path] = (answer.status_code, headers, answer.content)
    return found


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_script_in_any_text_shown_never_runs_and_asks_nobody(world: World, context: BrowserContext):
    placed = 0
    for version, resource, count in records_of(ROOT / "tests/data/fhir"):
        make.records(world.patient, resource, source=world.source, fhir_version=version)
        placed += count
    pages = drawn(world, list(addresses_of(world)))
    assert {status for status, _headers, _body in pages.values()} == {200}
    watched = Watched(context.new_page(), pages)
    for path in pages:
        watched.open(path)
    print(f"\n{placed} payloads of {len(PAYLOADS)} kinds in {len(pages)} pages", end="")
    assert watched.found == []
    shown = b"".join(body for _status, _headers, body in pages.values())
    assert placed > 100
    assert shown.count(b"&lt;script") > 100


def test_the_watch_sees_what_runs_and_what_asks(context: BrowserContext):
    bare = (200, {"Content-Type": "text/html"}, b"<!doctype html>" + "".join(PAYLOADS[:5]).encode())
    watched = Watched(context.new_page(), {"/": bare})
    watched.open("/")
    assert any("ran" in one for one in watched.found)
    assert any("asked evil.example" in one for one in watched.found)
    assert any("onerror" in one for one in watched.found)


def test_the_watch_sees_what_our_policy_had_to_stop(context: BrowserContext):
    headers = {"Content-Type": "text/html", "Content-Security-Policy": "default-src 'none'"}
    watched = Watched(context.new_page(), {"/": (200, headers, b"<!doctype html><script>hit()</script>")})
    watched.open("/")
    assert any("script-src" in one for one in watched.found)
