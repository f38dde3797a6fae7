"""What the application's database role may do, set each time the owner migrates.

The application's role neither owns tables nor bypasses their policies, and it cannot rewrite what happened.
"""

from typing import Any

from django.db import connections

#: Tables the application may only add to and read.
APPEND_ONLY = ("ground_look", "ground_seal", "records_grantchange", "portal_deed")


def prepare(*, using: str, **_: Any) -> None:
    """Before migrating: tables and sequences made from now on are usable by the application's role."""
    role = _application_role(using)
    if role is None:
        return
    with connections[using].cursor() as cursor:
        cursor.execute(f"alter default privileges grant select, insert, update, delete on tables to {role}")
        cursor.execute(f"alter default privileges grant usage, select on sequences to {role}")


def tighten(*, using: str, **_: Any) -> None:
    """After migrating: take back what an append-only table must not allow."""
    role = _application_role(using)
    if role is None:
        return
    present = set(connections[using].introspection.table_names())
    with connections[using].cursor() as cursor:
        for table in present.intersection(APPEND_ONLY):
            cursor.execute(f"revoke update, delete, truncate on {table} from {role}")


def _application_role(using: str) -> str | None:
    """The application's role, quoted; None unless we are the owner of this database."""
    connection = connections[using]
    role = str(connections["default"].settings_dict["USER"])
    if not role or connection.settings_dict["USER"] == role:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_get_userbyid(datdba) = current_user from pg_database"
            " where datname = current_database()"
        )
        row = cursor.fetchone()
    return connection.ops.quote_name(role) if row and row[0] else None
