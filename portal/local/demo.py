"""The demo: which children there are, what has to happen before each, and what a person is told."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from portal.local import environment, folders, ports, postgres, postgres_files, redis, register, welcome
from portal.local.console import Console
from portal.local.environment import Environment, Wishes
from portal.local.services import ROOT, Service, command
from portal.local.supervisor import Stopped, Supervisor
from portal.local.trouble import CannotStart

HOME = ROOT / ".local"
_MANAGE = (sys.executable, "manage.py")
_CELERY = (sys.executable, "-m", "celery", "-q", "-A", "portal")
_READY = 60.0  # seconds
# What the servers say at every start and nobody here can or should do anything about.
_NOISE = (
    "Memory overcommit must be enabled",
    "oO0OoO0OoO0Oo",
    "You're running the worker with superuser privileges",
    "absolutely not recommended!",
    "Please specify a different user using the --uid option.",
    "User information:",
    "_warn_or_raise_security_error",
    "Hitting Ctrl+C again will terminate",
)


@dataclass(frozen=True)
class Plan:
    """What one run of the demo needs to know: its home, what was asked, and the environments."""

    home: Path
    asked: Wishes
    product: Environment
    sandbox: Environment

    @property
    def owner(self) -> Environment:
        """The product's environment with the owner's address, for migrations alone."""
        owner_url = self.asked.owner_url or postgres.address(self.home, postgres.OWNER)
        return self.product | {"DATABASE_OWNER_URL": owner_url}


def plan(home: Path, given: Mapping[str, str]) -> Plan:
    """Read the wishes and make the environments; a server that is not named is ours. Raises CannotStart."""
    asked = environment.wishes(given)
    folders.private(home)
    kept = environment.kept_secrets(home)
    product = environment.product(given, kept, asked, home)
    (home / "static").mkdir(exist_ok=True)
    product["DATABASE_URL"] = asked.database_url or postgres.address(home)
    product["REDIS_URL"] = asked.redis_url or redis.address(home)
    return Plan(home, asked, product, environment.sandbox(given, kept, asked, home))


def run(home: Path = HOME, given: Mapping[str, str] = os.environ) -> None:
    """Run the demo until Ctrl-C. Raises CannotStart when it cannot be."""
    folders.private(home)
    with folders.hold(home / "demo.lock"):
        _clear_away(home, environment.wishes(given))
        work = plan(home, given)
        ports.demand(work.asked.port, setting="PORT", what="the portal")
        ports.demand(work.asked.sandbox_port, setting="SANDBOX_PORT", what="the sandbox")
        console = Console(path=home / "demo.log", secrets=_secrets(work), noise=_NOISE)
        supervisor = Supervisor(console, register.Register(home / "processes.json"))
        with supervisor.signals():
            try:
                _bring_up(work, supervisor, console)
                supervisor.watch()
            except Stopped:
                console.say("stopping")
            finally:
                supervisor.stop()
                console.say("stopped; the data are kept")
                console.close()


def _secrets(work: Plan) -> list[str]:
    names = ("SECRET_KEY", "FIELD_KEYS", "ONEUP_CLIENT_SECRET")
    return [part for name in names for part in work.product.get(name, "").split(":")]


def _clear_away(home: Path, asked: Wishes) -> None:
    """End what a killed predecessor left, and with RESET forget what it knew."""
    for name in register.reap(home / "processes.json"):
        print(f"Ended the {name} that an earlier demo had left running.", flush=True)
    if not asked.is_reset:
        return
    postgres_files.forget(home)
    for path in home.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != "demo.lock":
            path.unlink()


def _bring_up(work: Plan, supervisor: Supervisor, console: Console) -> None:
    """Start everything in an order that wastes no time: the sandbox gets ready while the tables are made."""
    supervisor.start(command("sandbox", _sandbox_words(work), work.sandbox))
    _servers(work, supervisor)
    _migrate(work, supervisor, console)
    for service in _product(work):
        supervisor.start(service)
    found = _accounts(work, supervisor)
    for name, is_ready in _signs(work, console).items():
        supervisor.wait_for(
            is_ready, seconds=_READY, else_say=f"The {name} was not ready within {_READY:.0f} seconds."
        )
    for line in welcome.lines(work.asked, found):
        console.say(line)


def _signs(work: Plan, console: Console) -> dict[str, Callable[[], bool]]:
    """By what each child shows that it is ready."""
    return {
        "sandbox": lambda: ports.answers(work.asked.sandbox_port, "/"),
        "portal": lambda: ports.answers(work.asked.port, "/readyz"),
        "worker": lambda: console.has_said("worker", "ready."),
    }


def _sandbox_words(work: Plan) -> tuple[str, ...]:
    return (sys.executable, "-m", "sandbox", str(work.asked.sandbox_port))


def _servers(work: Plan, supervisor: Supervisor) -> None:
    """Start those servers that nobody named."""
    if not work.asked.database_url:
        supervisor.start(
            Service("postgres", lambda out: postgres.start(work.home, output=out), is_server=True)
        )
    if not work.asked.redis_url:
        supervisor.start(Service("redis", lambda out: redis.start(work.home, output=out), is_server=True))


def _migrate(work: Plan, supervisor: Supervisor, console: Console) -> None:
    """Bring the tables up to date. Our own database's comment says what it was last brought up to."""
    now = _migrations()
    if not work.asked.database_url and _comment(work) == now:
        return
    console.say("making the tables")
    supervisor.run("migrate", [*_MANAGE, "migrate", "--verbosity", "0"], work.owner)
    if not work.asked.database_url:
        _comment(work, write=now)


