"""`make demo` as it is typed: it answers, survives, ends without a trace, and begins again quickly."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from portal.local import postgres_files, processes

ROOT = Path(__file__).parents[2]
CHILDREN = {"postgres", "redis", "sandbox", "worker", "beat", "web"}
MORTALS = ("redis", "postgres", "worker", "web")
RUN = "import sys, pathlib, portal.local.__main__ as m; m.main([], pathlib.Path(sys.argv[1]))"
ACCOUNTS = RUN.replace("[]", "['accounts']")
# The time is for a machine that does other things as well.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def plain_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "TMPDIR")}


def still_there(family: list[psutil.Process]) -> list[psutil.Process]:
    return [each for each in family if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]


def free_ports() -> list[int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        return [one.getsockname()[1], other.getsockname()[1]]


class Demo:
    """One run of the demo in a folder of its own, read line by line as a person would."""

    def __init__(self, home: Path, ports: list[int], **given: str) -> None:
        self.home, self.port = home, ports[0]
        env = plain_environment() | {"PORT": str(ports[0]), "SANDBOX_PORT": str(ports[1])} | given
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUN, str(home)],
            cwd=ROOT,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.lines.append(line)

    @property
    def said(self) -> str:
        return "".join(self.lines)

    def wait_for(self, words: str, *, seconds: float = 60) -> float:
        """Wait until it has said these words; the seconds since its start."""
        enough = processes.wait_until(
            lambda: words in self.said or self.process.poll() is not None, seconds=seconds
        )
        assert enough and words in self.said, self.said[-3000:]
        return time.monotonic() - self.began

    def pid(self, name: str) -> int | None:
        noted = json.loads((self.home / "processes.json").read_text())["children"]
        return noted[name][0] if name in noted else None

    def answers(self) -> bool:
        with contextlib.suppress(OSError):
            return urllib.request.urlopen(f"http://localhost:{self.port}/readyz", timeout=5).status == 200
        return False

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self) -> float:
        """Press Ctrl-C; how many seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
        return time.monotonic() - began


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("demo") / "local"
    yield folder
    postgres_files.forget(folder)


@pytest.fixture
def start(home: Path) -> Iterator[type]:
    started: list[Demo] = []

    def begin(**given: str) -> Demo:
        started.append(Demo(home, free_ports(), **given))
        return started[-1]

    yield begin
    for demo in started:
        if demo.process.poll() is None:
            demo.stop()
        demo.process.stdout.close()


def test_it_answers_then_survives_then_ends_without_a_trace(start):
    demo = start()
    demo.wait_for("What to click")
    assert demo.answers()
    for words in ("rosa@example.org", "admin@example.org", "one-time code now", "Harbor Teaching Hospital"):
        assert words in demo.said

    before = {name: demo.pid(name) for name in MORTALS}
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)

    def revived() -> bool:
        return all(demo.pid(name) not in (None, pid) for name, pid in before.items())

    assert processes.wait_until(revived, seconds=30), demo.said[-3000:]
    assert processes.wait_until(demo.answers, seconds=30), demo.said[-3000:]

    family = demo.family()
    assert len(family) > len(CHILDREN)
    assert demo.stop() < 10
    assert still_there(family) == []
    assert demo.process.returncode == 0
    kept = json.loads((demo.home / "secrets.json").read_text())
    log = (demo.home / "demo.log").read_text()
    assert not [name for name, value in kept.items() if value in log]


@pytest.mark.rota(3)
def test_a_killed_demo_is_cleared_away_by_the_next_which_is_quick_and_keeps_the_data(start):
    killed = start()
    killed.wait_for("What to click")
    second = start()
    second.wait_for("in use by another process")
    family = killed.family()
    killed.process.kill()
    killed.process.wait()
    again = start()
    again.wait_for("What to click")
    assert "making the tables" not in again.said
    assert still_there(family) == []
    assert again.answers()
    words = [sys.executable, "-c", ACCOUNTS, str(again.home)]
    asked = subprocess.run(
        words, cwd=ROOT, env=plain_environment(), capture_output=True, text=True, check=True
    )
    assert "one-time code now" in asked.stdout


def test_a_taken_port_is_named_and_nothing_was_started(start, home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        demo = start(PORT=str(port))
        demo.wait_for(f"Port {port}, for the portal, is taken")
        assert demo.process.wait(10) == 1
    assert "postgres |" not in demo.said
