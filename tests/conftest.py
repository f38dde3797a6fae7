"""Real parts for every test: a Postgres and a Redis of our own, the application's role, a closed network."""

import os
import re
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django
import psycopg
import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
pytest_plugins = ["tests.demanded", "tests.rota"]

_home = tempfile.TemporaryDirectory(prefix="tributary-tests-")
_POSTGRES, _REDIS = Path(_home.name) / "postgres", Path(_home.name) / "redis"
_missing: list[tuple[Callable[[], Any], tuple[str, ...]]] = []
_servers: list[Any] = []
_has_own_cluster = "DATABASE_URL" not in os.environ


def _environment() -> None:
    """Settings of the test run; made before Django reads them, because it reads them once."""
    from portal.local import postgres, redis
    from tests import clusters

    if _has_own_cluster:
        os.environ["DATABASE_URL"] = postgres.address(_POSTGRES, postgres.APPLICATION)
        os.environ["DATABASE_OWNER_URL"] = postgres.address(_POSTGRES, postgres.OWNER)
        _missing.append(
            (lambda: clusters.start(_POSTGRES, os.environ), ("DATABASE_URL", "DATABASE_OWNER_URL"))
        )
    if "REDIS_URL" not in os.environ:
        os.environ["REDIS_URL"] = redis.address(_REDIS)
        _missing.append((lambda: redis.start(_REDIS), ("REDIS_URL",)))
    static = Path(_home.name) / "static"  # whitenoise warns of a missing folder, and warnings are errors
    static.mkdir()
    defaults = {
        "STATIC_ROOT": str(static),
        "SECRET_KEY": "for-tests-only-for-tests-only-for-tests-only-for-tests-only",
        "FIELD_KEYS": "t:dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHRlc3Q=",
        "SITE_URL": "http://localhost:8000",
        "ALLOWED_HOSTS": "localhost,testserver",
        "ONEUP_API_URL": "http://127.0.0.1:1/api",
        "ONEUP_AUTH_URL": "http://127.0.0.1:1/auth",
        "ONEUP_SEARCH_URL": "http://127.0.0.1:1/search",
        "ONEUP_CLIENT_ID": "demo-app",
        "ONEUP_CLIENT_SECRET": "demo-secret",
        "ONEUP_ALLOW_INSECURE": "yes",
        "ONEUP_REQUESTS_PER_MINUTE": "100000",
        "ONEUP_USER_CALLS_PER_HOUR": "100000",
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"


def pytest_configure(config: pytest.Config) -> None:
    """Start what is missing, in each process that runs tests; one that only hands them out needs nothing.

    Its children inherit its environment and must not take our addresses for given ones.
    """
    if hasattr(config, "workerinput") or not config.getoption("numprocesses", None):
        _servers.extend(start() for start, _names in _missing)
        return
    for name in ("DJANGO_SETTINGS_MODULE", *(name for _start, names in _missing for name in names)):
        del os.environ[name]


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One process more than there are cores: much of a journey is waiting."""
    return (os.cpu_count() or 1) + 1


#: Folders with the longest files. First, or one process would end with them while the others stand idle.
_LONG = ("browser", "journeys", "fuzz")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long files first, whatever order chance gave them, and folder by folder: its site ends with it."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    folder = item.path.relative_to(ROOT / "tests").parts[0]
    return _LONG.index(folder) if folder in _LONG else len(_LONG)


def pytest_unconfigure() -> None:
    """Stop what we started, Redis first."""
    while _servers:
        _servers.pop().stop()
    _home.cleanup()


_environment()
django.setup()


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker
) -> Iterator[None]:
    """In a cluster of our own its one database; in one that was given a test database beside those there.

    It is its owner who makes it, and the application's role that uses it, as in life.
    """
    if _has_own_cluster:
        yield
        return
    from django.core.management import call_command
    from django.db import connections

    with django_db_blocker.unblock():
        owner, application = connections["owner"], connections["default"]
        process = os.environ.get("PYTEST_XDIST_WORKER", "")  # several may share a server that was given
        owner.settings_dict["TEST"]["NAME"] = f"test_{owner.settings_dict['NAME']}{process}"
        name = owner.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        application.close()
        application.settings_dict["NAME"] = name
        call_command("createcachetable", database="owner", verbosity=0)
        owner.close()
    yield
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # a browser may still be driven, in a loop of its own
        application.close()
        connections.close_all()  # while one is, Django keeps others than those above
        owner.creation.destroy_test_db(
            os.environ["DATABASE_URL"].rsplit("/", 1)[-1].split("?")[0], verbosity=0
        )


#: Rows that migrations made, or that Django reads once and remembers.
_KEPT = {"django_migrations", "django_content_type", "auth_permission", "portal_cache"}


def owner_address() -> str:
    """Where the owner of the test database connects, for what the application's role may not do."""
    from django.db import connections

    name = connections["default"].settings_dict["NAME"]
    return re.sub(r"/[^/?]+(?=\?|$)", f"/{name}", os.environ["DATABASE_OWNER_URL"], count=1)


def empty_tables() -> None:
    """Empty every table as the owner: the application's role may not, and that is right."""
    with psycopg.connect(owner_address(), autocommit=True) as owner:
        rows = owner.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
        tables = sorted({name for (name,) in rows} - _KEPT)
        owner.execute("truncate " + ", ".join(f'"{name}"' for name in tables) + " restart identity cascade")


@pytest.fixture(scope="session", autouse=True)
def _the_owner_empties_tables() -> None:
    """Transactional tests end with empty tables, as Django's own would."""
    from django.test import TransactionTestCase

    TransactionTestCase._fixture_teardown = lambda _case: empty_tables()


@pytest.fixture(scope="session", autouse=True)
def _an_undefined_template_variable_fails() -> None:
    """Every page of every test is drawn with a loud engine."""
    from django.template import engines

    from tests.templates import Loud

    engines["django"].engine.string_if_invalid = Loud()


@pytest.fixture(scope="session", autouse=True)
def _hashing_is_quick() -> Iterator[None]:
    """The same algorithm with little work: a good hash is slow on purpose, and tests make many."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Argon2PasswordHasher, "time_cost", 1)
        patch.setattr(Argon2PasswordHasher, "memory_cost", 64)
        yield


@pytest.fixture(scope="session", autouse=True)
def _clients_begin_quickly() -> Iterator[None]:
    """Static files are looked up as they are asked for: else each test client begins by reading them all."""
    from django.test import override_settings

    with override_settings(WHITENOISE_AUTOREFRESH=True):
        yield


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """The network is off, but for this machine's own loopback."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if host and host not in ("127.0.0.1", "localhost", "::1"):
            raise RuntimeError(f"a test tried to reach {host}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
