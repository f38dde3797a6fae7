"""Row-level security as migration operations, and the list of the tables that carry it.

One permissive policy per table (two OR-ed policies cost a hundredfold), through a function that raises when
no scope is set. The policy alone cannot use the index: always filter by patient as well. Grants are reached
by whom they name, and what a clinic writes about a patient by that clinic alone (decision 0030).
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

_OF_WHOM = """
create function scope_{name}() returns bigint language plpgsql stable parallel safe as $$
begin
    perform scope_patients();
    return nullif(current_setting('app.{name}', true), '')::bigint;
end
$$
"""
_IN_SCOPE = "{column} = any ((select scope_patients())::bigint[])"
_NAMED = """
case when (select scope_clinic()) is not null
         then clinic_id = (select scope_clinic()) and offered_at is not null
     when (select scope_person()) is not null
         then person_id = (select scope_person()) and offered_at is not null
     else {inside} end
"""
_OF_CLINIC = "{inside} and ((select scope_clinic()) is null or clinic_id = (select scope_clinic()))"


def scope_function() -> RunSQL:
    """The operation that makes `scope_patients()`; it stands in ground's first migration."""
    return RunSQL(_FUNCTION, "drop function scope_patients()")


def grant_functions() -> list[RunSQL]:
    """The operations that make `scope_clinic()` and `scope_person()`, which raise like `scope_patients()` and
    are null where nobody looks for a clinic, or by a grant.
    """
    return [
        RunSQL(_OF_WHOM.format(name=name), f"drop function scope_{name}()") for name in ("clinic", "person")
    ]


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
        inside = self._inside()
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

    def _inside(self) -> str:
        """Which rows are in a scope, as SQL."""
        return _IN_SCOPE.format(column=self.column)

    def _table(self, state: Any, app_label: str) -> str:
        return connection.ops.quote_name(state.apps.get_model(app_label, self.model_name)._meta.db_table)


class ProtectGrants(Protect):
    """Let a grant be reached by its patient, and inside a clinic's or a person's scope only by whom it names.

    A clinic finds out by it whose records it may open at all, so the patient need not be in scope; and it
    never sees what the same patient gave to others.
    """

    def _inside(self) -> str:
        return _NAMED.format(inside=super()._inside())


class ProtectOfClinic(Protect):
    """Let what a clinic keeps about a patient be reached by that clinic while the patient is in its scope, by
    no other, and by jobs and the patient's own scope, which delete it.
    """

    def _inside(self) -> str:
        return _OF_CLINIC.format(inside=super()._inside())


def looks_for_the_seal() -> RunSQL:
    """The operation that lets `ground.sealing` read the looks at everybody, and write none."""
    inside = _IN_SCOPE.format(column="patient_id")
    sealed = f"case when current_setting('app.seal', true) = 'on' then true else {inside} end"
    return RunSQL(
        f"alter policy in_scope on ground_look using ({sealed}) with check ({inside})",
        f"alter policy in_scope on ground_look using ({inside}) with check ({inside})",
    )


def protected_tables() -> set[str]:
    """The tables that carry the policy, as the database says."""
    with connection.cursor() as cursor:
        cursor.execute("select relname from pg_class where relrowsecurity and relforcerowsecurity")
        return {name for (name,) in cursor.fetchall()}
