"""Places whose server speaks an older FHIR version, whose Patients do not say where they come from."""

from connect.models import Account, Connection
from ground import scope
from records.models import Record
from tests.unit.connect.linked.people import Person, a_place, scoped, work

OLD_MILL = "4710"


def versions(person: Person) -> set[str]:
    with scope.open(person.viewer):
        kept = Record.objects.filter(patient=person.patient).select_related("origin")
        return {record.origin.fhir_version for record in kept}


def another_of_this_version(person: Person, *, accepted: list[str]) -> None:
    """A second place whose server speaks DSTU2, on its way."""
    with scoped(person.patient):
        Connection.objects.create(
            patient=person.patient,
            account=Account.objects.of(person.patient).get(),
            place=a_place("9901", name="Quillwort Clinic", fhir_versions="dstu2"),
            fhir_version="dstu2",
            state=Connection.State.COLLECTING,
            accepted=accepted,
        )


def test_a_place_of_an_older_version_is_collected_beside_another(sandbox, rosa):
    rosa.links(sandbox)
    sandbox.tick()
    work()
    rosa.links(sandbox, OLD_MILL)
    sandbox.tick()
    work()
    assert rosa.connection().state == "connected"
    assert versions(rosa) == {"R4", "DSTU2"}


def test_a_patient_who_may_be_another_places_is_not_guessed_at(sandbox, rosa):
    rosa.leaves_for(OLD_MILL)
    another_of_this_version(rosa, accepted=[])
    rosa.links(sandbox, OLD_MILL)
    sandbox.tick()
    work()
    assert versions(rosa) == set()


def test_a_patient_whom_no_other_place_can_have_sent_is_this_ones(sandbox, rosa):
    rosa.leaves_for(OLD_MILL)
    another_of_this_version(rosa, accepted=["somebody-known"])
    rosa.links(sandbox, OLD_MILL)
    sandbox.tick()
    work()
    assert versions(rosa) == {"DSTU2"}
