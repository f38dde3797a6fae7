"""A take-out zip unpacked to a disk and opened there: it asks nobody, and nothing that a place wrote runs."""

import io
import posixpath
import zipfile
from base64 import b64decode
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import pypdfium2
import pytest
from playwright.sync_api import BrowserContext, Page, Request

from records import papers, taking
from tests import factories as make
from tests.browser.watched import POKE, ROOT, TRAP, world
from tests.fuzz.polyglots import documents
from tests.fuzz.scripts import records_of
from tests.house.site_world import World

__all__ = ["world"]
SHEETS = "document.styleSheets.length && getComputedStyle(document.body).backgroundColor"
ACTIVE = """
[...document.querySelectorAll("*")].flatMap(each => [...each.attributes]
    .filter(one => /^on/i.test(one.name) || /^\\s*(javascript|data|https?):/i.test(one.value))
    .map(one => `${each.tagName} ${one.name}`))
"""
LINKS = "[...document.querySelectorAll('a[href]')].map(each => each.href)"


def unpacked(rosa: World, folder: Path) -> Path:
    """The zip of somebody to whom a place sent script in everything."""
    some = [one for version, one, _count in records_of(ROOT / "tests/data/fhir") if version == "R4"]
    make.records(rosa.patient, *some, source=rosa.source)
    sent = {papers.sniff(b64decode(each["content"][0]["attachment"]["data"])): each for each in documents()}
    make.records(rosa.patient, *sent.values(), source=rosa.source)
    rosa.patient.refresh_from_db()
    whose = taking.Whose(rosa.patient.full_name, rosa.patient.birth_date)
    whole = b"".join(taking.whole(make.looking(rosa.patient), whose))
    with zipfile.ZipFile(io.BytesIO(whole)) as parcel:
        parcel.extractall(folder)
    return folder


def walked(page: Page, index: Path) -> tuple[list[str], set[str]]:
    """Every page that can be reached from the first one, each opened and touched once: what was found there
    that must not be, and which files the links lead to.
    """
    found, seen, waiting = list[str](), set[str](), [index.as_uri()]
    while waiting:
        address = waiting.pop()
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        page.evaluate(POKE)
        ran, stopped, active = page.evaluate(f"[window.ran, window.stopped, {ACTIVE}]")
        found += [f"{address}: {each}" for each in ([f"{ran} ran"] if ran else []) + stopped + active]
        for link in {urldefrag(each).url for each in page.evaluate(LINKS)} - seen:
            seen.add(link)
            if posixpath.splitext(link)[1] == ".html":
                waiting.append(link)
    return found, seen


def on_paper(page: Page, file: Path) -> int:
    """How many sheets a page takes; each says whose it is and from where."""
    page.goto(file.as_uri())
    document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    sheets = [sheet.get_textpage().get_text_bounded() for sheet in document]
    assert all("born May 14, 1968" in text and "Made Nov" in text for text in sheets)
    return len(sheets)


@pytest.mark.slow
@pytest.mark.rota(3)
def test_every_page_opens_from_a_disk_asks_nobody_and_runs_nothing(
    world: World, context: BrowserContext, tmp_path: Path
):
    folder = unpacked(world, tmp_path / "unpacked")
    asked = list[str]()
    page = context.new_page()
    page.add_init_script(TRAP)

    def note(request: Request) -> None:
        if not request.url.startswith(folder.as_uri() + "/"):
            asked.append(request.url)

    context.on("request", note)
    found, seen = walked(page, folder / "index.html")
    assert (found, asked) == ([], [])
    reached = {Path(unquote(urlsplit(each).path)).relative_to(folder).as_posix() for each in seen}
    there = {each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file()}
    assert reached <= there
    assert {each for each in there if each.startswith(("pages/", "papers/", "files/", "fhir/"))} <= reached
    assert page.evaluate(SHEETS) not in (False, 0, "rgba(0, 0, 0, 0)")
    assert on_paper(page, folder / "pages/conditions.html") > 1
    print(f"\n{sum(each.endswith('.html') for each in reached)} pages of {len(there)} files", end="")


def test_the_walk_sees_what_runs_and_what_asks(context: BrowserContext, tmp_path: Path):
    index = tmp_path / "index.html"
    index.write_text('<!doctype html><script>hit()</script><img src="https://evil.example/x.png">')
    asked = list[str]()
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.add_init_script(TRAP)
    found, _seen = walked(page, index)
    assert any("1 ran" in each for each in found)
    assert any("IMG src" in each for each in found)
    assert "https://evil.example/x.png" in asked
