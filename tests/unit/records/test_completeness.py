"""What came from where: one word for each kind at each place, and never more said than is known."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ground import scope
from ground.viewer import job_viewer
from records import reading, store
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def rosa():
    patient = make.patient()
    with scope.open(job_viewer(patient.pk)):
        yield patient


def note(source, kind, state):
    store.note_delivery(patient_id=source.patient_id, source_id=source.pk, kind=kind, state=state)


def states(patient, place):
    found = reading.completeness(make.looking(patient))
    at = [one.pk for one in found.places].index(place.pk)
    return {kind.slug: (cells[at].state, cells[at].count) for kind, cells in found.rows}


def test_every_state_has_a_word_of_its_own(rosa):
    place = make.source(rosa, place_kind="provider")
    make.records(rosa, make.condition(), make.condition(), source=place)
    make.settled(place)
    note(place, "vaccines", "refused")
    note(place, "visits", "failed")
    note(place, "goals", "pending")
    found = states(rosa, place)
    assert found["conditions"] == ("received", 2)
    assert {kind: found[kind][0] for kind in ("vaccines", "visits", "goals", "allergies", "claims")} == {
        "vaccines": "refused",
        "visits": "failed",
        "goals": "waiting",
        "allergies": "none",
        "claims": "not offered",
    }


def test_a_health_plan_that_sent_no_claims_is_not_excused(rosa):
    plan = make.source(rosa, place_kind="plan")
    make.settled(plan)
    assert states(rosa, plan)["claims"] == ("none", 0)


def test_what_waits_for_an_answer_is_neither_none_nor_counted(rosa):
    place = make.source(rosa)
    make.records(rosa, make.condition(), source=place)
    store.set_gate(place, "question")
    assert set(states(rosa, place).values()) == {("question", 0)}


def test_a_refused_place_is_not_named(rosa):
    place = make.source(rosa)
    store.set_gate(place, "refused")
    assert reading.completeness(make.looking(rosa)).places == ()


def test_places_and_records_cost_no_more_questions(rosa):
    def asked():
        with CaptureQueriesContext(
            connection,
        ) as found:
            reading.completeness(make.looking(rosa))
        return len(found)

    make.records(rosa, make.condition(), source=make.source(rosa))
    one = asked()
    for number in range(4):
        make.records(rosa, make.condition(), source=make.source(rosa, key=f"oneup:{number}"))
    assert asked() == one


def test_the_letter_asks_for_what_was_refused_and_what_never_came(client):
    user = make.user()
    rosa = make.patient(user)
    place = make.source(rosa)
    make.records(rosa, make.condition(), source=place)
    make.settled(place)
    with scope.open(job_viewer(rosa.pk)):
        note(place, "vaccines", "refused")
    client.force_login(user)
    page = client.get("/records/what-came/").content.decode()
    assert f"/records/what-came/letter/{place.pk}/" in page
    letter = client.get(f"/records/what-came/letter/{place.pk}/").content.decode()
    assert "45 CFR 164.524" in letter
    assert "<li>Vaccines</li>" in letter
    assert "<li>Conditions</li>" not in letter
