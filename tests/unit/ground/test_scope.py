"""Row scope: what can be reached, by whom, and what happens without one. All as the application's role."""

import pytest
from django.db import DatabaseError, connection, transaction

from ground import scope
from ground.audit import looked
from ground.models import Look
from ground.policy import protected_tables
from ground.viewer import Viewer

MINE, THEIRS = Viewer("patient", (1,), user_id=1), Viewer("patient", (2,), user_id=2)

pytestmark = pytest.mark.django_db(transaction=True)


def write_a_look(viewer: Viewer) -> None:
    with scope.open(viewer):
        looked(viewer, viewer.patients[0], "list")


def test_the_tests_run_as_the_role_that_neither_owns_nor_bypasses():
    with connection.cursor() as cursor:
        cursor.execute(
            "select rolname, rolsuper, rolbypassrls, pg_get_userbyid(relowner)"
            " from pg_roles, pg_class where rolname = current_user and relname = 'ground_look'"
        )
        role, is_super, bypasses, owner = cursor.fetchone()
    assert (is_super, bypasses) == (False, False)
    assert role != owner


def test_a_query_without_a_scope_raises():
    write_a_look(MINE)
    with pytest.raises(DatabaseError, match="no row scope"):
        Look.objects.count()


def test_another_patients_scope_finds_nothing():
    write_a_look(MINE)
    with scope.open(THEIRS):
        assert Look.objects.count() == 0
    with scope.open(MINE):
        assert Look.objects.count() == 1


def test_nobodys_scope_finds_nothing_and_does_not_raise():
    write_a_look(MINE)
    with scope.open(Viewer("patient", ())):
        assert Look.objects.count() == 0


def test_a_row_cannot_be_written_for_another_patient():
    with pytest.raises(DatabaseError, match="row-level security"), scope.open(MINE):
        looked(MINE, 2, "list")


def test_an_inner_scope_gives_the_outer_one_back():
    write_a_look(MINE)
    with scope.open(MINE):
        with scope.open(THEIRS):
            assert Look.objects.count() == 0
        assert Look.objects.count() == 1


def test_an_inner_scope_that_fails_gives_the_outer_one_back():
    write_a_look(MINE)
    with scope.open(MINE):
        with pytest.raises(ZeroDivisionError), scope.open(THEIRS):
            raise ZeroDivisionError
        assert Look.objects.count() == 1


def test_the_scope_ends_with_its_transaction():
    write_a_look(MINE)
    with scope.open(MINE):
        assert Look.objects.exists()
    with pytest.raises(DatabaseError, match="no row scope"), transaction.atomic():
        Look.objects.exists()


def test_what_was_looked_at_cannot_be_rewritten():
    write_a_look(MINE)
    tables = [("ground_look", "what = 'x'"), ("ground_seal", "rows = 0")]
    changes = ["update {0} set {1}", "delete from {0}", "truncate {0}", "truncate {0} cascade"]
    for change in (one.format(*table) for table in tables for one in changes):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            scope.open(MINE),
            connection.cursor() as cursor,
        ):
            cursor.execute(change)


def test_looks_are_protected():
    assert "ground_look" in protected_tables()
