"""The supervisor with small children: it revives, gives up, stops in time, and leaves nothing behind."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portal.local import processes, register
from portal.local.console import Console
from portal.local.services import Service, command
from portal.local.supervisor import Stopped, Supervisor
from portal.local.trouble import CannotStart

ROOT = Path(__file__).parents[4]
ENV = {"PATH": os.defpath}


@pytest.fixture
def screen():
    return io.StringIO()


@pytest.fixture
def supervisor(tmp_path, screen):
    console = Console(path=tmp_path / "log", screen=screen)
    under_test = Supervisor(console, register.Register(tmp_path / "processes.json"))
    yield under_test
    under_test.stop()
    console.close()


def shell(name: str, script: str) -> Service:
    return command(name, ["/bin/sh", "-c", script], ENV)


def turn_until(supervisor: Supervisor, is_so, seconds: float = 5.0) -> None:
    supervisor.wait_for(is_so, seconds=seconds, else_say="it did not come to that")


def test_each_line_has_the_name_of_its_child(supervisor, screen, tmp_path):
    supervisor.start(shell("web", "echo one; echo two >&2; sleep 9"))
    supervisor.start(shell("worker", "printf 'ready\\nthree'; sleep 9"))
    turn_until(supervisor, lambda: all(word in screen.getvalue() for word in ("two", "ready")))
    supervisor.stop()
    turn_until(supervisor, lambda: "three" in screen.getvalue())
    assert {"web      | one", "web      | two", "worker   | three"} <= set(screen.getvalue().splitlines())
    assert "web      | two" in (tmp_path / "log").read_text()


def test_a_child_that_dies_is_started_again(supervisor, screen):
    running = supervisor.start(shell("web", "sleep 60"))
    os.kill(running.process.pid, signal.SIGKILL)
    turn_until(supervisor, lambda: "web ended (SIGKILL); it is started again" in screen.getvalue())
    turn_until(supervisor, lambda: supervisor._watched[0].running not in (None, running))


def test_what_a_dead_child_leaves_of_its_group_is_cleared_away(supervisor, screen):
    running = supervisor.start(shell("web", "sleep 61 & echo $!; wait"))
    turn_until(supervisor, lambda: screen.getvalue().strip())
    grandchild = int(screen.getvalue().split()[-1])
    os.kill(running.process.pid, signal.SIGKILL)
    turn_until(supervisor, lambda: processes.started(grandchild) is None)


def test_a_hopeless_child_ends_the_matter_with_a_sentence(supervisor, monkeypatch):
    monkeypatch.setattr("portal.local.supervisor.LONGEST_PAUSE", 0.01)
    supervisor.start(shell("web", "exit 3"))
    with pytest.raises(CannotStart, match=r"web ended \(code 3\), 5 times in a row"):
        turn_until(supervisor, lambda: False, seconds=20)


def test_a_child_that_cannot_be_started_again_yet_is_tried_again(supervisor, screen, monkeypatch):
    monkeypatch.setattr("portal.local.supervisor.LONGEST_PAUSE", 0.01)
    tries = []

    def start(output: int):
        tries.append(output)
        if len(tries) == 2:
            raise CannotStart("not yet")
        return shell("x", "sleep 60").start(output)

    running = supervisor.start(Service("server", start))
    processes.kill_group(running.process.pid)
    turn_until(supervisor, lambda: len(tries) == 3)
    assert "not yet; it is started again" in screen.getvalue()


def test_servers_end_after_those_that_stand_on_them(supervisor, tmp_path):
    note = tmp_path / "order"
    script = "trap 'echo {0} >> {1}; exit' TERM; echo ready; while :; do sleep 0.05; done"
    for name, is_server in (("postgres", True), ("redis", True), ("worker", False), ("web", False)):
        service = shell(name, script.format(name, note))
        supervisor.start(Service(service.name, service.start, is_server=is_server))
    turn_until(supervisor, lambda: supervisor._console._screen.getvalue().count("ready") == 4)
    supervisor.stop()
    order = note.read_text().split()
    assert set(order[:2]) == {"web", "worker"}
    assert order[2:] == ["redis", "postgres"]


def test_a_child_that_does_not_listen_is_killed_in_time(supervisor):
    service = shell("web", "trap '' TERM; echo deaf; while :; do sleep 0.05; done")
    running = supervisor.start(Service(service.name, service.start, patience=0.3))
    turn_until(supervisor, lambda: "deaf" in supervisor._console._screen.getvalue())
    began = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - began < 2
    assert running.process.returncode == -signal.SIGKILL


def test_a_program_that_fails_is_a_sentence(supervisor, screen):
    with pytest.raises(CannotStart, match="migrate failed"):
        supervisor.run("migrate", ["/bin/sh", "-c", "echo no such table; exit 1"], ENV)
    assert "migrate  | no such table" in screen.getvalue()


def test_what_a_program_prints_can_be_kept_from_the_log(supervisor, screen, tmp_path):
    with (tmp_path / "answer").open("wb") as answer:
        supervisor.run(
            "accounts", ["/bin/sh", "-c", "echo hush; echo aside >&2"], ENV, output=answer.fileno()
        )
    supervisor.turn(0.1)
    assert (tmp_path / "answer").read_text() == "hush\n"
    assert "hush" not in screen.getvalue()
    assert "aside" in screen.getvalue()


def test_a_signal_ends_the_watch(supervisor):
    with supervisor.signals():
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(Stopped):
            supervisor.watch()
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_a_second_signal_kills_everything_at_once(supervisor):
    running = supervisor.start(shell("web", "sleep 60"))
    with supervisor.signals():
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        assert running.process.wait(2) == -signal.SIGKILL


def test_a_secret_never_reaches_the_log(tmp_path, screen):
    console = Console(path=tmp_path / "log", secrets=["hush-hush-hush"], screen=screen)
    console.say("the key is hush-hush-hush!")
    console.close()
    assert "hush-hush" not in screen.getvalue() + (tmp_path / "log").read_text()
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600


def test_noise_is_not_shown(tmp_path, screen):
    console = Console(path=tmp_path / "log", noise=("overcommit",), screen=screen)
    with console.pipe("redis") as output:
        os.write(output, b"set overcommit!\nready\n")
    console.listen(1)
    console.close()
    assert screen.getvalue() == "redis    | ready\n"


def test_when_nobody_reads_any_more_the_watch_ends_in_order(tmp_path):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as screen:
        console = Console(path=tmp_path / "log", screen=screen)
        supervisor = Supervisor(console, register.Register(tmp_path / "processes.json"))
        running = supervisor.start(shell("web", "echo here; sleep 60"))
        with pytest.raises(Stopped):
            supervisor.watch()
        supervisor.stop()
        console.close()
    assert running.process.returncode is not None
    assert "here" in (tmp_path / "log").read_text()


def test_the_products_lines_are_put_into_words(supervisor, screen):
    line = {
        "at": "2026-11-20T12:00:01.000+00:00",
        "level": "info",
        "logger": "x",
        "event": "import finished",
        "kept": 9,
    }
    supervisor.start(shell("worker", f"echo '{json.dumps(line)}'; echo '{{no json'; sleep 9"))
    turn_until(supervisor, lambda: "no json" in screen.getvalue())
    assert "worker   | 12:00:01 info import finished kept=9" in screen.getvalue()


SUPERVISOR = """
import os, sys, time
from pathlib import Path
from portal.local import processes, register
from portal.local.console import Console
from portal.local.services import command
from portal.local.supervisor import Supervisor
if len(sys.argv) > 2:
    processes._LIBC = None      # a machine whose kernel does not tell children of their parent's death
