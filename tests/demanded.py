"""What is said where there is no browser, and where one was demanded (REQUIRE_BROWSER).

A plugin of the whole run, because the process that hands tests to others never enters tests/browser.
"""

import os
from collections import Counter

import pytest

from portal.local import chromium

MISSING = "no Chromium or Chrome was found"
_outcomes: Counter[str] = Counter()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count how the marked journeys ended; one that is skipped for another reason does not count."""
    if report.skipped and MISSING not in str(report.longrepr):
        return
    if "browser" in report.keywords and (report.when == "call" or report.skipped):
        _outcomes[report.outcome] += 1


@pytest.hookimpl(trylast=True)  # the reports of other processes are all in by then
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A demanded journey that did not run is a failure."""
    if hasattr(session.config, "workerinput"):
        return
    if _is_wanting() and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say plainly what did not run."""
    if _outcomes["skipped"]:
        terminalreporter.write_line(f"\n{chromium.HOW_TO_GET_ONE}", yellow=True)
    if _is_wanting():
        terminalreporter.write_line("\nREQUIRE_BROWSER is set and browser journeys did not run.", red=True)


def _is_wanting() -> bool:
    """Whether journeys were demanded and did not all run."""
    wish = os.environ.get("REQUIRE_BROWSER", "").lower() not in ("", "0", "no")
    return wish and (not _outcomes["passed"] or bool(_outcomes["skipped"]))
