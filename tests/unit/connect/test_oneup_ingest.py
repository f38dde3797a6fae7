"""Asking a place to send anew, what is held of a sign-in, and taking it back, in bodies nobody documented."""

import copy
import json
import pickle
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connect.gateway import CannotIngest, GatewayError, SignInAgain, SourceAccess, TryLater, Unreadable
from connect.http import Deadline, NotAllowed
from connect.oneup import OneUp, OneUpSettings
from tests.unit.connect.conftest import SECRET
from tests.unit.connect.served import Served, reply, says_json

ABOUT = {"oneup_user_id": "40712", "system_id": "4706", "fhir_version": "r4"}


def ingest(oneup: OneUp) -> None:
    oneup.ingest("40712", "4706", "r4")


def revoke(oneup: OneUp) -> None:
    oneup.revoke("40712", "4706", "r4")


@pytest.mark.parametrize("path", ["/on-demand-ingest", "/connect/api/on-demand-ingest"])
def test_an_ingest_names_one_user_one_place_and_one_version(told, server: Served, path: str) -> None:
    server.says(says_json({"success": True}))
    ingest(OneUp(replace(told, ingest_path=path)))
    [asked] = server.seen
    assert (asked.method, asked.target) == ("POST", f"/api{path}")
    assert json.loads(asked.body) == ABOUT
    assert (asked.headers["client_id"], asked.headers["client_secret"]) == ("the-app", SECRET)
    assert asked.headers["content-type"] == "application/json"


def test_a_revoke_says_the_same_at_its_own_address(oneup: OneUp, server: Served) -> None:
    server.says(says_json({"success": True}, 201))
    revoke(oneup)
    assert server.seen[0].target == "/api/on-demand-ingest/revoke-data-access"
    assert json.loads(server.seen[0].body) == ABOUT


@pytest.mark.parametrize("verb", [ingest, revoke])
@pytest.mark.parametrize("body", [b"", b"{}", b"true", b'{"jobId":"7"}', b"Ingestion started.", b'"OK"'])
@pytest.mark.parametrize("status", [200, 201, 202])
def test_any_good_answer_that_does_not_say_no_will_do(oneup, server: Served, verb, body, status) -> None:
    server.says(reply(body, status))
    verb(oneup)


@pytest.mark.parametrize(
    ("body", "error"),
    [(b"<html>Log in</html>", SignInAgain), (b'{"success":fal', Unreadable), (b"\x00\xff\x9f", Unreadable)],
)
def test_what_is_no_answer_is_not_taken_for_a_yes(oneup: OneUp, server: Served, body, error) -> None:
    server.says(reply(body))
    with pytest.raises(error):
        ingest(oneup)


@pytest.mark.parametrize("status", [200, 400, 404, 422])
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("missing or bad user", "user"),
        ("this user does not exist", "user"),
        ("oneup_user_id is required", "user"),
        ("missing or bad system", "place"),
        ("Unknown health system", "place"),
        ("missing or bad version", "version"),
        ("system 4706 does not offer that fhir_version", "version"),
        ("system not connected for this user", "not_connected"),
        ("The user has not yet connected this system: not yet connected", "not_connected"),
        ("no valid source refresh token", "no_sign_in"),
        ("The source token of this user and system expired", "no_sign_in"),
        ("please log in again", "no_sign_in"),
        ("user, system and version must be given", "unknown"),
        ("computer says no", "unknown"),
        ("", "unknown"),
    ],
)
def test_the_five_kinds_of_no_are_told_by_their_words(oneup, server: Served, status, text, reason) -> None:
    server.says(says_json({"success": False, "error": text}, status))
    for verb in (ingest, revoke):
        with pytest.raises(CannotIngest) as caught:
            verb(oneup)
        assert caught.value.reason == reason
        assert str(caught.value) == f"{verb.__name__}: CannotIngest ({status})"


@pytest.mark.parametrize("body", [b"", b"<html>no</html>", b'{"message":"Forbidden"}', b'{"error":"user"}'])
def test_a_user_of_another_app_is_forbidden(oneup: OneUp, server: Served, body: bytes) -> None:
    server.says(reply(body, 403))
    with pytest.raises(CannotIngest) as caught:
        ingest(oneup)
    assert caught.value.reason == "forbidden"


def test_a_no_in_an_outcome_is_read_too(oneup: OneUp, server: Served) -> None:
    issue = {"severity": "error", "details": {"text": "System not connected"}}
    server.says(says_json({"resourceType": "OperationOutcome", "issue": [issue]}, 400))
    with pytest.raises(CannotIngest) as caught:
        ingest(oneup)
    assert caught.value.reason == "not_connected"


@pytest.mark.parametrize(("status", "error"), [(429, TryLater), (500, TryLater), (401, SignInAgain)])
def test_what_may_pass_is_no_refusal(oneup: OneUp, server: Served, status: int, error) -> None:
    server.says(says_json({"success": False, "error": "user"}, status, Retry_After="77"))
    with pytest.raises(error) as caught:
        ingest(oneup)
    assert not isinstance(caught.value, CannotIngest)
    assert getattr(caught.value, "retry_after", 77) == 77


