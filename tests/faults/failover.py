"""Two clusters, one following the other, and somebody who writes while the first is killed: F23.

    python -m tests.faults.failover

writes jobs through the product's own settings and models for ever, and prints the number of each one that was
acknowledged.

The writer's address names both clusters and asks for the one that takes writes.
"""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from portal.local import folders, postgres, postgres_files, processes
from tests.faults.registry import NotRun, must
from tests.site import FIELD_KEYS, ROOT, SECRET_KEY

_ENOUGH = 500  # acknowledged writes before the kill


@dataclass(frozen=True)
class FailedOver:
    """How many writes were acknowledged, how many of them are not there, seconds until writes went on."""

    acked: int
    lost: int
    after: float


def run() -> FailedOver:
    """Start both, write, kill the first, promote the second, count. Raises NotRun, NotSurvived."""
    with tempfile.TemporaryDirectory(prefix="tributary-failover-") as folder, ExitStack() as ending:
        first, second = Path(folder) / "first", Path(folder) / "second"
        primary = postgres.start(first, durable=False)
        ending.callback(primary.kill)
        followed = _following(first, second)
        ending.callback(lambda: processes.end(followed, seconds=0))
        _synchronous(first)
        _migrated(first)
        acked, writer = ending.enter_context(_writing(first, second))
        _until(lambda: len(acked) >= _ENOUGH, 120, f"{_ENOUGH} writes")
        primary.kill()
        before = len(acked)
        with psycopg.connect(postgres.address(second, postgres.SUPERUSER), autocommit=True) as standby:
            standby.execute("select pg_promote(true, 30)")
            promoted = time.monotonic()
            standby.execute("alter system reset synchronous_standby_names")
            standby.execute("select pg_reload_conf()")
        _until(lambda: len(acked) > before + 100, 60, "writes after the promotion")
        after = next(at for at, _number in acked[before:] if at > promoted) - promoted
        writer.send_signal(signal.SIGTERM)
        writer.wait(10)
        with psycopg.connect(postgres.address(second, postgres.SUPERUSER)) as standby:
            there = {number for (number,) in standby.execute("select subject from ground_job").fetchall()}
        return FailedOver(len(acked), sum(number not in there for _at, number in acked), after)


def _following(first: Path, second: Path) -> "subprocess.Popen[bytes]":
    """A standby of the first cluster, started."""
    second.mkdir()
    place = postgres_files.place(second, passing=True)
    folders.private(place.data, owner=place.user)
    words = ["-h", postgres_files.sockets(first), "-U", postgres.SUPERUSER, "-D", place.data]
    words += ["-R", "-X", "stream", "-c", "fast"]
    done = postgres.run(place, "pg_basebackup", *words, PGAPPNAME="second")
    if done.returncode:
        raise NotRun(f"no standby can be made here: {done.stderr.strip()[-150:]}")
    with (second / "postgres.log").open("ab") as log:
        process = processes.spawn(
            postgres._command(place, durable=False),
            env=postgres.ENVIRONMENT,
            output=log,
            on_our_death=signal.SIGINT,
            user=place.user,
            group=place.group,
            cwd="/",
        )
    _until(lambda: _answers(second), 30, "the standby")
    return process


def _answers(home: Path) -> bool:
    try:
        with psycopg.connect(postgres.address(home, postgres.SUPERUSER)):
            return True
    except psycopg.OperationalError:
        return False


def _synchronous(first: Path) -> None:
    """From now on a commit is acknowledged when the standby has it too."""
    with psycopg.connect(postgres.address(first, postgres.SUPERUSER), autocommit=True) as primary:
        primary.execute("alter system set synchronous_standby_names = '*'")
        primary.execute("select pg_reload_conf()")
        query = "select 1 from pg_stat_replication where sync_state = 'sync'"
        _until(lambda: primary.execute(query).fetchone(), 30, "a synchronous standby")


def _environment(address: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "SECRET_KEY": SECRET_KEY,
        "FIELD_KEYS": FIELD_KEYS,
        "SITE_URL": "http://localhost:8000",
        "REDIS_URL": "redis://127.0.0.1:1/0",  # nobody listens there
        "ONEUP_CLIENT_ID": "nobody",
        "ONEUP_CLIENT_SECRET": "nobody",
        "LOG_LEVEL": "CRITICAL",
        "DATABASE_URL": address,
    }


def _migrated(home: Path) -> None:
    environment = _environment(postgres.address(home))
    environment["DATABASE_OWNER_URL"] = postgres.address(home, postgres.OWNER)
    words = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(words, cwd=ROOT, env=environment, check=True)


@contextmanager
def _writing(first: Path, second: Path) -> Iterator[tuple[list[tuple[float, int]], "subprocess.Popen[str]"]]:
    """Somebody who writes; when each write was acknowledged, and its number."""
    hosts = ",".join(str(postgres_files.sockets(home)) for home in (first, second))
    address = (
        f"postgresql://{postgres.APPLICATION}@/tributary?host={quote(hosts)}&target_session_attrs=read-write"
    )
    acked: list[tuple[float, int]] = []
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.failover"],
        cwd=ROOT,
        env=_environment(address),
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:

        def listen() -> None:
            for line in writer.stdout or ():
                acked.append((time.monotonic(), int(line)))

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        try:
            yield acked, writer
        finally:
            writer.kill()
            thread.join(5)


def _until(is_so: object, seconds: float, what: str) -> None:
    ends = time.monotonic() + seconds
    while not is_so():  # type: ignore[operator]
        must(time.monotonic() < ends, f"waited {seconds:.0f} s for {what}")
        time.sleep(0.02)


def write() -> None:
    """Write jobs one after the other. What fails is tried again, as a worker's next slice would."""
    import django

    django.setup()
    from django.db import DatabaseError, InterfaceError, connection

    from ground.models import Job

    number = 0
    while True:
        number += 1
        try:
            Job.objects.create(kind="bench-written", subject=number, state="done")
        except (DatabaseError, InterfaceError):
            connection.close()
            time.sleep(0.05)
        else:
            print(number, flush=True)


if __name__ == "__main__":
    write()
