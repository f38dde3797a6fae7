"""A little of `make access`: some combinations by chance, other ones each day, and some views of records."""

import pytest

from ground import scope, witness
from records import access
from tests.access import matrix, reads, roles
from tests.access.asking import Doors
from tests.access.matrix import Case
from tests.house.site_rules import RULES
from tests.rota import today

pytestmark = pytest.mark.django_db
_RECORD = "records:one"


def test_there_are_over_ten_thousand_combinations_of_twelve_roles_and_more():
    all_of_them = matrix.cases()
    assert len(all_of_them) > 10_000
    assert len({one.role for one in all_of_them}) >= 12


def test_who_may_open_it_is_decided_of_whatever_an_address_names():
    """Else chance would tell, on some later day."""
    named = {rule.args for name, rule in RULES.items() if rule.args and not matrix.is_open(name)}
    of_others = {kind for kind in named if kind.startswith("chart")}
    assert named - of_others - roles.DECIDED == set()


def test_nothing_leaks(rosa, ada, cast):
    found = matrix.Matrix(rosa, ada, Doors(cast)).run(matrix.sample(100, today()))
    assert found.leaks == []
    assert found.tried == 100


def test_views_of_records_are_logged(rosa, cast):
    seen = reads.run(rosa, Doors(cast), 15, today())
    assert seen.missed == []
    assert (seen.views, seen.logged) == (15, 15)


def test_a_leak_would_be_seen(rosa, ada, cast, monkeypatch):
    reached = access._reached

    def everybodys(viewer):
        with scope.open(viewer):
            return type(reached(viewer).model.objects.all())(reached(viewer).model)

    monkeypatch.setattr(access, "_reached", everybodys)
    monkeypatch.setattr(scope, "settings_of", lambda _viewer: [f"{{{rosa.patient.pk}}}", "", ""])
    case = Case(_RECORD, "get", "other patient", matrix.OWN)
    assert matrix.Matrix(rosa, ada, Doors(cast)).run([case]).leaks != []


def test_a_read_that_nobody_noted_would_be_seen(rosa, cast, monkeypatch):
    monkeypatch.setattr(witness, "_forgotten", [])
    monkeypatch.setattr("records.reading.single._looked", lambda *_all: None)
    monkeypatch.setattr(reads, "_pages", lambda *_all, **_more: iter([(roles.PATIENT, _RECORD)]))
    seen = reads.run(rosa, Doors(cast), 1, 1)
    assert (seen.views, seen.logged) == (1, 0)
