"""No look is forgotten: what a scope has read is noted when it closes, whoever forgot it."""

import pytest

from ground import audit, scope, witness
from ground.correlation import request_id, route
from ground.models import Look
from ground.viewer import Viewer, job_viewer
from records.models import Correction, Question, Record, Said, Version
from records.models.witnessed import Witnessed
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def rosa():
    patient = make.patient(make.user())
    make.records(patient, make.condition("c-1"), make.observation("o-1"))
    return patient


def looks(patient) -> list[Look]:
    with scope.open(job_viewer(patient.pk)):
        return list(Look.objects.filter(patient=patient).order_by("pk"))


def read(patient, **of) -> None:
    list(Record.objects.filter(patient=patient, **of))


def test_a_read_that_nobody_noted_is_noted_when_the_scope_closes(rosa):
    viewer = Viewer("staff", (rosa.pk,), 7, 3, 5, "treatment", "a visit")
    words = request_id.set("abc"), route.set("records:one")
    with scope.open(viewer):
        read(rosa, kind="conditions")
    request_id.reset(words[0])
    route.reset(words[1])
    (look,) = looks(rosa)
    assert (look.what, look.kinds, look.route, look.request_id) == (
        audit.PAGE,
        ["conditions"],
        "records:one",
        "abc",
    )
    assert (look.viewer_kind, look.user_id, look.clinic_id, look.grant_id) == ("staff", 7, 3, 5)
    assert (look.reason, look.words) == ("treatment", "a visit")


def test_a_read_that_was_noted_is_not_noted_twice(rosa):
    viewer = make.looking(rosa)
    with scope.open(viewer):
        read(rosa)
        audit.looked(viewer, rosa.pk, "list", kind="conditions")
    (look,) = looks(rosa)
    assert (look.what, look.record_kind, look.kinds) == ("list", "conditions", ["conditions", "test-results"])


def test_a_list_of_several_patients_is_noted_for_each_that_was_read(rosa):
    ada, none_read = make.patient(given="Ada"), make.patient(given="Una")
    make.records(ada, make.condition("c-2"))
    with scope.open(Viewer("staff", (rosa.pk, ada.pk, none_read.pk), 7, 3)):
        list(Record.objects.filter(patient__in=[rosa, ada]))
    assert [len(looks(one)) for one in (rosa, ada, none_read)] == [1, 1, 0]


def test_a_scope_inside_another_of_the_same_viewer_leaves_it_to_the_outer_one(rosa):
    viewer = make.looking(rosa)
    with scope.open(viewer):
        with scope.open(viewer):
            read(rosa)
        audit.looked(viewer, rosa.pk, "list")
    assert [look.what for look in looks(rosa)] == ["list"]


def test_a_scope_inside_that_of_somebody_else_notes_its_own(rosa):
    with scope.open(job_viewer(rosa.pk)), scope.open(make.looking(rosa)):
        read(rosa)
    assert [look.viewer_kind for look in looks(rosa)] == ["patient"]


def test_numbers_and_the_work_of_jobs_are_no_looks(rosa):
    with scope.open(make.looking(rosa)):
        assert Record.objects.filter(patient=rosa).exists()
        list(Record.objects.filter(patient=rosa).values_list("kind", flat=True))
    with scope.open(job_viewer(rosa.pk)):
        read(rosa)
    assert looks(rosa) == []


def test_a_read_that_came_to_nothing_leaves_nothing(rosa):
    with pytest.raises(ZeroDivisionError), scope.open(make.looking(rosa)):
        read(rosa)
        raise ZeroDivisionError
    assert looks(rosa) == []


def test_without_the_witness_the_same_read_would_be_forgotten(rosa, monkeypatch):
    monkeypatch.setattr(witness, "_forgotten", [])
    with scope.open(make.looking(rosa)):
        read(rosa)
    assert looks(rosa) == []


@pytest.mark.parametrize("model", [Record, Version, Said, Correction, Question])
def test_every_model_with_health_data_is_witnessed(model):
    assert issubclass(model, Witnessed)
