"""Users, codes and tokens, in every variant docs/oneup.md §15.1 knows."""

import re
from dataclasses import replace
from typing import Any

import pytest

from connect.gateway import (
    AlreadyExists,
    GatewayError,
    NotFound,
    Refused,
    SignInAgain,
    Tokens,
    TooLarge,
    TryLater,
    Unreadable,
)
from connect.oneup import OneUp, OneUpSettings
from tests.unit.connect.conftest import SECRET
from tests.unit.connect.served import Served, reply, says_json

MADE = {"success": True, "code": "0c4f7a2b", "oneup_user_id": 40712, "app_user_id": "usr_7", "active": True}
PAIR = {
    "access_token": "acc",
    "token_type": "Bearer",
    "expires_in": 7200,
    "refresh_token": "ref",
    "scope": "user/*.*",
}


@pytest.mark.parametrize("status", [200, 201])
def test_a_new_account_comes_with_a_number_and_a_code(oneup: OneUp, server: Served, status: int) -> None:
    server.says(says_json(MADE, status))
    assert oneup.create_account("usr_7") == ("40712", "0c4f7a2b")
    asked = server.seen[0]
    assert (asked.method, asked.target) == ("POST", "/api/user-management/v1/user")
    assert (asked.headers["client_id"], asked.headers["client_secret"]) == ("the-app", SECRET)
    assert asked.form == {"app_user_id": "usr_7"}


def test_a_new_code_for_an_account(oneup: OneUp, server: Served) -> None:
    server.says(says_json(MADE))
    assert oneup.new_code("usr_7") == ("40712", "0c4f7a2b")
    assert server.seen[0].target == "/api/user-management/v1/user/auth-code"


@pytest.mark.parametrize("number", [40712, "40712"])
@pytest.mark.parametrize("name", ["oneup_user_id", "oneUpUserId"])
def test_the_number_is_text_however_it_is_written(
    oneup: OneUp, server: Served, number: object, name: str
) -> None:
    server.says(says_json({"success": True, "code": "c0de", name: number}))
    assert oneup.create_account("usr_7") == ("40712", "c0de")


def test_tokens_in_a_create_reply_are_left_alone(oneup: OneUp, server: Served) -> None:
    server.says(says_json({**MADE, **PAIR}))
    assert oneup.create_account("usr_7") == ("40712", "0c4f7a2b")


@pytest.mark.parametrize("status", [200, 400, 404, 409])
def test_an_existing_account_is_known_by_the_words(oneup: OneUp, server: Served, status: int) -> None:
    server.says(says_json({"success": False, "error": "this user already exists"}, status))
    with pytest.raises(AlreadyExists):
        oneup.create_account("usr_7")


def test_an_account_without_a_code_exists_already(oneup: OneUp, server: Served) -> None:
    server.says(says_json({"success": True, "oneup_user_id": 40712, "app_user_id": "usr_7"}))
    with pytest.raises(AlreadyExists):
        oneup.create_account("usr_7")


@pytest.mark.parametrize("status", [200, 400, 404])
def test_an_unknown_account_is_known_by_the_words(oneup: OneUp, server: Served, status: int) -> None:
    server.says(says_json({"success": False, "error": "this user does not exist"}, status))
    with pytest.raises(NotFound):
        oneup.new_code("usr_7")


@pytest.mark.parametrize(
    "reply_",
    [
        {**MADE, "app_user_id": "usr_8"},
        {**MADE, "oneup_user_id": "client"},
        {**MADE, "oneup_user_id": True},
        {**MADE, "oneup_user_id": None},
        {**MADE, "oneup_user_id": -4},
        {**MADE, "code": "two words"},
        {**MADE, "code": ""},
        {**MADE, "code": 7},
        {"success": True},
        [],
        "fine",
    ],
)
def test_an_account_that_is_not_ours_or_not_whole_is_unreadable(
    oneup: OneUp, server: Served, reply_: Any
) -> None:
    server.says(says_json(reply_))
    with pytest.raises(Unreadable):
        oneup.create_account("usr_7")


