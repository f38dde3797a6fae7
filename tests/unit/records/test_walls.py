"""Whose records can be reached at all, as the application's role, and what of them is shown to whom."""

import dataclasses

import pytest
from django.db import ProgrammingError, connection, transaction

from ground import scope
from ground.policy import protected_tables
from ground.viewer import Viewer, job_viewer
from records import access, reading, services, store
from records.models import (
    Correction,
    CorrectionStep,
    Delivery,
    Feed,
    Looked,
    Quarantined,
    Question,
    Record,
    Said,
    Seen,
    Source,
    Tally,
    Version,
)
from tests import factories as make

pytestmark = pytest.mark.django_db

PROTECTED = [Record, Version, Source, Delivery, Quarantined, Feed, Seen, Looked, Tally]
PROTECTED += [Said, Correction, CorrectionStep, Question]


def everything(patient):
    """One row in each protected table."""
    place = make.source(patient)
    make.records(patient, make.condition("c"), b"{}", source=place)
    make.records(patient, make.condition("c", text="Hay fever"), source=place)
    with scope.open(job_viewer(patient.pk)):
        store.settle_deliveries(place)
        Seen.objects.create(patient=patient, user_id=1, number=1)
    viewer = make.looking(patient)
    with scope.open(viewer):
        line = reading.named(viewer, make.origin().pk, "Condition", "c")
        told = {"viewer": viewer, "line": line, "speaker": services.Speaker("Rosa", own=True)}
        services.mark_opened(viewer=viewer, records=Record.objects.filter(patient=patient))
        services.say(**told, word="now")
        services.doubt(**told, wrong="No", right="", to="Lakeside Clinic")
        services.ask(**told, text="Why?")


def test_we_are_neither_owner_nor_superuser():
    with connection.cursor() as cursor:
        cursor.execute("select rolsuper or rolbypassrls from pg_roles where rolname = current_user")
        assert cursor.fetchone() == (False,)
        cursor.execute(
            "select count(*) from pg_tables where tablename ~ '^records_' and tableowner = current_user"
        )
        assert cursor.fetchone() == (0,)


def test_every_table_with_a_patient_is_protected():
    assert {model._meta.db_table for model in PROTECTED} <= protected_tables()


@pytest.mark.parametrize("model", PROTECTED)
def test_without_a_scope_a_query_raises(model):
    everything(make.patient())
    with pytest.raises(ProgrammingError, match="no row scope is set"), transaction.atomic():
        model.objects.first()


@pytest.mark.parametrize("model", PROTECTED)
def test_in_another_patients_scope_nothing_is_found(model):
    rosa, tom = make.patient(), make.patient(given="Tom")
    everything(rosa)
    with scope.open(job_viewer(rosa.pk)):
        assert model.objects.filter(patient_id=rosa.pk).exists()
    with scope.open(job_viewer(tom.pk)):
        assert not model.objects.filter(patient_id=rosa.pk).exists()


def test_nothing_can_be_written_for_a_patient_outside_the_scope():
    rosa, tom = make.patient(), make.patient(given="Tom")
    with scope.open(job_viewer(tom.pk)), pytest.raises(ProgrammingError), transaction.atomic():
        Source.objects.create(patient=rosa, key="oneup:1", name="Lakeside Clinic")


@pytest.fixture
def rosa():
    return make.patient()


def shown(viewer: Viewer) -> set[str]:
    with scope.open(viewer):
        return set(access.visible_to(viewer).values_list("fhir_id", flat=True))


def test_a_patient_sees_what_came_from_an_open_place(rosa):
    make.records(rosa, make.condition("c"))
    assert shown(make.looking(rosa)) == {"c"}


@pytest.mark.parametrize("gate", ["waiting", "question", "refused"])
def test_nothing_is_shown_while_the_gate_is_not_open(rosa, gate):
    make.records(rosa, make.condition("c"), source=make.source(rosa, gate=gate))
    assert shown(make.looking(rosa)) == set()


def test_what_was_entered_in_error_is_in_no_list(rosa):
    wrong = make.condition("c", verificationStatus={"coding": [{"code": "entered-in-error"}]})
    make.records(rosa, wrong, make.condition("d"))
    assert shown(make.looking(rosa)) == {"d"}


def test_what_the_place_no_longer_has_is_in_no_list(rosa):
    make.records(rosa, make.condition("c"))
    with scope.open(job_viewer(rosa.pk)):
        Record.objects.filter(patient=rosa).update(removed_at="2026-01-01T00:00:00Z")
    assert shown(make.looking(rosa)) == set()


@pytest.mark.parametrize(
    ("kind", "seen"), [("patient", True), ("job", True), ("staff", False), ("carer", False), ("link", False)]
)
def test_without_a_grant_what_is_here_is_for_the_patient_alone(rosa, kind, seen):
    make.records(rosa, make.condition("c"))
    viewer = dataclasses.replace(make.looking(rosa), kind=kind, clinic_id=7 if kind == "staff" else None)
    assert shown(viewer) == ({"c"} if seen else set())


def test_a_viewer_of_another_patient_sees_nothing_even_inside_this_ones_scope(rosa):
    make.records(rosa, make.condition("c"))
    tom = make.patient(given="Tom")
    with scope.open(make.looking(rosa)):
        assert not access.visible_to(make.looking(tom)).exists()


def test_no_table_of_records_is_in_the_admin():
    from django.contrib import admin

    assert not [model for model in admin.site._registry if model._meta.app_label == "records"]
