"""Files that a record names and no import brought: fetched by a job of their own, or said to be missing."""

from connect import importing
from ground import jobs, scope
from records.models import Record, Wanted
from tests.unit.connect.linked.people import Person, work
from tests.unit.connect.linked.test_importing import app_user


def note(binary: str) -> dict:
    return {
        "resourceType": "DocumentReference",
        "id": f"note-of-{binary}",
        "status": "current",
        "type": {"text": "Letter"},
        "content": [{"attachment": {"contentType": "text/plain", "url": f"Binary/{binary}"}}],
    }


def wanted(person: Person) -> dict[str, str]:
    with scope.open(person.viewer):
        return dict(Wanted.objects.filter(patient=person.patient).values_list("fhir_id", "state"))


def collected(sandbox, rosa, *more: dict) -> None:
    """Everything of Rosa's, with these beside."""
    rosa.links(sandbox)
    sandbox.tick()
    sandbox.change_chart(app_user(rosa), 4706, add=list(more))
    sandbox.tick()
    work()


def test_a_file_the_server_does_not_have_is_asked_for_once_and_noted(sandbox, rosa):
    collected(sandbox, rosa, note("never-there"))
    assert wanted(rosa) == {"never-there": "waiting"}
    work(kind="files")
    assert wanted(rosa) == {"never-there": "missing"}
    assert len([each for each in sandbox.ledger() if each["path"].endswith("/Binary/never-there")]) == 1


def test_a_file_that_no_page_brought_is_fetched_and_kept_like_any_record(sandbox, rosa):
    collected(sandbox, rosa)
    with scope.open(rosa.viewer):
        held = Record.objects.filter(patient=rosa.patient, resource_type="Binary").first()
        lost = held.fhir_id
        Record.objects.filter(patient=rosa.patient, resource_type="Binary", fhir_id=lost).delete()
        Wanted.objects.create(
            patient=rosa.patient, source_id=held.source_id, origin_id=held.origin_id, fhir_id=lost
        )
    jobs.put(importing.FILES_JOB, subject=rosa.connection().pk, patient_id=rosa.patient.pk)
    work(kind="files")
    assert wanted(rosa)[lost] == "here"
    with scope.open(rosa.viewer):
        assert Record.objects.filter(patient=rosa.patient, resource_type="Binary", fhir_id=lost).exists()


def test_trouble_postpones_and_loses_nothing(sandbox, rosa):
    collected(sandbox, rosa, note("late"))
    sandbox.fault(route="*/Binary/*", status=503, times=2)
    work(1, kind="files")
    assert wanted(rosa) == {"late": "waiting"}
    work(kind="files")
    assert wanted(rosa) == {"late": "missing"}
