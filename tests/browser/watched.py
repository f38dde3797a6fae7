"""A page of the site in a real browser that is watched: by a trap for whatever runs, by every request that
leaves, and by what our policy had to stop.
"""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route

from connect.models import Connection, Place
from ground import scope
from ground.viewer import job_viewer
from tests.fuzz.scripts import PAYLOADS
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


def _of(address: SplitResult) -> str:
    return address.path + (f"?{address.query}" if address.query else "")


def drawn(rosa: World, paths: list[str]) -> dict[str, tuple[int, dict[str, str], bytes]]:
    """What the site answers Rosa for each."""
    client, found = browser(rosa.user), {}
    for path in paths:
        answer = client.get(path)
        headers = {name: value for name, value in answer.headers.items() if name != "Content-Length"}
        found[path] = (answer.status_code, headers, answer.content)
    return found


@pytest.fixture
def world(chrome: Browser, request: pytest.FixtureRequest) -> World:
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
