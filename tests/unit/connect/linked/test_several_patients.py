"""A place that sends more than one Patient for one sign-in: all of the patient's own are kept, no other."""

import json

import pytest

from ground import scope
from records import bodies
from records.models import Record
from tests.unit.connect.linked.people import Person, work
from tests.unit.connect.linked.test_importing import truth

TWIN_RIVERS, OLD_MILL = "4712", "4710"  # R4, and DSTU2, whose Patients do not say where they come from


def patients(person: Person) -> list[tuple[str, str]]:
    """Given name and birth date of every Patient that was kept."""
    with scope.open(person.viewer):
        kept = Record.objects.filter(patient=person.patient, resource_type="Patient")
        found = [json.loads(bodies.unpack(each.dictionary, bytes(each.body))) for each in kept]
    return [(each["name"][0]["given"][0], each["birthDate"]) for each in found]


@pytest.mark.parametrize("place", [TWIN_RIVERS, OLD_MILL])
def test_two_records_of_one_person_are_both_collected(sandbox, rosa, place):
    rosa.links(sandbox, place, "two records")
    sandbox.tick()
    work()
    assert patients(rosa) == [("Rosa", "1968-05-14")] * 2
    assert rosa.records() == truth(sandbox, rosa)
    connection = rosa.connection()
    assert (connection.state, len(connection.accepted), connection.others) == ("connected", 2, 0)


@pytest.mark.parametrize("covers", ["patient", "user"])
def test_a_chart_that_brings_other_places_too_mixes_none(sandbox, rosa, covers):
    sandbox.switch(everything_covers=covers)
    rosa.links(sandbox)
    rosa.links(sandbox, "4707")
    sandbox.tick()
    work()
    assert rosa.records() == truth(sandbox, rosa)
    with scope.open(rosa.viewer):
        kept = Record.objects.filter(patient=rosa.patient).values_list("source__key", "dictionary", "body")
        named = {
            (key, json.loads(bodies.unpack(dictionary, bytes(body)))["meta"]["source"])
            for key, dictionary, body in kept
        }
    harbor, prairie = ("oneup:4706", "1up-external-system:4706"), ("oneup:4707", "1up-external-system:4707")
    assert {harbor, prairie} <= named
    if covers == "patient":
        assert named == {harbor, prairie}


@pytest.mark.parametrize("covers", ["patient", "user"])
def test_a_childs_chart_never_slips_in_with_the_parents(sandbox, rosa, covers):
    sandbox.switch(everything_covers=covers)
    rosa.links(sandbox, TWIN_RIVERS, "her son")
    sandbox.tick()
    work()
    assert patients(rosa) == [("Rosa", "1968-05-14")]
    assert 1 < len(rosa.records()) < len(truth(sandbox, rosa))
    connection = rosa.connection()
    assert (connection.state, len(connection.accepted), connection.others) == ("connected", 1, 1)
    with scope.open(rosa.viewer):
        kinds = set(Record.objects.filter(patient=rosa.patient).values_list("title", flat=True))
    assert "Seasonal asthma" in kinds
    assert not kinds & {"Cut of the chin", "Emergency room visit", "Height"}