@pytest.mark.parametrize(
    ("told_of", "reason"),
    [
        (("client", "4706", "r4"), "user"),
        (("40712,client", "4706", "r4"), "user"),
        (("40712", "../4706", "r4"), "place"),
        (("40712", "4706", "R4"), "version"),
    ],
)
def test_what_can_be_nobody_is_not_asked_for(oneup: OneUp, server: Served, told_of, reason: str) -> None:
    with pytest.raises(CannotIngest) as caught:
        oneup.ingest(*told_of)
    assert (caught.value.reason, server.seen) == (reason, [])


@pytest.mark.parametrize("user", ['"client"', "40712", '"40712","more":"1"'])
def test_the_door_lets_no_other_body_out(
    oneup: OneUp, told: OneUpSettings, server: Served, user: str
) -> None:
    body = f'{{"oneup_user_id":{user},"system_id":"4706","fhir_version":"r4"}}'.encode()
    with pytest.raises(NotAllowed):
        oneup._as_app.send(
            "ingest",
            "POST",
            f"{told.api}/on-demand-ingest",
            headers=told.credentials,
            json=body,
            deadline=Deadline(5),
            cap=1000,
        )
    assert server.seen == []


def test_an_error_survives_being_copied_and_sent() -> None:
    error = CannotIngest("ingest", 400, "place")
    for twin in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert (twin.call, twin.status, twin.reason) == ("ingest", 400, "place")


# --- what is held ---

HELD = {
    "system_id": "4706",
    "fhir_version": "r4",
    "status": "active",
    "refresh_token_present": True,
    "last_refreshed": "2025-03-04T10:15:00Z",
    "expires_at": "2025-06-02T10:15:00Z",
}
WHOLE = SourceAccess(
    "4706",
    "r4",
    "active",
    renewable=True,
    refreshed_at=datetime(2025, 3, 4, 10, 15, tzinfo=UTC),
    expires_at=datetime(2025, 6, 2, 10, 15, tzinfo=UTC),
)


def test_the_question_stands_in_the_query_and_in_the_body(oneup: OneUp, server: Served) -> None:
    server.says(says_json({"success": True, "tokens": []}))
    assert oneup.source_access("40712", "r4") == ()
    [asked] = server.seen
    wanted = {"oneup_user_id": "40712", "fhir_version": "r4"}
    assert (asked.method, asked.path) == ("GET", "/api/on-demand-ingest/token-status")
    assert asked.query == json.loads(asked.body) == wanted


@pytest.mark.parametrize(
    "body",
    [
        {"success": True, "tokens": [HELD]},
        {"success": True, "tokens": {"4706": {k: v for k, v in HELD.items() if k != "system_id"}}},
        [HELD],
        HELD,
        {"data": HELD},
        {"entry": [{**HELD, "system_id": 4706}, "junk", {"status": "active"}]},
        [
            {
                "systemId": 4706,
                "fhirVersion": "R4",
                "state": "Valid",
                "hasRefreshToken": "true",
                "lastRefreshed": 1741083300,
                "expiresAt": 1748859300000,
            }
        ],
    ],
)
def test_what_is_held_is_found_in_many_shapes(oneup: OneUp, server: Served, body: object) -> None:
    server.says(says_json(body))
    assert oneup.source_access("40712", "r4") == (WHOLE,)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"status": None, "refresh_token_present": "perhaps", "expires_at": "soon"},
        {"status": ["active"], "refresh_token_present": 7, "expires_at": 1e300, "last_refreshed": True},
        {"status": "purple", "expires_at": "", "last_refreshed": {}},
    ],
)
def test_what_cannot_be_found_is_not_known(oneup: OneUp, server: Served, more) -> None:
    server.says(says_json({"tokens": [{"system_id": "4706", **more}]}))
    assert oneup.source_access("40712", "stu3") == (SourceAccess("4706", "stu3"),)


@pytest.mark.parametrize(
    "body", [b"", b"null", b"7", b'{"success":true}', b'{"tokens":[1]}', b'{"tokens":{}}']
)
def test_an_answer_without_a_place_is_silence(oneup: OneUp, server: Served, body: bytes) -> None:
    server.says(reply(body))
    assert oneup.source_access("40712", "r4") == ()


@pytest.mark.parametrize(("word", "state"), [("EXPIRED", "expired"), ("revoked", "revoked"), ("odd", "")])
def test_states_are_told_by_their_words(oneup: OneUp, server: Served, word: str, state: str) -> None:
    server.says(says_json({"tokens": [{**HELD, "status": word}]}))
    assert oneup.source_access("40712", "r4")[0].state == state


def test_a_refused_question_says_why(oneup: OneUp, server: Served) -> None:
    server.says(says_json({"success": False, "error": "this user does not exist"}, 400))
    with pytest.raises(GatewayError) as caught:
        oneup.source_access("40712", "r4")
    assert caught.value.reason == "user"  # type: ignore[attr-defined]
