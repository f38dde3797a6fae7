"""Which browser is driven, and what is said where there is none and where one was demanded."""

import subprocess
import sys
from pathlib import Path

import pytest

from portal.local import chromium

pytestmark = pytest.mark.rota(3)
ROOT = Path(__file__).parents[4]


def on_the_path(folder: Path, name: str) -> Path:
    program = folder / name
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return program


@pytest.fixture(autouse=True)
def empty_path(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)


def test_a_named_browser_comes_first(tmp_path, monkeypatch):
    on_the_path(tmp_path, "chromium")
    mine = on_the_path(tmp_path, "my-chrome")
    monkeypatch.setenv("CHROMIUM", str(mine))
    assert chromium.find() == mine


def test_chrome_will_do(tmp_path):
    assert chromium.find() is None
    chrome = on_the_path(tmp_path, "google-chrome")
    assert chromium.find() == chrome


def test_a_named_browser_that_is_not_there_is_a_mistake(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/no/such/browser")
    with pytest.raises(FileNotFoundError, match="CHROMIUM names"):
        chromium.find()


def journeys(tmp_path: Path, test: str, *words: str, **given: str) -> subprocess.CompletedProcess:
    """Run one journey in a project of its own, under the very conftest that the real journeys have."""
    folder = tmp_path / "project/tests/browser"
    folder.mkdir(parents=True)
    (tmp_path / "project/pytest.ini").write_text("[pytest]\nmarkers = browser\n")
    (folder.parent / "conftest.py").write_text('pytest_plugins = ["tests.demanded"]\n')
    (folder / "conftest.py").write_text((ROOT / "tests/browser/conftest.py").read_text())
    (folder / "test_journey.py").write_text(test)
    env = {"PATH": str(tmp_path), "PYTHONPATH": str(ROOT), **given}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:django",
        "-p",
        "no:cacheprovider",
        "tests/browser",
        *words,
    ]
    return subprocess.run(
        command, cwd=tmp_path / "project", env=env, capture_output=True, text=True, check=False
    )


PASSES = "def test_it(chromium_path): assert chromium_path.exists()\n"


def test_without_a_browser_journeys_are_skipped_and_that_is_said(tmp_path):
    answer = journeys(tmp_path, PASSES)
    assert answer.returncode == 0
    assert "apt-get install chromium" in answer.stdout


def test_a_demanded_journey_that_did_not_run_is_a_failure(tmp_path):
    answer = journeys(tmp_path, PASSES, REQUIRE_BROWSER="1")
    assert answer.returncode == 1
    assert "browser journeys did not run" in answer.stdout


def test_that_holds_where_other_processes_run_the_tests(tmp_path):
    answer = journeys(tmp_path, PASSES, "-n1", REQUIRE_BROWSER="1")
    assert answer.returncode == 1
    assert "browser journeys did not run" in answer.stdout


def test_a_demanded_journey_that_does_not_exist_is_a_failure(tmp_path):
    on_the_path(tmp_path, "chromium")
    assert journeys(tmp_path, "", REQUIRE_BROWSER="1").returncode == 1


def test_a_demanded_journey_that_ran_is_none(tmp_path):
    on_the_path(tmp_path, "chromium")
    answer = journeys(tmp_path, PASSES, REQUIRE_BROWSER="1")
    assert answer.returncode == 0, answer.stdout
    assert "1 passed" in answer.stdout
