"""Who the records are of, in which time zone pages speak, and what the letters say."""

from datetime import date

import pytest
from django.test import override_settings

from ground.models import Mail
from portal import demo
from portal.forms import PatientForm
from portal.models import Holding, Patient
from tests import factories as make
from tests.unit.portal import somebody as they

pytestmark = pytest.mark.django_db

EMAIL = "rosa@example.org"


def says(given="Rosa", family="Delgado", born="1968-05-14"):
    return {"given_name": given, "family_name": family, "birth_date": born}


@pytest.fixture
def rosa():
    return they.member(EMAIL)[1]


def test_name_and_birth_date_are_asked_before_the_first_place(rosa):
    assert rosa.get("/").url == "/account/about-you/"
    assert rosa.get("/connect/").url == "/account/about-you/"
    assert rosa.post("/account/about-you/", says()).url == "/connect/"
    assert rosa.get("/").status_code == 200


def test_whose_records_they_are_is_said_once(rosa):
    rosa.post("/account/about-you/", says())
    assert rosa.post("/account/about-you/", says(given="Ada")).url == "/account/"
    assert Patient.objects.get().given_name == "Rosa"


@pytest.mark.parametrize(
    ("given", "family"),
    [
        ("Zoë", "O’Brien-Núñez"),
        ("李", "小龙"),
        ("Ahmad", "ibn Yūsuf al-Khwārizmī"),
        ("<b>Bo</b>", "'; drop table --"),
        ("X Æ A-12", "d'Arc"),
        ("M" * 100, "N" * 100),
    ],
)
def test_names_are_kept_as_they_were_written(rosa, given, family):
    rosa.post("/account/about-you/", says(given, family))
    patient = Patient.objects.get()
    assert (patient.given_name, patient.family_name) == (given, family)
    page = rosa.get("/account/").content.decode()
    assert "<b>Bo</b>" not in page


@pytest.mark.parametrize(
    ("given", "family"), [("", "Delgado"), ("   ", "Delgado"), ("Rosa\x00", "D"), ("M" * 101, "D")]
)
def test_a_name_that_cannot_be_kept_is_said_beside_its_field(rosa, given, family):
    answer = rosa.post("/account/about-you/", says(given, family))
    assert answer.status_code == 200
    assert "given_name" in answer.context["form"].errors


@pytest.mark.parametrize(
    "born",
    [
        "",
        "0000-01-01",
        "1968-02-30",
        "1800-01-01",
        "2999-01-01",
        "14.5.1968x",
        "1968-05-14T00:00",
        "99999-01-01",
    ],
)
def test_an_impossible_birth_date_is_said_beside_its_field(rosa, born):
    answer = rosa.post("/account/about-you/", says(born=born))
    assert answer.status_code == 200
    assert answer.context["form"].errors["birth_date"]
    assert not Patient.objects.exists()


@pytest.mark.parametrize("born", ["02/31/1968", "1968-02-31", "13/14/1968"])
@pytest.mark.parametrize("address", ["/account/about-you/", "/account/people/add/"])
def test_a_day_that_does_not_exist_is_said_and_stays_as_it_was_typed(rosa, address, born):
    if "add" in address:
        rosa.post("/account/about-you/", says())
    page = rosa.post(address, says(born=born)).content.decode()
    assert f"There is no such day: {born}." in page
    assert f'value="{born}"' in page
    assert 'type="date"' not in page


@pytest.mark.parametrize(
    "born",
    [
        "1968-05-14",
        "1968/5/14",
        "05/14/1968",
        "5-14-1968",
        " 5/14/1968 ",
        "May 14, 1968",
        "14 May 1968",
        "05141968",
        "19680514",
    ],
)
def test_a_birth_date_is_read_however_people_write_it(born):
    form = PatientForm(says(born=born))
    assert form.is_valid()
    assert form.cleaned_data["birth_date"] == date(1968, 5, 14)


@pytest.mark.parametrize("born", ["05/14/68", "14.5.1968", "1968", "yesterday"])
def test_no_birth_date_is_guessed(born):
    assert "We cannot read this date" in str(PatientForm(says(born=born)).errors["birth_date"])


