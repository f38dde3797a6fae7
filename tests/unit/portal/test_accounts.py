"""Making an account, signing in, getting back in: over HTTP, as people do it."""

from urllib.parse import urlsplit

import pytest
from django.contrib.auth import hashers
from django.core.cache import cache
from django.db import connection

from portal.models import Agreement, User
from tests import factories as make
from tests.unit.portal import somebody as they

pytestmark = pytest.mark.django_db

EMAIL = "rosa@example.org"


@pytest.fixture
def hashes(monkeypatch):
    """How many password hashes were made: the work that would tell a taken address from a free one."""
    made = []
    encode = hashers.Argon2PasswordHasher.encode

    def counted(self, password, salt):
        made.append(1)
        return encode(self, password, salt)

    monkeypatch.setattr(hashers.Argon2PasswordHasher, "encode", counted)
    return made


def test_an_account_begins_with_an_address_a_password_and_a_code():
    client = they.browser()
    answer = they.sign_up(client, EMAIL)
    assert answer.url == "/accounts/confirm-email/"
    assert not they.is_in(client)
    assert they.confirm(client, EMAIL).status_code == 302
    assert they.is_in(client)


def test_what_was_agreed_to_is_kept_with_its_version(settings):
    settings.TERMS_VERSION, settings.PRIVACY_VERSION = "t-3", "p-4"
    they.sign_up(they.browser(), EMAIL)
    kept = Agreement.objects.order_by("document").values_list("document", "version", "user__email")
    assert list(kept) == [("privacy", "p-4", EMAIL), ("terms", "t-3", EMAIL)]


def test_nobody_joins_without_agreeing():
    answer = they.sign_up(they.browser(), EMAIL, agree="")
    assert "tick the box if you agree" in answer.content.decode()
    assert not User.objects.exists()


def test_a_wrong_code_opens_nothing_and_three_end_the_try():
    client = they.browser()
    they.sign_up(client, EMAIL)
    for _ in range(3):
        answer = client.post("/accounts/confirm-email/", {"code": "WRONG1"})
    they.confirm(client, EMAIL)
    assert not they.is_in(client)
    assert (
        "Sign in, or ask for a new password, and we send you a new one."
        in client.get(answer.url).content.decode()
    )


def test_who_typed_a_wrong_code_is_sent_a_new_one_there():
    client = they.browser()
    they.sign_up(client, EMAIL)
    first = they.code_for(EMAIL)
    page = client.post("/accounts/confirm-email/", {"code": "WRONG1"}).content.decode()
    assert "Send a new code" in page
    client.post("/accounts/confirm-email/", {"action": "resend"})
    assert they.code_for(EMAIL) != first
    assert len(they.letters(EMAIL)) == 2
    client.post("/accounts/confirm-email/", {"code": first})
    assert not they.is_in(client)
    they.confirm(client, EMAIL)
    assert they.is_in(client)


def test_one_person_is_one_user_however_the_address_is_written():
    make.user(EMAIL)
    they.sign_up(they.browser(), "Rosa@Example.org")
    assert User.objects.count() == 1


def test_a_taken_address_gets_the_same_answer_and_a_letter_of_its_own():
    make.user(EMAIL)
    taken, free = they.browser(), they.browser()
    answers = [they.sign_up(taken, EMAIL), they.sign_up(free, "new@example.org")]
    assert {(each.status_code, each.url) for each in answers} == {(302, "/accounts/confirm-email/")}
    assert [len(they.letters(each)) for each in (EMAIL, "new@example.org")] == [1, 1]
    pages = [client.get("/accounts/confirm-email/").content.decode() for client in (taken, free)]
    assert without_what_differs(pages[0], EMAIL) == without_what_differs(pages[1], "new@example.org")


def without_what_differs(page: str, email: str) -> str:
    lines = [
        line for line in page.replace(email, "ADDRESS").splitlines() if "csrfmiddlewaretoken" not in line
    ]
    return "\n".join(lines)


