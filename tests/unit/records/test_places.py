"""Places: their gates, what each answered, and whose name stands in what they sent."""

import pytest

from ground import scope
from ground.viewer import job_viewer
from records import reading, store
from records.models import Delivery, Record, Source
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def rosa():
    patient = make.patient()
    with scope.open(job_viewer(patient.pk)):
        yield patient


def answers(source):
    return dict(Delivery.objects.filter(source=source).values_list("kind", "state"))


def note(source, kind, state):
    store.note_delivery(patient_id=source.patient_id, source_id=source.pk, kind=kind, state=state)


def why(patient, kind="allergies"):
    return [(one.reason, one.place, one.places) for one in reading.nothing(make.looking(patient), kind)[kind]]


def test_a_place_is_made_once_with_its_gate_waiting(rosa):
    first = store.source(rosa.pk, key="oneup:1", name="Lakeside Clinic", place_kind="provider")
    again = store.source(rosa.pk, key="oneup:1", name="Lakeside Clinic and Hospital")
    assert (first.gate, first.pk) == ("waiting", again.pk)
    assert Source.objects.get(patient=rosa).name == "Lakeside Clinic and Hospital"


def test_a_gate_takes_no_word_it_does_not_know(rosa):
    with pytest.raises(ValueError, match="ajar"):
        store.set_gate(make.source(rosa), "ajar")


def test_after_a_complete_pass_each_kind_has_its_answer(rosa):
    place = make.source(rosa)
    make.records(rosa, make.condition(), make.condition(), source=place)
    note(place, "vaccines", "refused")
    note(place, "visits", "failed")
    note(place, "", "pending")
    make.settled(place)
    told = answers(place)
    assert (told["conditions"], told["vaccines"], told["visits"], told["allergies"]) == (
        "received",
        "refused",
        "failed",
        "none",
    )
    assert "" not in told
    assert Delivery.objects.get(source=place, kind="conditions").count == 2
    assert place.collected_at is not None


def test_settling_twice_changes_no_answer(rosa):
    place = make.settled(make.source(rosa))
    before = answers(place)
    assert answers(make.settled(place)) == before


def test_the_names_in_what_came_are_told_for_the_gate(rosa):
    place = make.source(rosa)
    old_style = {
        "resourceType": "Patient",
        "id": "p2",
        "name": [{"given": ["Rosa"], "family": ["Delgado", "Ruiz"]}],
    }
    make.records(rosa, make.person(), old_style, source=place)
    assert set(store.demographics(rosa.pk, place.pk)) == {
        ("Rosa Maria", "Delgado", "1968-05-14"),
        ("Rosa", "Delgado Ruiz", ""),
    }


@pytest.mark.parametrize("name", [7, None, [], [None], "Rosa", [{"given": {"x": 1}, "family": 3}]])
def test_a_broken_name_breaks_nothing(rosa, name):
    place = make.source(rosa)
    make.records(rosa, {"resourceType": "Patient", "id": "p", "name": name, "birthDate": 7}, source=place)
    assert all(who == ("", "", "") for who in store.demographics(rosa.pk, place.pk))


def test_nothing_connected_is_said_first(rosa):
    assert why(rosa) == [("unconnected", "", 0)]


def test_a_place_that_has_not_finished_is_waited_for(rosa):
    make.source(rosa)
    assert why(rosa) == [("waiting", "", 0)]


def test_a_place_behind_its_gate_is_waited_for(rosa):
    make.settled(make.source(rosa, gate="question"))
    assert why(rosa) == [("waiting", "", 0)]


def test_a_refused_place_is_as_if_never_connected(rosa):
    make.settled(make.source(rosa, gate="refused"))
    assert why(rosa) == [("unconnected", "", 0)]


def test_each_place_gives_its_own_reason(rosa):
    make.settled(make.source(rosa, key="oneup:1", name="Lakeside Clinic"))
    make.settled(make.source(rosa, key="oneup:4", name="Prairie Hospital"))
    note(make.settled(make.source(rosa, key="oneup:2", name="Harbor Health")), "allergies", "refused")
    note(make.settled(make.source(rosa, key="oneup:3", name="Riverbend")), "", "failed")
    assert why(rosa) == [
        ("failed", "Riverbend", 0),
        ("refused", "Harbor Health", 0),
        ("none", "Lakeside Clinic, Prairie Hospital", 2),
    ]


def prescription(**more):
    return {
        "resourceType": "MedicationRequest",
        "id": "m",
        "status": "active",
        "medicationReference": {"reference": "Medication/lisinopril"},
        **more,
    }


LISINOPRIL = {"resourceType": "Medication", "id": "lisinopril", "code": {"text": "Lisinopril 10 mg"}}


def test_a_prescription_gets_the_name_of_its_medicine_when_all_has_come(rosa):
    place = make.source(rosa)
    make.records(rosa, prescription(), source=place)
    make.records(rosa, LISINOPRIL, source=place)
    make.settled(place)
    record = Record.objects.get(patient=rosa, fhir_id="m")
    assert (record.title, record.changed) == ("Lisinopril 10 mg", 1)
    assert "lisinopril" in record.search
    assert make.records(rosa, prescription(), source=place) == store.Kept(same=1)


def test_a_medicine_of_another_patient_lends_no_name(rosa):
    tom = make.patient(given="Tom")
    make.records(tom, LISINOPRIL)
    place = make.source(rosa)
    make.records(rosa, prescription(), source=place)
    make.settled(place)
    assert Record.objects.get(patient=rosa).title == ""


def test_of_which_sex_somebody_is_say_the_places_that_are_shown(rosa):
    assert store.sexes(rosa.pk) == frozenset()
    make.records(rosa, {**make.person(), "gender": "female"}, source=make.source(rosa))
    make.records(rosa, {**make.person("rosa-2"), "gender": ["x"]}, source=make.source(rosa, key="oneup:2"))
    shut = make.source(rosa, key="oneup:3", gate="question")
    make.records(rosa, {**make.person("rosa-3"), "gender": "male"}, source=shut)
    assert store.sexes(rosa.pk) == {"female"}
