"""The browser of this machine; what is said where there is none, and where one was demanded."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from portal.local import chromium
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
MISSING = "no Chromium or Chrome was found"
_outcomes: Counter[str] = Counter()


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """The program to drive. Every test in this folder is skipped where there is none."""
    found = chromium.find()
    assert found is not None
    return found


@pytest.fixture(scope="session")
def chrome(chromium_path: Path) -> Iterator[Browser]:
    """The browser, running."""
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield running
        with (
            pytest.MonkeyPatch.context() as patch
        ):  # those that Django kept for the driver's loop end with it
            patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
            connections.close_all()
        running.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The whole site as processes, with a sandbox that collects each second."""
    with start_site(tmp_path_factory.mktemp("site")) as running:
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


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count how the marked journeys ended; one that is skipped for another reason does not count."""
    if report.skipped and MISSING not in str(report.longrepr):
        return
    if "browser" in report.keywords and (report.when == "call" or report.skipped):
        _outcomes[report.outcome] += 1


def _is_wanting() -> bool:
    """Whether journeys were demanded (REQUIRE_BROWSER) and did not all run."""
    wish = os.environ.get("REQUIRE_BROWSER", "").lower() not in ("", "0", "no")
    return wish and (not _outcomes["passed"] or bool(_outcomes["skipped"]))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A demanded journey that did not run is a failure."""
    if _is_wanting() and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say plainly what did not run."""
    if _outcomes["skipped"]:
        terminalreporter.write_line(f"\n{chromium.HOW_TO_GET_ONE}", yellow=True)
    if _is_wanting():
        terminalreporter.write_line("\nREQUIRE_BROWSER is set and browser journeys did not run.", red=True)
