"""People whose records somebody looks after: added once, kept apart, shown one at a time."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from connect.models import Place
from ground import scope
from ground.viewer import job_viewer
from portal.models import Agreement, Holding, Patient
from records.models import Seen
from tests import factories as make
from tests.unit.portal import somebody as they

pytestmark = pytest.mark.django_db

HAY_FEVER = {"resourceType": "Condition", "id": "c-1", "code": {"text": "Hay fever"}}

ADD = "/account/people/add/"
MATEO = {
    "given_name": "Mateo",
    "family_name": "Delgado",
    "birth_date": "2019-03-02",
    "relation": "child",
    "may": "on",
}


@pytest.fixture
def rosa():
    """Rosa, with a record of her own, at her browser."""
    user, browser = they.member()
    patient = make.patient(user)
    make.records(patient, HAY_FEVER)
    return user, browser


def look_at(browser, given: str):
    patient = Patient.objects.get(given_name=given)
    return browser.post(reverse("portal:look_at", args=[patient.public_id]))


def test_a_child_is_added_looked_at_and_led_to_a_place(rosa):
    user, browser = rosa
    assert browser.post(ADD, MATEO).url == "/connect/"
    assert "Records of Mateo Delgado" in browser.get("/connect/").content.decode()
    holding = Holding.objects.get(patient__given_name="Mateo")
    assert (holding.user, holding.relation) == (user, "child")
    assert Agreement.objects.filter(user=user, document="care").count() == 1


def test_from_a_place_the_way_leads_back_to_it(rosa):
    Place.objects.create(key="4706", name="Quillwort Clinic", fhir_versions="r4")
    assert rosa[1].post(f"{ADD}?place=4706", MATEO).url == "/connect/place/4706/"
    assert rosa[1].post(f"{ADD}?place=//evil.example", {**MATEO, "given_name": "Ana"}).url == "/connect/"


@pytest.mark.parametrize("gone", ["given_name", "birth_date", "relation", "may"])
def test_what_is_missing_is_asked_for_and_nothing_typed_is_lost(rosa, gone):
    page = rosa[1].post(ADD, {**MATEO, gone: ""}).content.decode()
    assert 'value="Delgado"' in page
    assert not Patient.objects.filter(family_name="Delgado", given_name="Mateo").exists()


def test_the_same_child_twice_is_one(rosa):
    for _ in range(2):
        rosa[1].post(ADD, MATEO)
    assert Patient.objects.filter(given_name="Mateo").count() == 1


def test_nothing_of_the_one_is_on_the_pages_of_the_other(rosa):
    _user, browser = rosa
    one = reverse("records:one", args=["conditions", make.origin().pk, "Condition", "c-1"])
    assert browser.get(one).status_code == 200
    browser.post(ADD, MATEO)
    assert browser.get(one).status_code == 404
    assert "Hay fever" not in browser.get("/records/conditions/").content.decode()
    look_at(browser, "Rosa")
    assert browser.get(one).status_code == 200


def test_a_choice_that_is_not_theirs_is_not_there(rosa):
    _other, stranger = they.member("stranger@example.org")
    make.patient(_other, given="Ada", family="Stranger")
    assert look_at(stranger, "Rosa").status_code == 404
    session = stranger.session
    session["patient"] = str(Patient.objects.get(given_name="Rosa").public_id)
    session.save()
    assert "Records of Ada Stranger" in stranger.get("/account/").content.decode()


def test_a_form_begun_for_one_does_not_act_for_another(rosa):
    _user, browser = rosa
    Place.objects.create(key="4706", name="Quillwort Clinic", fhir_versions="r4")
    mine = Patient.objects.get(given_name="Rosa").public_id
    assert f'name="whose" value="{mine}"' in browser.get("/connect/place/4706/").content.decode()
    browser.post(ADD, MATEO)
    answer = browser.post("/connect/place/4706/", {"whose": str(mine)})
    assert answer.status_code == 409
    assert "changed whose pages you see" in answer.content.decode()


def seen_numbers() -> dict[str, int]:
    """By first name: up to which number of the feed somebody said that they looked."""
    found = {}
    for patient in Patient.objects.all():
        with scope.open(job_viewer(patient.pk)):
            for one in Seen.objects.filter(patient=patient):
                found[patient.given_name] = one.number
    return found


def test_changing_whose_pages_one_sees_marks_nothing_as_seen(rosa):
    _user, browser = rosa
    browser.post(ADD, MATEO)
    child = Patient.objects.get(given_name="Mateo")
    make.records(child, make.condition("m-1"))
    own = Patient.objects.get(given_name="Rosa")
    for given in ("Mateo", "Rosa", "Mateo"):
        look_at(browser, given)
        browser.get("/")
        browser.get("/records/")
    assert seen_numbers() == {}
    browser.post("/records/seen/", {"number": 1, "whose": child.public_id})
    assert seen_numbers() == {"Mateo": 1}
    make.records(child, make.condition("m-2", text="Eczema"))
    browser.post("/records/seen/", {"number": 2, "whose": own.public_id})  # begun before the change
    assert seen_numbers() == {"Mateo": 1}
    look_at(browser, "Rosa")
    look_at(browser, "Mateo")
    assert "One record is new or has changed." in browser.get("/records/").content.decode()


@pytest.mark.parametrize("path", ["/", "/records/", "/records/conditions/", "/connect/places/", "/account/"])
def test_every_page_says_whose_it_is_and_lets_one_change(rosa, path):
    _user, browser = rosa
    browser.post(ADD, MATEO)
    child = Patient.objects.get(given_name="Mateo")
    make.source(child, gate="question")
    page = browser.get(path).content.decode()
    assert "Records of Mateo Delgado" in page
    assert "Show somebody else’s" in page
    own = Patient.objects.get(given_name="Rosa").public_id
    assert reverse("portal:look_at", args=[own]) in page


def test_a_newborn_may_be_looked_after_but_nobody_from_the_future(rosa):
    assert (
        rosa[1].post(ADD, {**MATEO, "birth_date": (date.today() - timedelta(days=2)).isoformat()}).status_code
        == 302
    )
    assert rosa[1].post(ADD, {**MATEO, "birth_date": "2190-01-01"}).status_code == 200
