"""The second step: an app's codes, recovery codes, what is kept of them, and what a change of it ends."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection

from ground import crypto
from portal.passwords import LongEnough
from tests import factories as make
from tests.unit.portal import somebody as they

pytestmark = pytest.mark.django_db(transaction=True)

EMAIL = "rosa@example.org"
SHORT = "eight of 8"


@pytest.fixture
def rosa(transactional_db):
    """Rosa, signed in just now; nobody has guessed at her password yet."""
    cache.clear()
    return they.member(EMAIL)


def kept() -> str:
    """Every column of the table of second factors, as words."""
    with connection.cursor() as cursor:
        cursor.execute("select row_to_json(mfa_authenticator)::text from mfa_authenticator")
        return "\n".join(row for (row,) in cursor.fetchall())


def second_step(client, code):
    return client.post("/accounts/2fa/authenticate/", {"code": code})


def test_with_an_app_a_password_alone_opens_nothing(rosa, clock):
    secret = they.set_up_app(rosa[1])
    clock.shift(60)
    client = they.browser()
    assert they.sign_in(client, EMAIL).url.startswith("/accounts/2fa/authenticate/")
    assert not they.is_in(client)
    second_step(client, they.one_time_code(secret))
    assert they.is_in(client)


def test_a_code_is_good_once_as_long_as_the_clock_would_take_it(rosa, clock):
    secret = they.set_up_app(rosa[1])
    clock.shift(60)
    code = they.one_time_code(secret)
    first = they.browser()
    they.sign_in(first, EMAIL)
    second_step(first, code)
    assert they.is_in(first)
    clock.shift(31)
    again = they.browser()
    they.sign_in(again, EMAIL)
    second_step(again, code)
    assert not they.is_in(again)


def test_a_clock_half_a_minute_off_is_forgiven_and_two_minutes_are_not(rosa, clock):
    secret = they.set_up_app(rosa[1])
    clock.shift(600)
    client = they.browser()
    they.sign_in(client, EMAIL)
    second_step(client, they.one_time_code(secret, steps=4))
    assert not they.is_in(client)
    second_step(client, they.one_time_code(secret, steps=-1))
    assert they.is_in(client)


def test_codes_are_not_guessed(rosa, clock):
    secret = they.set_up_app(rosa[1])
    clock.shift(60)
    for number in range(6):
        client = they.browser(f"10.0.0.{number}")
        they.sign_in(client, EMAIL)
        second_step(client, "000000")
    second_step(client, they.one_time_code(secret))
    assert not they.is_in(client)


def test_the_secret_stands_nowhere_in_the_clear(rosa):
    secret = they.set_up_app(rosa[1])
    data = Authenticator.objects.get(type="totp").data
    assert secret not in kept()
    assert bytes.fromhex(data["secret"].partition(".")[2])[2:3] == b"t"  # the id of the key that sealed it
    assert "secret" not in json.dumps(dict(rosa[1].session))


def test_a_moved_key_opens_no_second_step(rosa, settings):
    they.set_up_app(rosa[1])
    settings.FIELD_KEYS = "u:" + "b" * 43 + "="
    with pytest.raises(crypto.CannotOpen):
        Authenticator.objects.get(type="totp").wrap().validate_code("000000")


def test_recovery_codes_come_with_the_app_and_each_opens_once(rosa, clock):
    they.set_up_app(rosa[1])
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    page = rosa[1].get("/accounts/2fa/recovery-codes/").content.decode()
    assert all(code in page for code in codes)
    assert not any(code in kept() for code in codes)
    client = they.browser()
    they.sign_in(client, EMAIL)
    second_step(client, codes[0])
    assert they.is_in(client)
    again = they.browser()
    they.sign_in(again, EMAIL)
    second_step(again, codes[0])
    assert not they.is_in(again)


def test_a_changed_second_step_ends_the_other_sessions_and_is_told_by_mail(rosa, clock):
    elsewhere = they.browser()
    they.sign_in(elsewhere, EMAIL)
    they.set_up_app(rosa[1])
    assert they.is_in(rosa[1])
    assert not they.is_in(elsewhere)
    assert len(they.letters(EMAIL)) >= 1
    clock.shift(60)
    rosa[1].post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.exists()
    assert they.is_in(rosa[1])


def test_changing_the_second_step_asks_again_who_you_are_after_five_minutes(rosa, clock):
    clock.shift(301)
    for path in ("totp/activate/", "webauthn/add/", "recovery-codes/generate/"):
        assert rosa[1].get(f"/accounts/2fa/{path}").url.startswith("/accounts/reauthenticate/"), path


def test_eight_letters_do_with_a_second_step_and_fifteen_without():
    user = make.user()
    with pytest.raises(ValidationError, match="15"):
        LongEnough().validate(SHORT, user)
    with pytest.raises(ValidationError, match="15"):
        LongEnough().validate(SHORT)
    Authenticator.objects.create(user=user, type="totp", data={})
    LongEnough().validate(SHORT, user)
    with pytest.raises(ValidationError, match="8"):
        LongEnough().validate("seven !", user)


def change_password(client, old, new):
    form = {"oldpassword": old, "password1": new, "password2": new}
    return client.post("/accounts/password/change/", form)


def test_a_short_password_does_not_outlive_the_second_step(rosa):
    user, client = rosa
    they.set_up_app(client)
    assert change_password(client, they.PASSWORD, SHORT).status_code == 302
    assert client.get("/account/").status_code == 200
    client.post("/accounts/2fa/totp/deactivate/")
    assert client.get("/account/").url == "/accounts/password/change/"
    page = client.get("/accounts/password/change/").content.decode()
    assert "needs at least 15 characters" in page
    change_password(client, SHORT, they.NEW_PASSWORD)
    user.refresh_from_db()
    assert not user.password_is_short
    assert client.get("/account/").status_code == 200
