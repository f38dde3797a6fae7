"""How long a sign-in lasts and what ends it."""

import pytest
from django.test import override_settings

from tests import factories as make
from tests.unit.portal import somebody as they

pytestmark = pytest.mark.django_db

EMAIL = "rosa@example.org"
MINUTE = 60
QUIET = {"X-Quiet": "yes"}


@pytest.fixture
def rosa(clock):
    """Rosa's browser, signed in just now."""
    user, client = they.member(EMAIL)
    make.patient(user)
    return client


def left(client) -> dict[str, object]:
    return client.get("/account/clock/", headers=QUIET).json()


def test_a_quiet_quarter_of_an_hour_ends_it(rosa, clock):
    clock.shift(15 * MINUTE - 5)
    assert rosa.get("/").status_code == 200
    assert rosa.get("/account/").status_code == 200
    clock.shift(15 * MINUTE + 1)
    assert rosa.get("/account/").url == "/accounts/login/?next=/account/"


def test_whoever_goes_on_reading_stays(rosa, clock):
    for _ in range(6):
        clock.shift(10 * MINUTE)
        assert rosa.get("/account/").status_code == 200


def test_a_page_that_asks_by_itself_does_not_keep_it_alive(rosa, clock):
    for _ in range(15):
        assert they.is_in(rosa)
        clock.shift(MINUTE)
    clock.shift(1)
    assert not they.is_in(rosa)


def test_half_a_day_ends_it_whatever_happens(rosa, clock):
    for _ in range(12 * 6):
        assert rosa.get("/account/").status_code == 200
        clock.shift(10 * MINUTE)
    clock.shift(1)
    assert rosa.get("/account/").status_code == 302


def test_staff_have_ten_minutes_and_eight_hours(clock):
    _, client = they.member("staff@example.org", is_staff=True)
    clock.shift(10 * MINUTE + 1)
    assert not they.is_in(client)
    they.sign_in(client, "staff@example.org")
    for _ in range(8 * 12):
        assert client.get("/account/").status_code == 200
        clock.shift(5 * MINUTE)
    clock.shift(1)
    assert not they.is_in(client)


def test_the_time_left_is_told_without_lengthening_it(rosa, clock):
    rosa.get("/account/")
    clock.shift(13 * MINUTE)
    assert left(rosa) == {"left": 2 * MINUTE, "can_stay": True}
    clock.shift(MINUTE)
    assert left(rosa) == {"left": MINUTE, "can_stay": True}


def test_one_press_lengthens_it(rosa, clock):
    clock.shift(14 * MINUTE)
    assert rosa.post("/account/clock/").json() == {"left": 15 * MINUTE, "can_stay": True}


def test_near_the_end_of_the_half_day_it_says_that_staying_does_not_help(rosa, clock):
    for _ in range(71):
        clock.shift(10 * MINUTE)
        rosa.get("/account/")
    clock.shift(9 * MINUTE)
    rosa.get("/account/")
    assert left(rosa) == {"left": MINUTE, "can_stay": False}


def test_each_page_carries_the_warning_and_the_way_back(rosa):
    page = rosa.get("/account/?x=1").content.decode()
    assert 'data-left="900"' in page
    assert "/accounts/login/?next=%2Faccount%2F%3Fx%3D1" in page
    assert "session-clock" not in they.browser().get("/").content.decode()


def test_a_form_sent_too_late_leads_back_to_its_page(rosa, clock):
    clock.shift(16 * MINUTE)
    answer = rosa.post("/account/clock/", headers={"Referer": "http://localhost:8000/account/?x=1"})
    assert answer.url == "/accounts/login/?next=/account/"
    elsewhere = rosa.post("/account/clock/", headers={"Referer": "https://evil.example/account/"})
    assert elsewhere.url == "/accounts/login/?next=/"


def test_signing_out_ends_it_and_empties_the_browser(rosa):
    stolen = rosa.cookies["__Host-session"].value
    answer = rosa.post("/accounts/logout/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    thief = they.browser()
    thief.cookies["__Host-session"] = stolen
    assert not they.is_in(thief)


def test_a_sign_in_that_ran_out_empties_the_browser_too(rosa, clock):
    clock.shift(16 * MINUTE)
    assert "Clear-Site-Data" in rosa.get("/account/")
    assert "Clear-Site-Data" not in rosa.get("/")


def test_signing_out_takes_more_than_a_link(rosa):
    rosa.get("/accounts/logout/")
    assert they.is_in(rosa)


def test_signing_in_gives_a_new_session_id():
    make.user(EMAIL)
    client = they.browser()
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies["__Host-session"] = planted
    they.sign_in(client, EMAIL)
    assert client.cookies["__Host-session"].value != planted
    victim = they.browser()
    victim.cookies["__Host-session"] = planted
    assert not they.is_in(victim)


def test_every_device_is_listed_and_the_others_can_be_signed_out(rosa):
    phone = they.browser(**{"User-Agent": "Mozilla/5.0 (iPhone) AppleWebKit Safari/605"})
    they.sign_in(phone, EMAIL)
    page = rosa.get("/accounts/sessions/").content.decode()
    assert "Safari, iPhone" in page
    assert "this device" in page
    rosa.post("/accounts/sessions/")
    assert they.is_in(rosa)
    assert not they.is_in(phone)


def test_a_changed_password_ends_the_other_sessions_and_is_told_by_mail(rosa):
    phone = they.browser()
    they.sign_in(phone, EMAIL)
    form = {"oldpassword": they.PASSWORD, "password1": they.NEW_PASSWORD, "password2": they.NEW_PASSWORD}
    rosa.post("/accounts/password/change/", form)
    assert they.is_in(rosa)
    assert not they.is_in(phone)
    assert "password" in they.letters(EMAIL)[0].lower()


@override_settings(DEMO=True)
def test_no_page_is_kept_by_a_browser_or_on_the_way(rosa):
    for path in ("/", "/account/", "/accounts/email/", "/nothing/", "/demo/mail/", "/connect/places/"):
        assert rosa.get(path)["Cache-Control"] == "no-store, private", path
