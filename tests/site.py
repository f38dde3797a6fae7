"""The whole site as tests meet it: web, worker, beat and sandbox as processes, on servers of its own.

    with start_site(folder) as site:
        site.kill("worker")
        site.start("worker")

Its Postgres and Redis are apart from those of the unit tests, so that they may be killed. `site.rows(...)`
reads the database as its superuser, past every policy: an independent look at what was kept.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import requests

from portal.local import postgres, redis
from tests import clusters
from tests.sandbox_process import CLIENT_ID, CLIENT_SECRET, Sandbox, start_sandbox

ROOT = Path(__file__).resolve().parents[1]
SECRET_KEY = "for-tests-only-for-tests-only-for-tests-only-for-tests-only"
FIELD_KEYS = "t:dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHRlc3Q="
_CELERY = [sys.executable, "-m", "celery", "-q", "-A", "portal"]
_QUIET = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
_GRANIAN = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--no-ws"]
_WORDS = {
    "worker": [*_CELERY, "worker", "--loglevel", "INFO", "--concurrency", "2", *_QUIET],
    "beat": [*_CELERY, "beat", "--pidfile=", "--scheduler", "celery.beat:Scheduler"],
}


class Site:
    """A running site. `url` is where a person goes."""

    def __init__(self, home: Path, sandbox: Sandbox, port: int, **settings: str) -> None:
        self.home, self.sandbox = home, sandbox
        self.url = f"http://localhost:{port}"
        self.settings = settings
        self.words = {**_WORDS, "web": [*_GRANIAN, "--port", str(port), "portal.wsgi:application"]}
        self._children: dict[str, Any] = {}
        self.revived: list[str] = []  # what ended by itself and was started again

    def start(self, name: str) -> None:
        """Start one of postgres, redis, web, worker, beat; the first two return when they answer."""
        if name == "postgres":
            self._children[name] = clusters.start(self.home, self.environment())
        elif name == "redis":
            self._children[name] = redis.start(self.home)
        else:
            self._children[name] = self._spawn(name)

    def kill(self, name: str) -> None:
        """End one at once, with everything it started, as a crash would."""
        child = self._children.pop(name)
        if name in ("postgres", "redis"):
            child.kill()
        else:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()

    def end(self, name: str) -> None:
        """End a server in good order, while others still stand on it."""
        self._children.pop(name).stop()

    def is_up(self, name: str) -> bool:
        """Whether one of them was started and has not ended."""
        child = self._children.get(name)
        process = getattr(child, "process", child)
        return process is not None and process.poll() is None

    def pid(self, name: str) -> int:
        """The number of its main process."""
        return int(self._children[name].pid)

    def stop(self) -> None:
        """End everything."""
        for name in ("web", "beat", "worker"):
            if name in self._children:
                self.kill(name)
        for name in ("redis", "postgres"):
            if name in self._children:
                self._children.pop(name).stop()

    def manage(self, *words: str) -> str:
        """Run one of manage.py's commands as the owner; what it printed."""
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self._owner(),
            check=True,
            text=True,
            stdout=subprocess.PIPE,
        ).stdout

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the database as its superuser, past every policy."""
        with psycopg.connect(postgres.address(self.home, postgres.SUPERUSER), autocommit=True) as database:
            return database.execute(query, values).fetchall()

    def five_minutes_pass(self) -> None:
        """After that a place may be asked again."""
        self.sandbox.clock(301)
        self.change("update connect_connection set asked_at = asked_at - interval '301 seconds'")

    def change(self, statements: str) -> None:
        """Have the database do something as its superuser."""
        with psycopg.connect(postgres.address(self.home, postgres.SUPERUSER), autocommit=True) as database:
            database.execute(statements.encode())

    @property
    def given_secrets(self) -> set[str]:
        """What the processes were told and must not tell."""
        return {SECRET_KEY, FIELD_KEYS.partition(":")[2], CLIENT_SECRET}

    def log(self) -> str:
        """Everything that web, worker, beat, Postgres and Redis wrote so far."""
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.home.glob("*.log")))

    def until(
        self, is_so: Callable[[], Any], *, seconds: float = 90, what: str | Callable[[], str] = "it"
    ) -> Any:
        """Wait until something is true and return it. Raises AssertionError after `seconds`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._revive()
            if found := is_so():
                return found
            time.sleep(0.2)
        wanted = what() if callable(what) else what
        raise AssertionError(f"waited {seconds} s for {wanted}\n{self.log()[-3000:]}")

    def is_ready(self) -> bool:
        """Whether the web process answers and reaches its database."""
        try:
            return requests.get(f"{self.url}/readyz", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def _revive(self) -> None:
        """Start again what ended by itself, as the demo's supervisor and a container's restart policy do."""
        for name in ("web", "worker", "beat"):
            child = self._children.get(name)
            if child is not None and child.poll() is not None:
                self.revived.append(name)
                self.start(name)

    def _spawn(self, name: str) -> subprocess.Popen[bytes]:
        with (self.home / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                self.words[name],
                cwd=ROOT,
                env=self.environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def environment(self) -> dict[str, str]:
        """What the processes are told."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return kept | {
            "PYTHONUNBUFFERED": "1",
            "SITE_URL": self.url,
            "DEMO": "yes",
            "SECRET_KEY": SECRET_KEY,
            "FIELD_KEYS": FIELD_KEYS,
            "DATABASE_URL": postgres.address(self.home),
            "REDIS_URL": redis.address(self.home),
            "SWEEP_SECONDS": "1",
            "ONEUP_API_URL": self.sandbox.api,
            "ONEUP_AUTH_URL": self.sandbox.auth,
            "ONEUP_SEARCH_URL": self.sandbox.search,
            "ONEUP_CLIENT_ID": CLIENT_ID,
            "ONEUP_CLIENT_SECRET": CLIENT_SECRET,
            "ONEUP_ALLOW_INSECURE": "yes",
            "ONEUP_ANALYTICS_URL": self.sandbox.analytics,
            "ONEUP_BULK_URL": self.sandbox.bulk,
            "ONEUP_CUSTOMER": CLIENT_ID,
            "ONEUP_REQUESTS_PER_MINUTE": "100000",
            "ONEUP_USER_CALLS_PER_HOUR": "100000",
            "ONEUP_POPULATION": "client",
            **self.settings,
        }

    def _owner(self) -> dict[str, str]:
        return self.environment() | {"DATABASE_OWNER_URL": postgres.address(self.home, postgres.OWNER)}


@contextmanager
def start_site(
    home: Path, *, settings: dict[str, str] | None = None, **sandbox_options: Any
) -> Iterator[Site]:
    """A whole site for the length of the block. `sandbox_options` are the sandbox's flags (tick, corpus)."""
    port = free_port()
    with ExitStack() as ending:
        callback = f"http://localhost:{port}/connect/return/"
        sandbox = ending.enter_context(start_sandbox(callback=callback, **{"tick": 1, **sandbox_options}))
        site = Site(home, sandbox, port, **(settings or {}))
        ending.callback(site.stop)
        for server in ("postgres", "redis"):
            site.start(server)
        for process in ("web", "worker", "beat"):
            site.start(process)
        site.until(site.is_ready, seconds=180, what="the site to be ready")
        yield site


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def password() -> str:
    """A password a person could have chosen."""
    return f"a quiet river {secrets.randbelow(10**6)}"
