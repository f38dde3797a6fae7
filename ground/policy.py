"""Row-level security as migration operations, and the list of the tables that carry it.

One permissive policy per table over one setting (two OR-ed policies cost a hundredfold), through a function
that raises when no scope is set. The policy alone cannot use the index: always filter by patient as well.
"""

from typing import Any

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import RunSQL
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

_FUNCTION = """
create function scope_patients() returns bigint[] language plpgsql stable parallel safe as $$
declare
    raw text := current_setting('app.patients', true);
begin
    if raw is null or raw = '' then
        raise exception 'no row scope is set' using errcode = 'insufficient_privilege';
    end if;
    return raw::bigint[];
end
$$
"""


def scope_function() -> RunSQL:
    """The operation that makes `scope_patients()`; it stands in ground's first migration."""
    return RunSQL(_FUNCTION, "drop function scope_patients()")


class Protect(Operation):
    """Let rows of a table be reached only inside a scope that holds their patient."""

    reversible = True

    def __init__(self, model_name: str, column: str = "patient_id") -> None:
        """`column` holds the patient's primary key."""
        self.model_name = model_name
        self.column = column

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """As Django asks of an operation."""
        return type(self).__qualname__, [self.model_name, self.column], {}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Policies are no part of Django's state."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Enable and force the policy, after this migration's foreign keys are in place.

        Checking a new foreign key reads the table as its owner, and a forced policy would stop that.
        """
        table = self._table(to_state, app_label)
        inside = f"{self.column} = any ((select scope_patients())::bigint[])"
        schema_editor.deferred_sql.append(f"alter table {table} enable row level security")
        schema_editor.deferred_sql.append(f"alter table {table} force row level security")
        schema_editor.deferred_sql.append(
            f"create policy in_scope on {table} using ({inside}) with check ({inside})"
        )

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Take the policy off again."""
        table = self._table(from_state, app_label)
        schema_editor.execute(f"drop policy in_scope on {table}")
        schema_editor.execute(f"alter table {table} no force row level security")
        schema_editor.execute(f"alter table {table} disable row level security")

    def describe(self) -> str:
        """One line for `migrate`'s output."""
        return f"Protect the rows of {self.model_name} by patient"

    def _table(self, state: Any, app_label: str) -> str:
        return connection.ops.quote_name(state.apps.get_model(app_label, self.model_name)._meta.db_table)


def protected_tables() -> set[str]:
    """The tables that carry the policy, as the database says."""
    with connection.cursor() as cursor:
        cursor.execute("select relname from pg_class where relrowsecurity and relforcerowsecurity")
        return {name for (name,) in cursor.fetchall()}
