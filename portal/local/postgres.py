"""An embedded PostgreSQL: one cluster per folder, its socket in a folder that is ours alone, no TCP.

Anyone who can reach the socket is trusted, which is why nobody else can. Killing it with -9 is survivable:
`start` on the same folder waits for what is left of it and recovers. The log settings keep statements and
their values, which are health data, out of the log.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg
from psycopg import sql

from portal.local import folders, postgres_files, processes
from portal.local.postgres_files import Place
from portal.local.trouble import CannotStart

SUPERUSER = "postgres"
OWNER = "tributary_owner"
APPLICATION = "tributary_app"
ROLES = Path(__file__).with_name("roles.sql")
PATIENCE = 30.0  # seconds; a recovery after kill -9 may have a long log to replay

SETTINGS = {
    "listen_addresses": "",
    "port": "5432",  # part of the socket's name, nothing listens on it
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "log_checkpoints": "off",
    "log_min_duration_statement": "-1",
}
# A kill of the process loses nothing with these; only a crash of the whole machine would. For tests.
# `synchronous_commit` stays on: without it a kill -9 of Postgres loses the last commits.
HASTY = {"fsync": "off", "full_page_writes": "off"}

# Nothing of the caller's PG* and LC_* may lean on the server.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


@dataclass(frozen=True)
class Server:
    """A running cluster: `url` for the application, `owner_url` for migrations, `admin_url` for all else."""

    url: str
    owner_url: str
    admin_url: str
    process: subprocess.Popen[bytes] = field(repr=False)
    lock: IO[str] = field(repr=False)

    @property
    def pid(self) -> int:
        """The number of the main process."""
        return self.process.pid

    def ask(self) -> None:
        """Ask it to end, without waiting."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)

    def stop(self) -> None:
        """End it cleanly: SIGINT, since SIGTERM would wait for its clients."""
        processes.end(self.process, signal.SIGINT, signal.SIGQUIT)
        self.lock.close()

    def kill(self) -> None:
        """End it as a crash would, with nothing written and nothing said."""
        processes.end(self.process, seconds=0)
        self.lock.close()


def start(
    home: Path, *, name: str = "tributary", durable: bool = True, output: IO[bytes] | int | None = None
) -> Server:
    """Start the cluster of this folder, made on first use, with its roles and the database `name`.

    `output` is where its log goes, `home/postgres.log` unless given. With `durable=False` a crash of the
    machine may lose data (a crash of Postgres does not). Raises CannotStart with a sentence for a person.
    """
    home.mkdir(parents=True, exist_ok=True)
    lock = folders.hold(home / "postgres.lock")
    try:
        place = postgres_files.place(home, passing=not durable)
        postgres_files.clear(place)
        _make_cluster(place)
        with _log(home, output) as log:
            process = _launch(place, durable=durable, log=log)
        _prepare(home, name)
    except BaseException:
        lock.close()
        raise
    app, owner, admin = (address(home, role, name=name) for role in (APPLICATION, OWNER, SUPERUSER))
    return Server(app, owner, admin, process=process, lock=lock)


def address(home: Path, role: str = APPLICATION, *, name: str = "tributary") -> str:
    """Where a role reaches the database of this folder's cluster, whether or not it runs."""
    return f"postgresql://{role}@:5432/{name}?host={quote(str(postgres_files.sockets(home)))}"


@contextlib.contextmanager
def _log(home: Path, output: IO[bytes] | int | None) -> Iterator[IO[bytes] | int]:
    if output is not None:
        yield output
        return
    with (home / "postgres.log").open("ab") as log:
        yield log


def _make_cluster(place: Place) -> None:
    """Run initdb once, beside the final place, so that a start cut short leaves nothing half made."""
    if (place.data / "PG_VERSION").exists():
        _refuse_another_version(place)
        return
    making = place.data.with_name("making")
    shutil.rmtree(making, ignore_errors=True)
    folders.private(making, owner=place.user)
    flags = ["-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions"]
    # The builtin provider, so that the order of words does not depend on the machine's locale.
    flags += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
    answer = run(place, "initdb", "-D", making, *flags)
    if answer.returncode:
        raise CannotStart(f"Postgres could not make its data folder: {answer.stderr.strip()[-400:]}")
    making.rename(place.data)


def run(
    place: Place, program: str, *words: str | Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run one of Postgres' programs to its end as the cluster's user; what it said, failed or not."""
    return subprocess.run(
        [place.bin / program, *words],
        env=ENVIRONMENT | environment,
        cwd="/",
        user=place.user,
        group=place.group,
        extra_groups=None if place.user is None else [],
        capture_output=True,
        text=True,
        check=False,
    )


def _refuse_another_version(place: Place) -> None:
    found = (place.data / "PG_VERSION").read_text().strip()
    if found != postgres_files.MAJOR:
        raise CannotStart(
            f"The data in {place.data} are of PostgreSQL {found}, this is {postgres_files.MAJOR}. "
            "RESET=1 starts clean."
        )


def _launch(place: Place, *, durable: bool, log: IO[bytes] | int) -> subprocess.Popen[bytes]:
    """Start until it answers: after a kill -9 its orphans hold the shared memory for a moment."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        process = processes.spawn(
            _command(place, durable=durable),
            env=ENVIRONMENT,
            output=log,
            on_our_death=signal.SIGINT,
            user=place.user,
            group=place.group,
            cwd="/",
        )
        if _answers(place, process, deadline):
            return process
        processes.end(process, signal.SIGQUIT)
        time.sleep(0.1)
    raise CannotStart(f"Postgres did not start within {PATIENCE:.0f} seconds; its log says why.")


def _command(place: Place, *, durable: bool) -> list[str | Path]:
    settings = SETTINGS | {"unix_socket_directories": str(place.sockets)} | ({} if durable else HASTY)
    return [
        place.bin / "postgres",
        "-D",
        place.data,
        *(f"--{name}={value}" for name, value in settings.items()),
    ]


def _answers(place: Place, process: subprocess.Popen[bytes], deadline: float) -> bool:
    """Wait until it says it is ready; False when the process ended or time is up."""
    note = place.data / "postmaster.pid"
    while process.poll() is None and time.monotonic() < deadline:
        words = postgres_files.said_by(note)
        if words and words[0] == str(process.pid) and words[-1] == "ready":
            return True
        time.sleep(0.01)
    return False


def _prepare(home: Path, name: str) -> None:
    """The database and its two roles, each made unless it is there."""
    with psycopg.connect(address(home, SUPERUSER, name="postgres"), autocommit=True) as server:
        if not server.execute("SELECT FROM pg_database WHERE datname = %s", [name]).rowcount:
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    with psycopg.connect(address(home, SUPERUSER, name=name), autocommit=True) as database:
        database.execute(ROLES.read_bytes())
        # Tests drop their databases as the owner, with the application's sessions still open.
        database.execute("GRANT pg_signal_backend TO tributary_owner")
