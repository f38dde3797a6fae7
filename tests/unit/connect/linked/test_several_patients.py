"""A place that sends more than one Patient for one sign-in: all of the patient's own are kept, no other."""

import json

from ground import scope
from records import bodies
from records.models import Record
from tests.unit.connect.linked.people import Person, work
from tests.unit.connect.linked.test_importing import truth

TWIN_RIVERS = "4712"


def patients(person: Person) -> list[tuple[str, str]]:
    """Given name and birth date of every Patient that was kept."""
    with scope.open(person.viewer):
        kept = Record.objects.filter(patient=person.patient, resource_type="Patient")
        found = [json.loads(bodies.unpack(each.dictionary, bytes(each.body))) for each in kept]
    return [(each["name"][0]["given"][0], each["birthDate"]) for each in found]


def test_two_records_of_one_person_are_both_collected(sandbox, rosa):
    rosa.links(sandbox, TWIN_RIVERS, "two records")
    sandbox.tick()
    work()
    assert patients(rosa) == [("Rosa", "1968-05-14")] * 2
    assert rosa.records() == truth(sandbox, rosa)
    connection = rosa.connection()
    assert (connection.state, len(connection.accepted), connection.others) == ("connected", 2, 0)


def test_of_a_parent_and_a_child_only_the_one_whose_records_these_are_is_kept(sandbox, rosa):
    rosa.links(sandbox, TWIN_RIVERS, "her son")
    sandbox.tick()
    work()
    assert patients(rosa) == [("Rosa", "1968-05-14")]
    assert 1 < len(rosa.records()) < len(truth(sandbox, rosa))
    connection = rosa.connection()
    assert (connection.state, len(connection.accepted), connection.others) == ("connected", 1, 1)
