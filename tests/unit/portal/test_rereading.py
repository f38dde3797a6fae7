"""After a reader changed: every record is read again, in pieces, and no patient is told of news."""

import pytest
from django.db import connection

from ground import jobs, scope
from ground.models import Job
from ground.viewer import job_viewer
from portal import rereading
from records import store
from records.fhir import kinds
from records.models import Feed, Record, Tally, Version
from records.store import incoming
from records.store import rereading as reading
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def rosa():
    return make.patient()


def outdate(patient, **columns):
    """What an older reader would have made of it."""
    with scope.open(job_viewer(patient.pk)):
        Record.objects.filter(patient=patient).update(extract_version=1, **columns)


def rows(patient):
    with scope.open(job_viewer(patient.pk)):
        return list(Record.objects.filter(patient=patient).order_by("fhir_id"))


def go(kind: str = rereading.EVERYBODY) -> None:
    """Do all that is due, as a worker would, until nothing waits."""
    for _ in range(60):
        waiting = Job.objects.filter(kind__in=(rereading.EVERYBODY, rereading.ONE), state="waiting")
        if not waiting:
            return
        waiting.update(due_at="2026-01-01T00:00:00Z")
        for job in waiting:
            jobs.work(job.pk)
    raise AssertionError("never done")


def test_every_record_an_older_reader_read_is_read_again(rosa):
    make.records(rosa, make.condition("a", text="Asthma"), make.observation("b"))
    before = [(bytes(row.body), row.digest, row.arrived, row.changed, row.kept_at) for row in rows(rosa)]
    outdate(rosa, title="as it was", kind="other", value="", search="")
    rereading.ensure()
    go()
    found = rows(rosa)
    assert [(row.title, row.kind) for row in found] == [
        ("Asthma", "conditions"),
        ("Hemoglobin A1c", "test-results"),
    ]
    assert {row.extract_version for row in found} == {kinds.EXTRACT_VERSION}
    assert [(bytes(row.body), row.digest, row.arrived, row.changed, row.kept_at) for row in found] == before


def test_nobody_is_told_that_something_changed(rosa):
    make.records(rosa, make.condition("a"))
    outdate(rosa, title="as it was", kind="other")
    rereading.ensure()
    go()
    with scope.open(job_viewer(rosa.pk)):
        assert Feed.objects.get(patient=rosa).number == 1
        assert not Version.objects.filter(patient=rosa).exists()
        assert dict(Tally.objects.filter(patient=rosa, count__gt=0).values_list("kind", "count")) == {
            "conditions": 1
        }


def test_a_slice_reads_so_many_and_the_next_goes_on(rosa):
    make.records(rosa, *(make.condition(f"c{number}") for number in range(5)))
    outdate(rosa, title="")
    with scope.open(job_viewer(rosa.pk)):
        assert [store.read_again(rosa.pk, 2) for _ in range(4)] == [2, 2, 1, 0]


def test_what_a_record_was_called_by_another_it_is_called_again(rosa):
    place = make.source(rosa)
    medicine = {"resourceType": "Medication", "id": "m", "code": {"text": "Amoxicillin"}}
    taken = {
        "resourceType": "MedicationRequest",
        "id": "r",
        "medicationReference": {"reference": "Medication/m"},
    }
    make.records(rosa, medicine, taken, source=place)
    outdate(rosa, title="as it was")
    rereading.ensure()
    go()
    assert [row.title for row in rows(rosa)] == ["Amoxicillin", "Amoxicillin"]


def test_what_the_reader_fails_at_keeps_its_columns_and_is_not_tried_for_ever(rosa, monkeypatch):
    make.records(rosa, make.condition("a", text="Asthma"))
    outdate(rosa)

    def broken(*_given):
        raise RuntimeError

    monkeypatch.setattr(incoming.quick, "entry", broken)
    with scope.open(job_viewer(rosa.pk)):
        assert [store.read_again(rosa.pk) for _ in range(2)] == [1, 0]
    assert [(row.title, row.extract_version) for row in rows(rosa)] == [("Asthma", -kinds.EXTRACT_VERSION)]


def test_a_record_that_was_read_by_this_reader_is_left_alone(rosa):
    make.records(rosa, make.condition("a"))
    with scope.open(job_viewer(rosa.pk)):
        assert not reading.behind(rosa.pk).exists()


def test_a_version_is_gone_over_once_and_by_itself():
    rereading.ensure()
    go()
    rereading.ensure()
    assert Job.objects.filter(kind=rereading.EVERYBODY, subject=kinds.EXTRACT_VERSION).count() == 1


def test_everybody_is_reached_a_few_at_a_time(monkeypatch):
    people = [make.patient(given=name) for name in ("Ana", "Ben", "Cleo", "Dan", "Eve")]
    for person in people:
        make.records(person, make.condition("a", text="Asthma"), source=make.source(person))
        outdate(person, title="as it was")
    monkeypatch.setattr(rereading, "_AT_ONCE", 2)
    rereading.ensure()
    job = Job.objects.get(kind=rereading.EVERYBODY)
    assert rereading.everybody(job) == jobs.Later(rereading._PAUSE)
    assert Job.objects.filter(kind=rereading.ONE).count() == 2
    go()
    assert {row.title for person in people for row in rows(person)} == {"Asthma"}


@pytest.mark.django_db(transaction=True)
def test_no_import_writes_for_a_patient_who_is_read_again(rosa):
    make.records(rosa, make.condition("a"))
    with scope.open(job_viewer(rosa.pk)), connection.cursor() as cursor:
        store.read_again(rosa.pk)
        cursor.execute("select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()")
        assert cursor.fetchone() == (1,)