POLITE = [
    ({"success": False, "error": "quota reached"}, Refused),
    ({"success": "false"}, Refused),
    ({"error": "invalid_request", "error_description": "no"}, Refused),
    ({"error": {"message": "no"}}, Refused),
    ({"resourceType": "OperationOutcome", "issue": [{"severity": "error", "diagnostics": "no"}]}, Refused),
    ({"success": False, "message": "An error occurred when processing the access token."}, SignInAgain),
    ({"success": False, "message": "Unauthorized"}, SignInAgain),
    ({"error": "server_error"}, TryLater),
]


@pytest.mark.parametrize(("body", "expected"), POLITE)
def test_a_polite_200_can_still_be_a_refusal(
    oneup: OneUp, server: Served, body: object, expected: type[GatewayError]
) -> None:
    server.says(says_json(body))
    with pytest.raises(GatewayError) as caught:
        oneup.create_account("usr_7")
    assert type(caught.value) is expected
    assert caught.value.status == 200


PAGE = reply(b"<!doctype html><title>Sign in</title>", kind="text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (PAGE, SignInAgain),
        (reply(b"\n <html>", kind="application/json"), SignInAgain),
        (reply(b"", 302, Location="/login"), SignInAgain),
        (says_json({"message": "Unauthorized"}, 401), SignInAgain),
        (says_json({"message": "Forbidden"}, 403), Refused),
        (says_json({"message": "Too Many Requests"}, 429), TryLater),
        (says_json({"message": "Service Unavailable"}, 503), TryLater),
        (reply(b"<html>gateway</html>", 504, "text/html"), TryLater),
        (reply(b""), Unreadable),
        (reply(b"noise"), Unreadable),
        (reply(b"null"), Unreadable),
        (reply(b'{"success": true'), Unreadable),
        (reply(b"[" * 200_000), Unreadable),
        (reply(b'{"error":' * 500 + b'"deep"' + b"}" * 500, 400), Refused),
        (reply(b"0" * 1_000_001), TooLarge),
    ],
)
def test_each_shape_of_no_is_one_of_four(
    oneup: OneUp, server: Served, said: bytes, expected: type[GatewayError]
) -> None:
    server.says(said)
    with pytest.raises(GatewayError) as caught:
        oneup.new_code("usr_7")
    assert type(caught.value) is expected


def test_a_reply_with_a_byte_order_mark_is_read(oneup: OneUp, server: Served) -> None:
    server.says(reply(b"\xef\xbb\xbf" + b'{"success": true, "code": "c0de", "oneup_user_id": 1}'))
    assert oneup.new_code("usr_7") == ("1", "c0de")


def test_a_code_is_redeemed_with_our_own_credentials_in_the_form(oneup: OneUp, server: Served) -> None:
    server.says(says_json(PAIR))
    assert oneup.redeem("c0de") == Tokens("acc", "ref", 7200)
    asked = server.seen[0]
    assert asked.target == "/auth/oauth2/token"
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked.form == {
        "grant_type": "authorization_code",
        "code": "c0de",
        "client_id": "the-app",
        "client_secret": SECRET,
    }


def test_a_refresh_gives_both_tokens_anew(oneup: OneUp, server: Served) -> None:
    server.says(says_json(PAIR))
    assert oneup.refresh("old") == Tokens("acc", "ref", 7200)
    assert server.seen[0].form["grant_type"] == "refresh_token"
    assert server.seen[0].form["refresh_token"] == "old"


def test_the_legacy_token_host_is_a_matter_of_settings(told: OneUpSettings, server: Served) -> None:
    server.says(says_json(PAIR))
    OneUp(replace(told, auth=told.api, token_path="/fhir/oauth2/token")).redeem("c0de")
    assert server.seen[0].target == "/api/fhir/oauth2/token"


