"""Whether this process can do its work: its database answers, and has every migration that the code knows."""

from functools import lru_cache

from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader

_PATIENCE = "2s"


def trouble() -> str:
    """One word for what is missing; empty when nothing is. Takes some seconds at most."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select set_config('statement_timeout', %s, true)", [_PATIENCE])
            cursor.execute("select app, name from django_migrations")
            there = {(app, name) for app, name in cursor.fetchall()}
    except DatabaseError:
        return "database"
    return "migrations" if _known() - there else ""


@lru_cache(maxsize=1)
def _known() -> frozenset[tuple[str, str]]:
    """Every migration of the code; read once, since code does not change under a running process."""
    return frozenset(MigrationLoader(None).disk_migrations)
