"""The embedded Redis: which one is taken, who reaches it, and what it survives."""

import os
import signal
from pathlib import Path

import pytest
import redis as client

from portal.local import processes, redis
from portal.local.trouble import CannotStart


@pytest.fixture
def server(tmp_path):
    running = redis.start(tmp_path)
    yield running
    running.stop()


def line_to(server: redis.Server) -> client.Redis:
    return client.Redis(unix_socket_path=str(server.socket))


def test_it_answers_on_a_socket_that_is_ours_alone(server):
    with line_to(server) as line:
        assert line.ping()
        assert line.config_get("port") == {"port": "0"}
    assert server.socket.parent.stat().st_mode & 0o777 == 0o700
    assert server.url == f"redis+socket://{server.socket}"


def test_it_writes_nothing_down(server, tmp_path):
    with line_to(server) as line:
        line.set("bell", "rung")
        kept = {name: line.config_get(name)[name] for name in ("slowlog-max-len", "save", "appendonly")}
    assert kept == {"slowlog-max-len": "0", "save": "", "appendonly": "no"}
    server.stop()
    assert not [path for path in tmp_path.rglob("*") if path.suffix in {".rdb", ".aof"}]


def test_after_kill_9_it_starts_again_at_the_same_address(server, tmp_path):
    os.kill(server.pid, signal.SIGKILL)
    server.kill()
    again = redis.start(tmp_path)
    assert again.url == server.url
    with line_to(again) as line:
        assert line.ping()
    again.stop()


def test_a_server_that_outlived_its_starter_is_ended_by_the_next_start(server, tmp_path):
    server.lock.close()
    again = redis.start(tmp_path)
    assert processes.wait_until(lambda: server.process.poll() is not None, seconds=2)
    again.stop()


def test_one_folder_has_one_server(server, tmp_path):
    with pytest.raises(CannotStart, match="in use by another process"):
        redis.start(tmp_path)


def on_the_path(folder: Path, name: str, script: str) -> None:
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_the_machines_own_server_comes_first(tmp_path, monkeypatch):
    on_the_path(tmp_path, "valkey-server", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert redis.program() == tmp_path / "valkey-server"


def test_a_name_on_the_path_that_does_not_run_is_passed_over(tmp_path, monkeypatch):
    on_the_path(tmp_path, "redis-server", "exit 127")
    on_the_path(tmp_path, "valkey-server", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert redis.program() == tmp_path / "valkey-server"


def test_a_machine_without_any_is_told_what_to_do(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(redis, "find_spec", lambda name: None)
    with pytest.raises(CannotStart, match="Install redis-server or valkey-server, or set REDIS_URL"):
        redis.program()