@pytest.mark.parametrize(
    ("today", "born", "fits"),
    [
        ("2026-05-14", "2008-05-14", True),
        ("2026-05-13", "2008-05-14", False),
        ("2026-02-28", "2008-02-29", False),
        ("2026-03-01", "2008-02-29", True),
    ],
)
def test_an_account_of_ones_own_begins_on_the_eighteenth_birthday(time_machine, today, born, fits):
    time_machine.move_to(f"{today}T12:00:00+00:00", tick=False)
    assert PatientForm(says(born=born)).is_valid() is fits


def test_the_minimum_age_is_a_setting(settings):
    settings.MINIMUM_AGE = 13
    born = date.today().replace(year=date.today().year - 15, day=1)
    assert PatientForm(says(born=born.isoformat())).is_valid()


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Pacific/Honolulu", "Tuesday, March 3"),
        ("America/New_York", "Wednesday, March 4"),
        ("nonsense", "Wednesday, March 4"),
    ],
)
def test_pages_speak_in_the_readers_own_time(time_machine, zone, words):
    time_machine.move_to("2026-03-04T08:00:00+00:00", tick=False)
    user, client = they.member(EMAIL, time_zone=zone)
    make.patient(user)
    assert words in client.get("/").content.decode()


def test_the_time_zone_is_chosen_from_those_there_are(rosa):
    rosa.post("/account/about-you/", says())
    assert rosa.post("/account/preferences/", {"time_zone": "Europe/Madrid"}).url == "/account/"
    assert "Europe/Madrid" in rosa.get("/account/").content.decode()
    rosa.post("/account/preferences/", {"time_zone": "America/Denver"})
    assert "Mountain time (Denver)" in rosa.get("/account/").content.decode()
    assert rosa.post("/account/preferences/", {"time_zone": "Mars/Base"}).status_code == 200


def test_nobody_changes_more_than_their_own_preferences(rosa):
    rosa.post(
        "/account/preferences/", {"time_zone": "Europe/Madrid", "is_staff": "on", "email": "x@example.org"}
    )
    user = make.User.objects.get()
    assert (user.is_staff, user.email) == (False, EMAIL)


def test_staff_without_records_are_told_what_there_is():
    _, client = they.member("staff@example.org", is_staff=True)
    page = client.get("/").content.decode()
    assert "are not here yet" in page
    assert "/account/about-you/" in page
    assert 'href="/admin/"' not in page


@pytest.mark.django_db(transaction=True)
def test_letters_about_an_account_say_nothing_of_health_or_of_who_it_is():
    user, client = they.member(EMAIL)
    patient = make.patient(user, given="Rosalind", family="Quillfeather")
    make.records(patient, make.condition(text="Sarcoidosis"))
    they.set_up_app(client)
    form = {"oldpassword": they.PASSWORD, "password1": they.NEW_PASSWORD, "password2": they.NEW_PASSWORD}
    client.post("/accounts/password/change/", form)
    client.post("/accounts/email/", {"email": "rosa@elsewhere.example", "action_add": ""})
    they.confirm(client, "rosa@elsewhere.example")
    said = "\n".join(f"{mail.subject}\n{mail.body}" for mail in Mail.objects.all())
    assert Mail.objects.count() >= 4
    for word in (
        "Rosalind",
        "Quillfeather",
        "Sarcoidosis",
        "Lakeside",
        "1968",
        they.PASSWORD,
        they.NEW_PASSWORD,
    ):
        assert word not in said


@override_settings(SITE_NAME="Cardiology of Springfield")
def test_a_subject_tells_nothing_to_who_looks_over_a_shoulder():
    they.sign_up(they.browser(), EMAIL)
    assert "Cardiology" not in Mail.objects.get().subject


def test_links_in_letters_lead_here_whatever_host_was_asked_for():
    make.user(EMAIL)
    they.browser().post(
        "/accounts/password/reset/", {"email": "nobody@example.org"}, SERVER_NAME="testserver"
    )
    assert "testserver" not in they.letters("nobody@example.org")[0]


def test_an_unknown_host_is_not_answered():
    assert they.browser().get("/", SERVER_NAME="evil.example").status_code == 400


def test_the_demos_patient_looks_after_a_child_and_a_second_start_adds_nobody(db):
    for _ in range(2):
        demo.seed()
    held = Holding.objects.filter(user__email="rosa@example.org").order_by("pk")
    assert [(one.patient.full_name, one.relation) for one in held] == [
        ("Rosa Delgado", "self"),
        ("Mateo Delgado", "child"),
    ]
