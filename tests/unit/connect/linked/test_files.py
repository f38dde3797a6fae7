"""Files that a record names and no import brought: fetched by a job of their own, or said to be missing."""

import base64
import tracemalloc

from django.db.models import F

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
    """What became of the files that no page brought."""
    with scope.open(person.viewer):
        rows = Wanted.objects.filter(patient=person.patient).exclude(state="here", changed_at=F("created_at"))
        return dict(rows.values_list("fhir_id", "state"))


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


def lost(person: Person) -> str:
    """Let a file that came be still to fetch; its id."""
    with scope.open(person.viewer):
        files = Record.objects.filter(patient=person.patient, resource_type="Binary")
        fhir_id = files.first().fhir_id
        files.filter(fhir_id=fhir_id).delete()
        Wanted.objects.filter(patient=person.patient, fhir_id=fhir_id).update(state="waiting")
    jobs.put(importing.FILES_JOB, subject=person.connection().pk, patient_id=person.patient.pk)
    return fhir_id


def test_a_file_that_no_page_brought_is_fetched_and_kept_like_any_record(sandbox, rosa):
    collected(sandbox, rosa)
    file = lost(rosa)
    work(kind="files")
    assert wanted(rosa) == {file: "here"}
    with scope.open(rosa.viewer):
        assert Record.objects.filter(patient=rosa.patient, resource_type="Binary", fhir_id=file).exists()


def test_trouble_postpones_and_loses_nothing(sandbox, rosa):
    collected(sandbox, rosa, note("late"))
    sandbox.fault(route="*/Binary/*", status=503, times=2)
    work(1, kind="files")
    assert wanted(rosa) == {"late": "waiting"}
    work(kind="files")
    assert wanted(rosa) == {"late": "missing"}


def there(sandbox, person: Person, size: int) -> str:
    """A file of this many bytes appears at the server and no page of ours brings it; its id."""
    before = {each["id"] for each in sandbox.truth(app_user(person))}
    data = base64.b64encode(b"%PDF-" + b"0" * size).decode()
    file = {"resourceType": "Binary", "id": f"of-{size}", "contentType": "application/pdf", "data": data}
    sandbox.change_chart(app_user(person), 4706, add=[file])
    sandbox.tick()
    (fhir_id,) = {each["id"] for each in sandbox.truth(app_user(person))} - before
    with scope.open(person.viewer):
        beside = Wanted.objects.filter(patient=person.patient).first()
        Wanted.objects.create(
            patient=person.patient,
            source_id=beside.source_id,
            origin_id=beside.origin_id,
            fhir_id=fhir_id,
        )
    return fhir_id


def test_a_file_over_the_limit_is_too_large_and_one_of_twenty_megabytes_is_kept_in_little_memory(
    sandbox, rosa
):
    collected(sandbox, rosa)
    large, huge = there(sandbox, rosa, 20_000_000), there(sandbox, rosa, 23_000_000)
    jobs.put(importing.FILES_JOB, subject=rosa.connection().pk, patient_id=rosa.patient.pk)
    tracemalloc.start()
    work(kind="files")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert wanted(rosa) == {large: "here", huge: "too_large"}
    assert peak < 120_000_000


def test_a_file_that_could_not_be_read_is_asked_for_again_when_its_place_is_looked_at_again(sandbox, rosa):
    collected(sandbox, rosa)
    file = lost(rosa)
    sandbox.fault(route="*/Binary/*", garbage="truncated", times=3)
    work(kind="files")
    assert wanted(rosa) == {file: "failed"}
    rosa.checks(sandbox)
    work()
    work(kind="files")
    assert wanted(rosa) == {file: "here"}
