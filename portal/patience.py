"""How long a page waits for its database. Jobs have the longer limit that stands on the role."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

STATEMENT = "5s"


def answer_in_time() -> None:
    """In a web process: end a statement that nobody would wait for; the page says then that it cannot now."""
    connection_created.connect(_limit, dispatch_uid=__name__)


def _limit(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if connection.alias == DEFAULT_DB_ALIAS:
        with connection.cursor() as cursor:
            cursor.execute("select set_config('statement_timeout', %s, false)", [STATEMENT])
