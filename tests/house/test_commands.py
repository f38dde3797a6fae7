"""What one types: few targets, each with a sentence, and the merge gate runs what the README says."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = re.findall(r"^([a-z]+):", MAKEFILE, re.M)
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))


def pins(name: str) -> dict[str, str]:
    found = re.findall(r"^([\w.-]+)==(\S+)", (ROOT / f"requirements/{name}.txt").read_text(), re.M)
    assert found
    return dict(found)


def test_there_are_at_most_twelve_targets_and_each_lists_itself():
    said = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert len(TARGETS) <= 12
    assert [line.split()[1] for line in said.splitlines()] == TARGETS
    assert all(len(line.split()) > 3 for line in said.splitlines())


@pytest.mark.parametrize(
    "program", ["portal/local/venv.sh", "portal/local/lock.sh", ".ci/run", "portal/local/passwords.sh"]
)
def test_programs_can_be_run_and_are_plain_shell(program):
    assert (ROOT / program).stat().st_mode & 0o111
    assert subprocess.run(["sh", "-n", ROOT / program], check=False).returncode == 0


def test_the_merge_gate_runs_the_readmes_test_command_with_a_browser():
    assert "make test" in (ROOT / "README.md").read_text()
    assert re.search(r"^REQUIRE_BROWSER=1 exec make test$", (ROOT / ".ci/run").read_text(), re.M)


def test_the_workflow_has_one_job_that_checks_and_one_with_a_browser():
    jobs = yaml.safe_load((ROOT / ".github/workflows/check.yml").read_text())["jobs"]
    commands = {name: [step["run"] for step in job["steps"] if "run" in step] for name, job in jobs.items()}
    assert commands["check"][0].startswith("make check")
    assert commands["browser"] == ["make test TESTS=tests/browser"]
    assert jobs["browser"]["steps"][-1]["env"] == {"REQUIRE_BROWSER": "1"}


def test_every_package_is_pinned_by_hash_and_no_registry_is_named():
    for path in REQUIREMENTS:
        text = path.read_text()
        pinned = re.findall(r"^[\w.-]+==", text, re.M)
        blocks = re.split(r"^(?=[\w.-]+==)", text, flags=re.M)[1:]
        assert len(blocks) == len(pinned)
        assert all("--hash=sha256:" in block for block in blocks)
        assert "://" not in text


def test_what_is_needed_to_test_contains_what_is_needed_to_show_and_to_run():
    assert pins("run").items() <= pins("demo").items() <= pins("dev").items()


def test_what_the_demo_makes_is_never_committed():
    ignored = (ROOT / ".gitignore").read_text().split()
    assert {".venv/", ".local/"} <= set(ignored)
