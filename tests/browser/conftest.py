"""The browser of this machine, and the site it visits."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from portal.local import chromium
from tests.demanded import MISSING
from tests.evidence import watch_secrets
from tests.site import Site, start_site

HERE = Path(__file__).parent
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """The program to drive. Every test in this folder is skipped where there is none."""
    found = chromium.find()
    assert found is not None
    return found


@pytest.fixture(scope="session")
def chrome(chromium_path: Path) -> Iterator[Browser]:
    """The browser, running. Its driver has a loop in this thread, beside which Django is let work."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as driver:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        running = driver.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield running
        connections.close_all()  # those that Django kept for the driver's loop end with it
        running.close()


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The whole site as processes, with a sandbox that collects each second; the search page is allowed."""
    more = {"ONEUP_EMBEDDED_SEARCH": "yes"}
    with start_site(tmp_path_factory.mktemp("site"), settings=more) as running:
        watch_secrets(running)
        yield running


@pytest.fixture
def context(chrome: Browser) -> Iterator[BrowserContext]:
    """A browser that has never been here."""
    fresh = chrome.new_context(viewport={"width": 1200, "height": 900})
    yield fresh
    fresh.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser, and skip it where there is none."""
    is_missing = chromium.find() is None
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(240))
            if is_missing:
                item.add_marker(pytest.mark.skip(reason=MISSING))
