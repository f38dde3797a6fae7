"""The embedded Postgres: its roles, its silence, and what it survives."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from portal.local import postgres, postgres_files, processes
from portal.local.trouble import CannotStart

pytestmark = pytest.mark.rota(3)
ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("postgres")
    yield folder
    postgres_files.forget(folder)


@contextlib.contextmanager
def running(home: Path) -> Iterator[postgres.Server]:
    server = postgres.start(home, durable=False)
    try:
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def running_once(home: Path) -> Iterator[postgres.Server]:
    try:
        with running(home) as server:
            yield server
    finally:
        postgres_files.forget(home)


@pytest.fixture
def server(home: Path) -> Iterator[postgres.Server]:
    """The module's cluster, running. A test may end it; the next one finds it started again."""
    with running(home) as server:
        yield server


def asked(url: str, question: str) -> list[tuple]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(question).fetchall()


def done(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def test_the_application_neither_owns_nor_bypasses(server):
    role = (
        "SELECT current_user, rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = current_user"
    )
    assert asked(server.url, role) == [("tributary_app", False, False, False)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        done(server.url, "CREATE TABLE mine (x int)")


def test_the_owner_may_make_test_databases_and_drop_them_under_open_sessions(server):
    assert asked(server.owner_url, "SELECT current_user") == [("tributary_owner",)]
    done(server.owner_url, "CREATE DATABASE test_tributary")
    with psycopg.connect(server.url.replace("/tributary?", "/test_tributary?")):
        done(server.owner_url, "DROP DATABASE test_tributary WITH (FORCE)")


def test_slow_statements_queues_and_forgotten_transactions_end_by_themselves(server):
    names = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"]
    assert [asked(server.url, f"SHOW {name}")[0][0] for name in names] == ["30s", "3s", "30s"]
    assert asked(server.owner_url, "SHOW statement_timeout") == [("0",)]


def test_nothing_listens_on_the_network_and_nobody_else_reaches_the_socket(server):
    assert asked(server.url, "SHOW listen_addresses") == [("",)]
    folder = Path(asked(server.admin_url, "SHOW unix_socket_directories")[0][0])
    assert folder.stat().st_mode & 0o777 == 0o700


def test_words_sort_the_same_on_every_machine(server):
    assert asked(server.url, "SELECT lower('ÉÄ')") == [("éä",)]
    provider = "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = current_database()"
    assert asked(server.url, provider) == [("b", "C.UTF-8")]


def test_a_failing_statement_leaves_no_value_in_the_log(server, home):
    done(
        server.owner_url, "CREATE TABLE charts (word text PRIMARY KEY); INSERT INTO charts VALUES ('glioma')"
    )
    with pytest.raises(psycopg.errors.UniqueViolation), psycopg.connect(server.owner_url) as connection:
        connection.execute("INSERT INTO charts VALUES (%s)", ["glioma"])
    log = (home / "postgres.log").read_text()
    assert "duplicate key" in log
    assert "glioma" not in log
    done(server.owner_url, "DROP TABLE charts")


def test_what_was_committed_is_there_after_kill_9(server, home):
    done(server.owner_url, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    server.kill()
    with running(home) as again:
        assert again.url == server.url
        assert asked(again.owner_url, "SELECT count(*) FROM kept") == [(1000,)]
        done(again.owner_url, "DROP TABLE kept")


def test_a_pid_file_that_names_a_stranger_does_not_hinder(server, home):
    server.kill()
    note = postgres_files.place(home).data / "postmaster.pid"
    words = note.read_text().splitlines()
    note.write_text("\n".join([str(os.getppid()), *words[1:]]))
    with running(home):
        assert processes.started(os.getppid())


def test_a_killed_server_that_nobody_waited_for_does_not_hinder(server, home):
    server.kill()
    place = postgres_files.place(home)
    unburied = subprocess.Popen(["true"], user=place.user, group=place.group)  # ends, and keeps its number
    (lock,) = place.sockets.glob("*.lock")
    lock.write_text("\n".join([str(unburied.pid), *lock.read_text().splitlines()[1:]]))
    try:
        with running(home) as again:
            assert asked(again.url, "SELECT 1") == [(1,)]
    finally:
        unburied.wait()


def test_one_folder_has_one_server(server, home):
    with pytest.raises(CannotStart, match="in use by another process"):
        postgres.start(home)


def test_two_folders_run_side_by_side(server, tmp_path):
    with running_once(tmp_path) as other:
        assert other.url != server.url
        assert asked(other.url, "SELECT 1") == asked(server.url, "SELECT 1")


def test_a_path_too_long_for_a_socket_gets_a_short_one(tmp_path):
    with running_once(tmp_path / ("long" * 25)) as server:
        assert asked(server.url, "SELECT 1") == [(1,)]


def test_a_first_start_that_was_cut_short_is_begun_again(tmp_path):
    making = postgres_files.place(tmp_path).data.with_name("making")
    making.mkdir()
    (making / "half").write_text("a file that initdb would stumble over")
    with running_once(tmp_path) as server:
        assert asked(server.url, "SELECT 1") == [(1,)]


def test_data_of_another_version_are_refused_with_a_way_out(tmp_path):
    data = postgres_files.place(tmp_path).data
    data.mkdir()
    (data / "PG_VERSION").write_text("15\n")
    with pytest.raises(CannotStart, match=r"PostgreSQL 15.*RESET=1"):
        postgres.start(tmp_path)
    postgres_files.forget(tmp_path)


STARTER = "import time; from pathlib import Path; from portal.local import postgres; {defuse}; \
print(postgres.start(Path({home!r}), durable=False).pid, flush=True); time.sleep(60)"


def killed_starter(home: Path, defuse: str = "0") -> int:
    """Start a server from another process, kill that process with -9, and say which server it left."""
    code = STARTER.format(home=str(home), defuse=defuse)
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as starter:
        pid = int(starter.stdout.readline())
        starter.kill()
    return pid


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_a_server_ends_with_the_process_that_started_it(tmp_path):
    pid = killed_starter(tmp_path)
    assert processes.wait_until(lambda: processes.started(pid) is None, seconds=5)
    postgres_files.forget(tmp_path)


def test_a_server_that_outlived_its_starter_is_ended_by_the_next_start(tmp_path):
    pid = killed_starter(tmp_path, "from portal.local import processes; processes._LIBC = None")
    assert processes.started(pid)
    with running_once(tmp_path):
        assert processes.started(pid) is None


def test_forgetting_removes_every_trace(tmp_path):
    postgres.start(tmp_path, durable=False).stop()
    data = postgres_files.place(tmp_path).data
    assert data.exists()
    postgres_files.forget(tmp_path)
    assert not data.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's clusters live outside their home")
def test_a_cluster_whose_home_is_gone_is_swept_away_by_the_next_start(tmp_path, monkeypatch):
    gone, here = tmp_path / "gone", tmp_path / "here"
    monkeypatch.setattr(postgres_files, "STATE", tmp_path / "state")
    monkeypatch.setattr(postgres_files, "_copied_programs", postgres_files._programs)
    postgres_files.STATE.mkdir()
    for home in (gone, here):
        home.mkdir()
        postgres_files.place(home, passing=True)
    lasting = postgres_files.place(tmp_path / "lasting").data.parent
    gone.rmdir()
    postgres_files.place(here)
    assert not postgres_files._state_of(gone).exists()
    assert postgres_files._state_of(here).exists()
    assert lasting.exists()


def test_a_machine_without_the_programs_is_told_what_to_set(tmp_path, monkeypatch):
    monkeypatch.setattr(postgres_files, "WHEEL", "no_such_wheel")
    with pytest.raises(CannotStart, match="DATABASE_OWNER_URL"):
        postgres_files._programs()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_root_runs_it_as_nobody(server):
    assert Path(f"/proc/{server.pid}").stat().st_uid == 65534


def test_stopping_twice_is_harmless(home):
    with running(home) as server:
        server.stop()
        server.kill()


def test_a_frozen_server_is_stopped_all_the_same(server):
    os.kill(server.pid, signal.SIGSTOP)
    processes.end(server.process, signal.SIGINT, seconds=0.2)
    server.stop()
    assert processes.started(server.pid) is None


def test_roles_are_sql_that_any_postgres_takes_twice(server):
    done(server.admin_url, postgres.ROLES.read_text())
