"""A Postgres of the bench's own, as durable as in life, with the product's tables in it."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.core.management import call_command

from portal.local import postgres

_SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "portal.settings",
    "REDIS_URL": "redis://127.0.0.1:1/0",  # nobody listens there, and nothing here rings
    "SECRET_KEY": "for-the-bench-only-for-the-bench-only-for-the-bench-only",
    "FIELD_KEYS": "b:YmVuY2hiZW5jaGJlbmNoYmVuY2hiZW5jaGJlbmNoMTI=",
    "ALLOWED_HOSTS": "localhost",
    "ONEUP_CLIENT_ID": "bench",
    "ONEUP_CLIENT_SECRET": "bench",
    "LOG_LEVEL": "ERROR",
}


@contextmanager
def ready() -> Iterator[Path]:
    """Django, set up on a database of its own; a folder for files. Both are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="tributary-bench-") as home:
        server = postgres.start(Path(home) / "postgres")
        try:
            os.environ.update(_SETTINGS, DATABASE_URL=server.url, DATABASE_OWNER_URL=server.owner_url)
            os.environ["STATIC_ROOT"] = home
            django.setup()
            call_command("migrate", verbosity=0)
            yield Path(home)
        finally:
            from django.db import connections

            connections.close_all()
            server.stop()
