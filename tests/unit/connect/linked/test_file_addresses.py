"""Which addresses of files are ours to fetch from, and whose turn it is."""

import json

import pytest

from connect import gateways, importing
from connect.models import Connection
from ground import jobs, scope
from records import store
from records.models import ASKED, Wanted
from tests.unit.connect.linked.people import work
from tests.unit.connect.linked.test_files import collected, note, wanted


@pytest.fixture
def ours(settings):
    settings.ONEUP = {**settings.ONEUP, "api": "https://api.1up.example"}


@pytest.mark.parametrize(
    "address",
    [
        "https://api.1up.example/r4/Binary/b-1",
        "https://api.1up.example/fhir/r4/Binary/b-1",
        "/r4/Binary/b-1",
    ],
)
def test_a_file_at_our_server_in_the_same_version_is_ours(ours, address):
    assert gateways.holds(address, "R4")


@pytest.mark.parametrize(
    "address",
    [
        "http://api.1up.example/r4/Binary/b-1",
        "https://api.1up.example.evil.example/r4/Binary/b-1",
        "https://api.1up.example@evil.example/r4/Binary/b-1",
        "https://user:word@api.1up.example/r4/Binary/b-1",
        "https://api.1up.example:8443/r4/Binary/b-1",
        "https://api.1up.example/stu3/Binary/b-1",
        "https://api.1up.example/r4/Patient/Binary/b-1",
        "https://api.1up.example/r4/Binary/b-1?next=x",
        "//evil.example/r4/Binary/b-1",
        "https://[::ffff:127.0.0.1]/r4/Binary/b-1",
        "https://[/r4/Binary/b-1",
        "https://169.254.169.254/r4/Binary/b-1",
        "file:///r4/Binary/b-1",
        "javascript:/r4/Binary/b-1",
    ],
)
def test_no_other_address_is(ours, address):
    assert not gateways.holds(address, "R4")


def at(address: str, fhir_id: str) -> dict:
    made = json.loads(json.dumps(note(fhir_id)))
    made["content"][0]["attachment"]["url"] = address
    return made


def test_a_file_at_another_server_is_never_asked_for(sandbox, rosa):
    collected(sandbox, rosa, at("https://evil.example/r4/Binary/elsewhere", "elsewhere"))
    work(kind="files")
    assert "elsewhere" not in wanted(rosa)
    assert [each for each in sandbox.ledger() if each["path"].endswith("/elsewhere")] == []


def test_a_file_that_somebody_opens_is_fetched_before_the_others(sandbox, rosa):
    collected(sandbox, rosa, note("one"), note("two"), note("three"))
    with scope.open(rosa.viewer):
        Wanted.objects.filter(patient=rosa.patient, fhir_id="three").update(changed_at=ASKED)
    work(1, kind="files")
    assert wanted(rosa) == {"one": "waiting", "two": "waiting", "three": "missing"}


def test_a_file_nobody_answers_for_holds_up_no_other(sandbox, rosa):
    collected(sandbox, rosa, note("one"), note("two"))
    with scope.open(rosa.viewer):
        source = store.source_of(rosa.patient.pk, rosa.connection().source_id)
        first = store.next_file(source)[0].fhir_id
    sandbox.fault(route="*/Binary/*", status=503, times=1)
    work(1, kind="files")
    with scope.open(rosa.viewer):
        assert store.next_file(source)[0].fhir_id != first


def test_nothing_is_fetched_from_a_place_that_was_stopped(sandbox, rosa):
    collected(sandbox, rosa, note("one"))
    with scope.open(rosa.viewer):
        Connection.objects.of(rosa.patient).update(state=Connection.State.ENDED)
    jobs.put(importing.FILES_JOB, subject=rosa.connection().pk, patient_id=rosa.patient.pk)
    work(kind="files")
    assert wanted(rosa) == {"one": "waiting"}