def test_a_taken_address_costs_as_many_hashes_as_a_free_one(hashes):
    make.user(EMAIL)
    hashes.clear()
    they.sign_up(they.browser(), EMAIL)
    taken = len(hashes)
    hashes.clear()
    they.sign_up(they.browser(), "new@example.org")
    assert taken == len(hashes) == 1


def test_an_unknown_address_costs_a_hash_at_sign_in_too(hashes):
    they.sign_in(they.browser(), "nobody@example.org")
    assert len(hashes) == 1


@pytest.mark.parametrize(
    ("password", "complaint"),
    [
        ("short one here", "at least 15 characters"),
        ("aaaaaaaaaaaaaaaaaaaa", "too easy to guess"),
        ("Tributary-2026-2026!", "too easy to guess"),
        ("rosa@example.orgg", "too similar"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(password, complaint):
    answer = they.sign_up(they.browser(), EMAIL, password)
    assert complaint in answer.content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize("password", ["fifteen letters", "p" * 30 + "qrstuvw" * 10, "пять тихих рек домой"])
def test_a_long_password_needs_no_digits_and_no_signs(password):
    client = they.browser()
    they.sign_up(client, EMAIL, password)
    they.confirm(client, EMAIL)
    again = they.browser()
    they.sign_in(again, EMAIL, password)
    assert they.is_in(again)


def test_a_wrong_password_and_an_unknown_address_are_answered_alike():
    make.user(EMAIL)
    wrong = they.sign_in(they.browser(), EMAIL, "not the password").content.decode()
    unknown = they.sign_in(they.browser(), "nobody@example.org", "not the password").content.decode()
    assert "are not correct" in wrong
    assert without_what_differs(wrong, EMAIL) == without_what_differs(unknown, "nobody@example.org")


def test_an_address_that_was_not_confirmed_does_not_sign_in():
    they.sign_up(they.browser(), EMAIL)
    client = they.browser()
    they.sign_in(client, EMAIL)
    assert not they.is_in(client)


def test_signing_in_leads_to_the_page_that_was_asked_for():
    make.patient(make.user(EMAIL))
    client = they.browser()
    asked = client.get("/records/conditions/?page=2")
    parts = urlsplit(asked.url)
    assert (parts.path, parts.query) == ("/accounts/login/", "next=/records/conditions/%3Fpage%3D2")
    assert (
        they.sign_in(client, EMAIL, onward="/records/conditions/?page=2").url == "/records/conditions/?page=2"
    )


@pytest.mark.parametrize(
    "onward",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "http://localhost.evil.example/",
        "\thttps://evil.example",
    ],
)
def test_signing_in_leads_to_no_other_site(onward):
    make.user(EMAIL)
    assert they.sign_in(they.browser(), EMAIL, onward=onward).url == "/"


def test_guessing_is_stopped_after_a_few_tries_whatever_address_it_says_it_comes_from():
    make.user(EMAIL)
    for number in range(5):
        guesser = they.browser("10.0.0.7", **{"X-Forwarded-For": f"10.1.0.{number}"})
        they.sign_in(guesser, EMAIL, f"guess {number}")
    page = they.sign_in(they.browser("10.0.0.7"), EMAIL).content.decode()
    assert "Too many failed" in page


def test_the_tries_are_counted_in_postgres():
    make.user(EMAIL)
    they.sign_in(they.browser(), EMAIL, "a guess")
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from portal_cache where cache_key like '%%login_failed%%'")
        assert cursor.fetchone()[0] >= 1
    assert cache._max_entries >= 100_000


def test_a_person_whose_sign_in_is_slowed_down_by_somebody_gets_in_by_the_reset_code():
    make.user(EMAIL)
    for number in range(6):
        they.sign_in(they.browser(f"10.0.0.{number}"), EMAIL, "a guess")
    client = they.browser("10.9.9.9")
    reset(client, EMAIL)
    assert they.sign_in(client, EMAIL, they.NEW_PASSWORD).status_code == 302
    assert they.is_in(client)


def reset(client, email):
    assert client.post("/accounts/password/reset/", {"email": email}).status_code == 302
    client.post("/accounts/password/reset/confirm/", {"code": they.code_for(email)})
    return client.post(
        "/accounts/password/reset/complete/",
        {"password1": they.NEW_PASSWORD, "password2": they.NEW_PASSWORD},
    )


def test_a_forgotten_password_is_replaced_by_a_code_and_the_owner_is_told():
    _, elsewhere = they.member(EMAIL)
    client = they.browser()
    reset(client, EMAIL)
    assert "password" in they.letters(EMAIL)[0].lower()
    assert not they.is_in(elsewhere)
    again = they.browser()
    they.sign_in(again, EMAIL, they.NEW_PASSWORD)
    assert they.is_in(again)


def test_asking_for_a_reset_does_not_tell_who_has_an_account():
    make.user(EMAIL)
    clients = they.browser(), they.browser()
    answers = [
        client.post("/accounts/password/reset/", {"email": email})
        for client, email in zip(clients, (EMAIL, "nobody@example.org"), strict=True)
    ]
    assert len({(each.status_code, each.url) for each in answers}) == 1
    pages = [client.get(answers[0].url).content.decode() for client in clients]
    assert without_what_differs(pages[0], EMAIL) == without_what_differs(pages[1], "nobody@example.org")
    assert len(they.letters("nobody@example.org")) == 1


def test_a_reset_code_is_not_guessed():
    make.user(EMAIL)
    client = they.browser()
    client.post("/accounts/password/reset/", {"email": EMAIL})
    right = they.code_for(EMAIL)
    for _ in range(3):
        page = client.post("/accounts/password/reset/confirm/", {"code": "WRONG1"}).content.decode()
        assert "Ask for a new code" in page or not page
    client.post("/accounts/password/reset/confirm/", {"code": right})
    answer = client.get("/accounts/password/reset/complete/")
    assert answer.status_code == 302


def test_a_changed_address_is_confirmed_first_and_the_old_one_is_told():
    user, client = they.member(EMAIL)
    client.post("/accounts/email/", {"email": "rosa@elsewhere.example", "action_add": ""})
    user.refresh_from_db()
    assert user.email == EMAIL
    they.confirm(client, "rosa@elsewhere.example")
    user.refresh_from_db()
    assert user.email == "rosa@elsewhere.example"
    assert "rosa@elsewhere.example" in they.letters(EMAIL)[0]


def test_changing_the_address_asks_again_who_you_are_after_five_minutes(clock):
    _, client = they.member(EMAIL)
    clock.shift(301)
    answer = client.post("/accounts/email/", {"email": "rosa@elsewhere.example", "action_add": ""})
    assert answer.url.startswith("/accounts/reauthenticate/")
    assert they.letters("rosa@elsewhere.example") == []


def test_an_address_that_is_taken_is_not_told_to_who_wants_to_change_to_it():
    make.user("taken@example.org")
    user, client = they.member(EMAIL)
    answer = client.post("/accounts/email/", {"email": "taken@example.org", "action_add": ""})
    free = they.member("other@example.org")[1].post(
        "/accounts/email/", {"email": "free@example.org", "action_add": ""}
    )
    assert (answer.status_code, answer.headers.get("Location")) == (
        free.status_code,
        free.headers.get("Location"),
    )
    user.refresh_from_db()
    assert user.email == EMAIL


def test_who_says_the_password_again_stays_in_when_hashing_became_dearer(clock, monkeypatch):
    user, client = they.member(EMAIL)
    monkeypatch.setattr(hashers.Argon2PasswordHasher, "time_cost", 2)
    clock.shift(301)
    asked = client.post("/accounts/email/", {"email": "rosa@elsewhere.example", "action_add": ""}).url
    client.post(asked, {"password": they.PASSWORD})
    assert they.is_in(client)
    before, _ = user.password, user.refresh_from_db()
    assert user.password != before
