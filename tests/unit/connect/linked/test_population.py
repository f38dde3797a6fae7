"""An export of a clinic's population: each line to the patient it is of, of those alone who share."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import override_settings

from connect import population
from connect.importing import whose
from connect.models import Connection, PopulationRun, PopulationWant
from connect.population import keeping, slices
from ground import jobs, scope
from ground.models import Job
from ground.viewer import Viewer, job_viewer
from portal.models import Patient
from records import store
from records.models import Grant, Quarantined, Record
from tests.population.people import take_in
from tests.sandbox_process import Sandbox
from tests.unit.connect.linked.people import pointed_at, work

PEOPLE, SHARING, RESOURCES = 3, 2, 60  # so many that each doctor is named by some record


@pytest.fixture
def crowd(sandbox):
    return sandbox.crowd(count=PEOPLE, resources=RESOURCES)


@pytest.fixture(params=["client"])
def form(request, sandbox):
    with override_settings(ONEUP=pointed_at(sandbox, population=request.param)):
        yield request.param


@pytest.fixture
def clinic(crowd, form):
    return take_in(crowd, "Harbor Clinic", SHARING)


def patients():
    rows = []
    for patient in Patient.objects.order_by("pk"):
        with scope.open(job_viewer(patient.pk)):
            rows.append((patient.pk, Connection.objects.of(patient.pk).get().account.app_user_id))
    return rows


def kept(patient_id):
    with scope.open(job_viewer(patient_id)):
        rows = Record.objects.filter(patient_id=patient_id)
        return sorted(rows.values_list("resource_type", "fhir_id"))


def truth(sandbox: Sandbox, name):
    return sorted((row["type"], row["id"]) for row in sandbox.truth(name))


def run_it(clinic, group=""):
    run = population.start(clinic, group=group)
    work(kind="population")
    run.refresh_from_db()
    return run


@pytest.mark.parametrize("form", ["client", "gateway"], indirect=True)
def test_each_line_goes_to_its_patient_and_of_others_nothing_is_kept(sandbox, clinic):
    sandbox.switch(export="later", export_lines=40)
    run = run_it(clinic)
    people = patients()
    assert (run.phase, run.error, run.patients) == ("ended", "", SHARING)
    for patient_id, name in people[:SHARING]:
        assert kept(patient_id) == truth(sandbox, name)
    assert kept(people[-1][0]) == []
    assert run.new == sum(len(truth(sandbox, name)) for _, name in people[:SHARING])
    assert run.lines == sum(len(truth(sandbox, name)) for _, name in people)
    assert run.left_out + run.new == run.lines - unowned(sandbox, people[-1][1])
    assert {row["acting_for"] for row in sandbox.ledger() if row["path"].endswith("$export")} <= {
        "client",
        "token",
    }


def unowned(sandbox, name):
    return sum(row["type"] in whose.NOBODYS for row in sandbox.truth(name))


def test_a_group_narrows_it_and_a_second_time_writes_nothing(sandbox, crowd, clinic):
    members = [{"fhir_version": "r4", "patient": each["patient"]} for each in crowd[1:]]
    sandbox.control("POST", "groups", {"id": "autumn", "members": members})
    first, people = run_it(clinic, "autumn"), patients()
    assert [bool(kept(patient_id)) for patient_id, _ in people] == [False, True, False]
    again = run_it(clinic, "autumn")
    assert (again.new, again.changed, again.same) == (0, 0, first.new)


def test_whoever_stops_sharing_on_the_way_gets_nothing_more(sandbox, clinic, monkeypatch):
    sandbox.switch(export_lines=40)
    people, real = patients(), keeping.sort
    stopped = people[0][0]

    def and_then_stops(part, homes):
        found = real(part, homes)
        with scope.open(job_viewer(stopped)):
            Grant.objects.filter(patient_id=stopped, stopped_at=None).update(stopped_at="2020-01-01T00:00Z")
        return found

    monkeypatch.setattr(keeping, "sort", and_then_stops)
    assert run_it(clinic).patients == SHARING - 1
    assert len(kept(stopped)) < 6 < len(kept(people[1][0]))
    assert kept(people[1][0]) == truth(sandbox, people[1][1])


def test_a_slice_that_dies_in_the_middle_is_done_again_and_nothing_is_lost_or_doubled(
    sandbox, clinic, monkeypatch
):
    sandbox.switch(export_lines=40)
    real, calls = store.keep, []

    def dies(**given):
        calls.append(1)
        if len(calls) % 7 == 3:
            raise RuntimeError("killed")
        return real(**given)

    monkeypatch.setattr(store, "keep", dies)
    run = run_it(clinic)
    assert run.error == ""
    assert run.new == sum(len(truth(sandbox, name)) for _, name in patients()[:SHARING])
    for patient_id, name in patients()[:SHARING]:
        assert kept(patient_id) == truth(sandbox, name)
    with scope.open(Viewer("job", tuple(pk for pk, _ in patients()))):
        assert PopulationWant.objects.count() == 0


def test_two_workers_at_one_place_keep_one_result(sandbox, clinic):
    run = population.start(clinic)
    job = Job.objects.get(kind="population")
    for _ in range(3):
        jobs.work(job.pk)
    before = PopulationRun.objects.get(pk=run.pk)
    jobs.work(job.pk)
    with pytest.raises(jobs.LeaseLost), slices._keeping(claimed(job), before):
        raise AssertionError("it went on from there already")


def claimed(job):
    Job.objects.filter(pk=job.pk).update(lease=None, leased_until=None)
    found = jobs.claim(job.pk)
    assert found is not None
    return found


def test_files_that_are_gone_and_exports_that_failed_are_asked_for_again(sandbox, clinic):
    sandbox.switch(export="later", export_failures=1)
    sandbox.fault(route="*.ndjson", nth=3, status=404)
    run = run_it(clinic)
    assert (run.error, run.starts) == ("", 3)
    for patient_id, name in patients()[:SHARING]:
        assert kept(patient_id) == truth(sandbox, name)


@pytest.mark.parametrize(("fault", "error"), [({"status": 403}, "refused"), ({"garbage": "list"}, "refused")])
def test_a_no_ends_it_with_a_reason(sandbox, clinic, fault, error):
    sandbox.fault(route="*$export", times=None, **fault)
    assert run_it(clinic).error == error
    said = StringIO()
    with pytest.raises(CommandError, match=error):
        call_command_after(said)


def call_command_after(said):
    def at_once(*_given):
        work(kind="population")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("portal.management.commands.export_population.time.sleep", at_once)
        call_command("export_population", "--clinic", "Harbor Clinic", stdout=said)


def test_the_command_says_how_far_it_is_and_what_came(sandbox, clinic):
    said = StringIO()
    call_command_after(said)
    assert said.getvalue().startswith("starting: 0 lines")
    assert "2 patients who share; 180 lines: 120 new, 0 changed, 0 as they were" in said.getvalue()
    with (
        override_settings(ONEUP=pointed_at(sandbox, population="")),
        pytest.raises(CommandError, match="off"),
    ):
        call_command("export_population", "--clinic", "Harbor Clinic")
    with pytest.raises(CommandError, match="no one clinic"):
        call_command("export_population", "--clinic", "Nowhere")


A, B = {"reference": "Patient/a"}, {"reference": "Patient/b"}
LINES = [
    ({"resourceType": "Patient", "id": "a"}, "a"),
    ({"resourceType": "Condition", "id": "1", "subject": A}, "a"),
    ({"resourceType": "Flag", "subject": {"reference": "https://x/r4/Patient/a/_history/1"}}, "a"),
    ({"resourceType": "Immunization", "id": "1", "patient": A}, "a"),
    ({"resourceType": "Observation", "id": "1", "subject": B, "focus": [A]}, "b"),
    ({"resourceType": "Provenance", "id": "1", "target": [A]}, "a"),
    ({"resourceType": "Provenance", "id": "1", "target": [A, B]}, None),
    ({"resourceType": "Group", "id": "1", "subject": {"reference": "Group/7"}}, None),
    ({"resourceType": "Practitioner", "id": "1"}, ""),
    ({"resourceType": "Organization", "id": "1", "partOf": {"reference": "Organization/2"}}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("resource", "owner"), LINES)
def test_a_line_is_its_subjects_and_nobody_elses(resource, owner):
    assert whose.line(json.dumps(resource).encode()).owner == owner


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b'"x"', b"[" * 5000, b"\xff", b'{"resourceType":7}'])
def test_any_bytes_are_a_line_of_nobody(raw):
    assert whose.line(raw).owner is None


def test_what_cannot_be_read_is_set_aside_with_whom_it_names(sandbox, clinic, crowd):
    ours, theirs = (crowd[at]["patient"] for at in (0, 2))
    bad = "\n".join(
        f'{{"resourceType":"Condition","subject":{{"reference":"Patient/{each}"}},}}'
        for each in (ours, theirs)
    )
    sandbox.fault(route="*/Condition/*.ndjson", status=200, body=bad)
    run = run_it(clinic)
    assert run.quarantined == 1
    patient_id = patients()[0][0]
    with scope.open(job_viewer(patient_id)):
        assert Quarantined.objects.filter(patient_id=patient_id).count() == 1