home = Path(sys.argv[1])
print("ended", register.reap(home / "processes.json"), flush=True)
supervisor = Supervisor(Console(path=home / "log"), register.Register(home / "processes.json"))
for name in ("web", "worker"):
    supervisor.start(command(name, ["/bin/sh", "-c", "sleep 62 & echo $$ $!; wait"], {"PATH": os.defpath}))
supervisor.watch()
"""


def supervisor_killed_in_its_tracks(home: Path, *flags: str) -> list[int]:
    """Run a supervisor in another process, kill that with -9, and say which processes it had below it."""
    words = [sys.executable, "-c", SUPERVISOR, str(home), *flags]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        lines = [process.stdout.readline() for _ in range(3)]
        process.kill()
    return [int(word) for line in lines[1:] for word in line.split("|")[1].split()]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_children_end_with_a_supervisor_that_is_killed(tmp_path):
    pids = supervisor_killed_in_its_tracks(tmp_path)
    assert processes.wait_until(lambda: processes.started(pids[0]) is None, seconds=5)
    register.reap(tmp_path / "processes.json")
    assert processes.wait_until(lambda: not any(map(processes.started, pids)), seconds=5)


def test_the_next_start_ends_what_a_killed_supervisor_left(tmp_path):
    pids = supervisor_killed_in_its_tracks(tmp_path, "deaf")
    assert len(pids) == 4
    assert all(map(processes.started, pids))
    assert register.reap(tmp_path / "processes.json") == ["web", "worker"]
    assert processes.wait_until(lambda: not any(map(processes.started, pids)), seconds=5)
    assert register.reap(tmp_path / "processes.json") == []


def test_a_group_whose_first_process_is_gone_is_ended_too(tmp_path):
    pids = supervisor_killed_in_its_tracks(tmp_path, "deaf")
    os.kill(pids[0], signal.SIGKILL)
    assert processes.wait_until(lambda: processes.started(pids[0]) is None, seconds=5)
    register.reap(tmp_path / "processes.json")
    assert processes.wait_until(lambda: not any(map(processes.started, pids)), seconds=5)


def test_a_stranger_who_was_given_an_old_number_is_left_alone(tmp_path):
    path = tmp_path / "processes.json"
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as stranger:
        register.Register(path).note("web", stranger.pid)
        noted = json.loads(path.read_text())
        noted["children"]["web"][1] = "another time"
        path.write_text(json.dumps(noted))
        assert register.reap(path) == []
        assert stranger.poll() is None
        stranger.kill()


def test_numbers_of_another_boot_mean_nothing(tmp_path):
    path = tmp_path / "processes.json"
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as stranger:
        register.Register(path).note("web", stranger.pid)
        path.write_text(json.dumps(json.loads(path.read_text()) | {"boot": "another"}))
        assert register.reap(path) == []
        assert stranger.poll() is None
        stranger.kill()


def test_a_register_cut_short_is_no_hindrance(tmp_path):
    (tmp_path / "processes.json").write_text('{"boot": ')
    assert register.reap(tmp_path / "processes.json") == []