def _comment(work: Plan, *, write: str = "") -> str | None:
    with psycopg.connect(work.owner["DATABASE_OWNER_URL"], autocommit=True) as database:
        if write:
            database.execute(sql.SQL("COMMENT ON DATABASE tributary IS {}").format(sql.Literal(write)))
        row = database.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    return row[0] if row else None


def _migrations() -> str:
    """A hash over what decides the tables: the migrations, what they stand on, and the packages."""
    digest = hashlib.sha256()
    kinds = ("*/migrations/*.py", "ground/*.py", "ground/db/*.py", "portal/management/commands/migrate.py")
    for path in [
        ROOT / "requirements/run.txt",
        *(path for kind in kinds for path in sorted(ROOT.glob(kind))),
    ]:
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def _accounts(work: Plan, supervisor: Supervisor) -> welcome.Accounts:
    """Make the demo's accounts, or find them made; what `seed_demo` says about them."""
    with tempfile.TemporaryFile(dir=work.home) as answer:
        supervisor.run("accounts", [*_MANAGE, "seed_demo"], work.product, output=answer.fileno())
        answer.seek(0)
        return welcome.read_accounts(answer.read().decode())


def _product(work: Plan) -> tuple[Service, ...]:
    worker = work.product | {"REMAP_SIGTERM": "SIGQUIT"}  # hand the job back at once rather than finish it
    return (
        command("worker", [*_CELERY, "worker", "--loglevel", "INFO", "--concurrency", "2", *_QUIET], worker),
        command(
            "beat", [*_CELERY, "beat", "--pidfile=", "--scheduler", "celery.beat:Scheduler"], work.product
        ),
        command("web", [*_GRANIAN, "--port", str(work.asked.port), "portal.wsgi:application"], work.product),
    )


_QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat")
_GRANIAN = (
    sys.executable,
    "-m",
    "granian",
    "--interface",
    "wsgi",
    "--host",
    "127.0.0.1",
    "--no-ws",
    "--blocking-threads",
    "4",
)


def accounts(home: Path = HOME, given: Mapping[str, str] = os.environ) -> None:
    """Print the accounts of the running demo with the one-time codes of this moment. Raises CannotStart."""
    work = plan(home, given)
    answer = subprocess.run(
        [*_MANAGE, "seed_demo"], env=work.product, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
    )
    if answer.returncode:
        raise CannotStart("The accounts cannot be asked for. Does the demo run? `make demo` starts it.")
    print("\n".join(welcome.accounts(welcome.read_accounts(answer.stdout))))
