"""People whose records somebody looks after: added once, kept apart, shown one at a time."""

from datetime import date, timedelta
from time import time

import pytest
from django.urls import reverse

from connect.models import Account, Connection, Place
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
    assert "One record is new or has changed" in browser.get("/records/").content.decode()


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


def mateo(browser) -> Patient:
    browser.post(ADD, MATEO)
    return Patient.objects.get(given_name="Mateo")


def connected(patient: Patient) -> Connection:
    """A place that collects for somebody, with a record from there."""
    source = make.source(patient)
    make.records(patient, HAY_FEVER, source=source)
    place = Place.objects.create(key="4706", name="Quillwort Clinic", fhir_versions="r4")
    with scope.open(job_viewer(patient.pk)):
        return Connection.objects.create(
            patient=patient,
            account=Account.objects.create(patient=patient),
            place=place,
            fhir_version="r4",
            source_id=source.pk,
            state=Connection.State.CONNECTED,
        )


def state_of(connection: Connection) -> str:
    with scope.open(job_viewer(connection.patient_id)):
        connection.refresh_from_db()
    return connection.state


def changes(browser, child: Patient, **changed: str):
    address = reverse("portal:dependant_change", args=[child.public_id])
    same = {"given_name": "Mateo", "family_name": "Delgado", "birth_date": "2019-03-02", "relation": "child"}
    answer = browser.post(address, {**same, **changed})
    child.refresh_from_db()
    return answer


def test_a_mistake_in_a_name_or_a_birth_date_is_mended(rosa):
    _user, browser = rosa
    child = mateo(browser)
    assert changes(browser, child, family_name="Delgado Ruiz", birth_date="2019-03-20").url == "/account/"
    assert (child.full_name, child.birth_date) == ("Mateo Delgado Ruiz", date(2019, 3, 20))


def test_where_there_are_records_nobody_is_made_into_somebody_else(rosa):
    _user, browser = rosa
    child = mateo(browser)
    connected(child)
    page = changes(browser, child, given_name="Ana", birth_date="2021-08-08").content.decode()
    assert "somebody who differs in both is somebody else" in page
    assert "Change Mateo Delgado" in page
    assert child.given_name == "Mateo"
    assert changes(browser, child, given_name="Matteo").status_code == 302
    assert child.given_name == "Matteo"


def test_two_of_one_name_and_birth_date_are_not_made(rosa):
    _user, browser = rosa
    child = mateo(browser)
    browser.post(ADD, {**MATEO, "given_name": "Ana"})
    assert (
        "You look after somebody of this name" in changes(browser, child, given_name="Ana").content.decode()
    )


@pytest.mark.parametrize("name", ["dependant_change", "dependant_stop"])
def test_changing_and_ending_ask_who_it_is_and_are_for_dependants_alone(rosa, name):
    _user, browser = rosa
    child, own = mateo(browser), Patient.objects.get(given_name="Rosa")
    _other, stranger = they.member("stranger@example.org")
    address = reverse(f"portal:{name}", args=[child.public_id])
    assert stranger.get(address).status_code == 404
    assert browser.get(reverse(f"portal:{name}", args=[own.public_id])).status_code == 404
    session = browser.session
    session["account_authentication_methods"], session["began_at"] = [], int(time()) - 3600
    session.save()
    for answer in (browser.get(address), browser.post(address, {})):
        assert answer.url.startswith("/accounts/reauthenticate/")


def test_who_is_looked_after_no_longer_is_collected_for_no_more_and_what_came_is_kept_closed_away(rosa):
    _user, browser = rosa
    child = mateo(browser)
    connection = connected(child)
    address = reverse("portal:dependant_stop", args=[child.public_id])
    told = browser.get(address).content.decode()
    assert "We stop collecting from Quillwort Clinic." in told
    assert state_of(connection) == "connected"
    assert browser.post(address).url == "/account/"
    assert state_of(connection) == "ended"
    page = browser.get("/account/").content.decode()
    assert "Records of Rosa Delgado" in page
    assert "Look after Mateo again" in page
    one = reverse("records:one", args=["conditions", make.origin().pk, "Condition", "c-1"])
    assert "Lakeside" in browser.get(one).content.decode()
    for gone in (address, reverse("portal:dependant_change", args=[child.public_id])):
        assert browser.get(gone).status_code == 404
    assert look_at(browser, "Mateo").status_code == 404


def test_whom_one_looked_after_once_one_may_look_after_again(rosa):
    user, browser = rosa
    child = mateo(browser)
    connected(child)
    browser.post(reverse("portal:dependant_stop", args=[child.public_id]))
    _other, stranger = they.member("stranger@example.org")
    again = reverse("portal:dependant_again", args=[child.public_id])
    assert stranger.post(again).status_code == 404
    assert browser.post(again).url == "/connect/places/"
    assert "Hay fever" in browser.get("/records/conditions/").content.decode()
    assert "Records of Mateo Delgado" in browser.get("/account/").content.decode()
    browser.post(reverse("portal:dependant_stop", args=[child.public_id]))
    browser.post(ADD, MATEO)
    assert Patient.objects.filter(given_name="Mateo").count() == 1
    assert Holding.objects.get(user=user, patient=child).ended_at is None


def test_where_two_look_after_one_child_the_other_goes_on(rosa):
    _user, browser = rosa
    child = mateo(browser)
    connection = connected(child)
    father, his = they.member("tomas@example.org")
    Holding.objects.create(user=father, patient=child, relation=Holding.Relation.CHILD)
    assert his.get("/account/").content.decode().count("shown now") == 1
    browser.post(reverse("portal:dependant_stop", args=[child.public_id]))
    assert state_of(connection) == "connected"
    assert "Records of Mateo Delgado" in his.get("/account/").content.decode()
