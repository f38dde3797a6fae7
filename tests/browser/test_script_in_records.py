"""Script in everything a place, a patient or a directory may write: it is shown as words and never runs.

Pages are drawn by the site itself, with its headers, and opened in a real browser under watch. Of the pages
of single records a sixth is opened, another one each day; EVERY=1 opens all, as `make fuzz` does.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext

from ground import scope
from ground.viewer import job_viewer
from records.fhir.kinds import KINDS
from records.models import Record
from tests import factories as make
from tests.browser.watched import ROOT, Watched, drawn, world
from tests.fuzz.scripts import PAYLOADS, records_of
from tests.house.site_world import World
from tests.rota import todays

__all__ = ["world"]
KEY = ("kind", "origin_id", "resource_type", "fhir_id")
CONNECTING = [("place", "place"), ("leaving", "attempt"), ("progress", "run"), ("stop", "connection")]


def addresses_of(rosa: World) -> Iterator[str]:
    """Every page that shows what others wrote."""
    yield from ("/", "/records/", "/connect/", "/connect/places/", "/account/")
    yield from (rosa.address(f"connect:{name}", kind) for name, kind in CONNECTING)
    yield from (f"/records/{kind.slug}/" for kind in KINDS)
    with scope.open(job_viewer(rosa.patient.pk)):
        rows = list(Record.objects.filter(patient=rosa.patient).order_by("pk").values_list(*KEY))
    for number, (slug, origin, name, key) in enumerate(todays(rows, 6)):
        yield f"/records/{slug}/{origin}/{name}/{key}/{'original/' if number % 5 == 0 else '?words=1'}"


@pytest.mark.slow
@pytest.mark.rota(5)  # `make fuzz` runs it each time
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
