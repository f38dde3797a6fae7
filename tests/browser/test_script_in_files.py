"""Script in every kind of file a place may send: what is shown never runs, what is handed out is inert.

All are drawn and handed out; half of their pages is opened in a browser, the others next day (EVERY=1: all).
"""

import pytest
from playwright.sync_api import BrowserContext

from tests import factories as make
from tests.browser.watched import Watched, drawn, world
from tests.fuzz.polyglots import documents
from tests.house.site_world import World
from tests.rota import todays

__all__ = ["world"]
INERT = {"application/pdf", "image/png", "image/jpeg", "application/octet-stream"}


@pytest.mark.slow
@pytest.mark.rota(5)  # `make fuzz` runs it each time
@pytest.mark.timeout(600)
def test_script_in_any_file_shown_never_runs_and_asks_nobody(world: World, context: BrowserContext):
    papers = documents()
    make.records(world.patient, *papers, source=world.source)
    start = f"/records/documents/{make.origin().pk}/DocumentReference"
    paths = [f"{start}/{each['id']}/file/0/" for each in papers]
    pages = drawn(world, [*paths, *(f"{start}/{each['id']}/" for each in papers)])
    assert {status for status, _headers, _body in pages.values()} == {200}
    pictures = drawn(world, [f"{path}page/1/" for path in paths])
    files = drawn(world, [f"{path}download/" for path in paths])
    watched = Watched(context.new_page(), pages | pictures)
    for path in todays(pages, 2):
        watched.open(path)
    assert watched.found == []
    assert sum(status == 200 for status, _headers, _body in pictures.values()) > 1
    for status, headers, _body in files.values():
        assert (status, headers["Content-Type"] in INERT) == (200, True)
        assert headers["Content-Disposition"].startswith("attachment;")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in headers["Content-Security-Policy"]
    print(f"\n{len(papers)} files, {len(pages)} pages", end="")
