"""Real parts for every test: a Postgres and a Redis of our own, the application's role, a closed network."""

import os
import re
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import psycopg
import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

_servers: list[object] = []
_home = tempfile.TemporaryDirectory(prefix="tributary-tests-")


def _environment() -> None:
    """Settings of the test run; made before Django reads them, because it reads them once."""
    from portal.local import postgres, redis

    if "DATABASE_URL" not in os.environ:
        server = postgres.start(Path(_home.name) / "postgres", durable=False)
        _servers.append(server)
        os.environ["DATABASE_URL"], os.environ["DATABASE_OWNER_URL"] = server.url, server.owner_url
    if "REDIS_URL" not in os.environ:
        broker = redis.start(Path(_home.name) / "redis")
        _servers.append(broker)
        os.environ["REDIS_URL"] = broker.url
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
    """Make the test database as its owner and use it as the application, as in life."""
    from django.core.management import call_command
    from django.db import connections

    with django_db_blocker.unblock():
        owner, application = connections["owner"], connections["default"]
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