@pytest.mark.parametrize(
    ("change", "seconds"),
    [
        ({"expires_in": 7199}, 7199),
        ({"expires_in": 3599}, 3599),
        ({"expires_in": "7200"}, 7200),
        ({"expires_in": 7200.0}, 7200),
        ({"expires_in": 10**12}, 86_400),
        ({"expires_in": None}, 600),
        ({"expires_in": "long"}, 600),
        ({"expires_in": -1}, 600),
        ({"token_type": "bearer"}, 7200),
        ({"scope": "user"}, 7200),
    ],
)
def test_a_token_lives_as_long_as_the_reply_says(
    oneup: OneUp, server: Served, change: dict[str, object], seconds: int
) -> None:
    server.says(says_json({**PAIR, **change}))
    assert oneup.redeem("c0de").expires_in == seconds


@pytest.mark.parametrize("absent", ["token_type", "scope", "refresh_token", "expires_in"])
def test_only_the_access_token_must_be_there(oneup: OneUp, server: Served, absent: str) -> None:
    server.says(says_json({name: value for name, value in PAIR.items() if name != absent}))
    tokens = oneup.redeem("c0de")
    assert tokens.access == "acc"
    assert (tokens.refresh == "") == (absent == "refresh_token")


@pytest.mark.parametrize(
    "change",
    [
        {"access_token": ""},
        {"access_token": "a\r\nX: y"},
        {"access_token": 5},
        {"token_type": "mac"},
        {"refresh_token": 5},
    ],
)
def test_tokens_that_cannot_be_sent_are_unreadable(
    oneup: OneUp, server: Served, change: dict[str, object]
) -> None:
    server.says(says_json({**PAIR, **change}))
    with pytest.raises(Unreadable):
        oneup.redeem("c0de")


BAD_CODE = [
    says_json({"error": "invalid_grant", "error_description": "Invalid code"}, 400),
    says_json({"error": "invalid_grant"}, 400),
    says_json({"error_description": "Invalid code"}, 400),
    says_json({"error": "invalid_grant"}, 200),
]


@pytest.mark.parametrize("said", BAD_CODE)
def test_a_code_not_known_yet_may_be_tried_after_a_second(oneup: OneUp, server: Served, said: bytes) -> None:
    server.says(said)
    with pytest.raises(TryLater) as caught:
        oneup.redeem("c0de")
    assert caught.value.retry_after == 1.0
    assert len(server.seen) == 1


@pytest.mark.parametrize("said", BAD_CODE)
def test_a_dead_refresh_token_wants_a_new_sign_in(oneup: OneUp, server: Served, said: bytes) -> None:
    server.says(said)
    with pytest.raises(SignInAgain):
        oneup.refresh("old")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (says_json({"error": "invalid_client"}, 401), SignInAgain),
        (says_json({"error": "invalid_request"}, 400), Refused),
        (says_json({"error": "server_error"}, 503), TryLater),
    ],
)
def test_other_troubles_at_the_token_endpoint(
    oneup: OneUp, server: Served, said: bytes, expected: type[GatewayError]
) -> None:
    server.says(said)
    with pytest.raises(GatewayError) as caught:
        oneup.redeem("c0de")
    assert type(caught.value) is expected
    assert getattr(caught.value, "retry_after", None) is None


def test_no_secret_shows_in_print(told: OneUpSettings) -> None:
    shown = repr(told) + repr(Tokens("acc-secret", "ref-secret", 1)) + repr(vars(OneUp(told)))
    assert not re.search(f"{SECRET}|acc-secret|ref-secret", shown)


@pytest.mark.parametrize(
    "wrong",
    [
        {"api": "http://api.example", "allow_insecure": False},
        {"auth": "nowhere"},
        {"search": "https://search.example/"},
        {"search": "https://search.example?x=1"},
        {"api": "https://user@api.example"},
        {"client_id": ""},
        {"client_secret": "two\r\nlines"},
        {"fhir_prefix": "r-four"},
        {"token_path": "/oauth2/token?x"},
    ],
)
def test_settings_that_cannot_work_are_refused_without_being_repeated(
    told: OneUpSettings, wrong: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"^1up ") as caught:
        replace(told, **wrong)
    assert all(value not in str(caught.value) for value in wrong.values() if value and isinstance(value, str))
