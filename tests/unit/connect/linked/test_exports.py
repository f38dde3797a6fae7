"""A large first chart comes as an export into the same rows, and page by page where that cannot be."""

import json

import pytest
from django.test import override_settings

from connect.importing import exports, whose
from connect.models import ImportRun
from ground import scope
from ground.models import Job
from records import store
from records.models import Record
from tests.unit.connect.linked.people import pointed_at, slice_once, work
from tests.unit.connect.linked.test_importing import truth

BIG = "4796"
PAGES, EXPORT = "*/$everything", "*/bulk-data/*"


@pytest.fixture(autouse=True)
def large(sandbox):
    """Two hundred resources are many."""
    with override_settings(ONEUP=pointed_at(sandbox, export_from=200)):
        yield


@pytest.fixture
def back(sandbox, rosa):
    """Rosa has come back from the place with the big chart."""
    rosa.links(sandbox, BIG)
    sandbox.tick()
    return rosa


def kept(person):
    with scope.open(person.viewer):
        rows = Record.objects.filter(patient_id=person.patient.pk)
        return sorted(rows.values_list("resource_type", "fhir_id"))


def asked(sandbox, part):
    return sum(part in row["path"] for row in sandbox.ledger())


def is_whole(sandbox, person):
    run = person.run()
    assert (run.phase, run.outcome, run.error) == ("ended", "done", "")
    return kept(person) == truth(sandbox, person)


@pytest.mark.parametrize("word", ["at once", "later"])
def test_a_large_first_chart_comes_as_files_after_its_first_page(sandbox, back, word):
    sandbox.switch(export=word, export_seconds=4)
    work(hurry=word == "at once")
    if word == "later":
        waiting = Job.objects.get(kind="import", state="waiting")
        assert waiting.note in ("", "export")
        assert 0 < len(kept(back)) <= 100
        sandbox.clock(5)
        work()
    assert is_whole(sandbox, back)
    assert back.run().route == ImportRun.Route.EXPORT
    assert asked(sandbox, "$everything") == 1
    assert back.run().total == back.run().seen == len(kept(back))


def test_a_small_chart_and_a_look_at_a_known_place_come_page_by_page(sandbox, rosa):
    rosa.links(sandbox, "4706")
    sandbox.tick()
    work()
    assert is_whole(sandbox, rosa)
    assert asked(sandbox, "$export") == 0


@pytest.mark.parametrize(
    "fault",
    [
        {"route": EXPORT, "status": 403, "times": None},
        {"route": EXPORT, "garbage": "list", "times": None},
        {"route": EXPORT, "status": 503, "times": None},
        {"route": "*.ndjson", "status": 404, "nth": 3, "times": None},
    ],
    ids=["refused", "nonsense", "out of order", "gone"],
)
def test_where_the_export_fails_the_pages_go_on(sandbox, back, fault):
    sandbox.fault(**fault)
    work()
    sandbox.heal()
    assert is_whole(sandbox, back)
    assert back.run().route == ImportRun.Route.EVERYTHING
    assert asked(sandbox, "$everything") > 3


def test_a_part_that_dies_in_the_middle_is_read_again(sandbox, back, monkeypatch):
    real, calls = store.keep, []

    def dies(**given):
        calls.append(1)
        if len(calls) in (3, 6):
            raise RuntimeError("killed")
        return real(**given)

    monkeypatch.setattr(store, "keep", dies)
    work()
    assert is_whole(sandbox, back)
    assert back.run().new == len(kept(back))
    assert len(calls) > 6


def test_somebody_elses_chart_in_the_account_is_left_where_it_is(sandbox, back):
    for _ in range(40):
        slice_once()
        if back.run().route == ImportRun.Route.EXPORT:
            break
    stranger = {"resourceType": "Condition", "id": "x", "subject": {"reference": "Patient/somebody-else"}}
    sandbox.fault(route="*/Condition/*.ndjson", status=200, body=json.dumps(stranger))
    work()
    assert is_whole(sandbox, back)
    assert back.run().route == ImportRun.Route.EVERYTHING


def test_a_line_that_names_others_beside_is_kept_where_it_names_the_patient():
    target = [{"reference": f"Patient/{who}"} for who in ("a", "b")]
    both = json.dumps({"resourceType": "Provenance", "id": "1", "target": target}).encode()
    assert whose.line(both).owner is None
    assert [exports._may_be(both, who) for who in ("a", "b", "c")] == [True, True, False]
