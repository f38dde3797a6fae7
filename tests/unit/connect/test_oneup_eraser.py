"""The client that deletes, and that no other can."""

from collections.abc import Callable
from urllib.parse import parse_qs

import pytest

from connect.gateway import NotFound, Refused, SignInAgain, TryLater, Unreadable
from connect.http import Deadline, NotAllowed
from connect.oneup import OneUp, OneUpEraser, OneUpSettings
from tests.unit.connect.conftest import ACCESS, SECRET
from tests.unit.connect.served import Served, reply, says_json

Verb = Callable[[OneUpEraser], None]


@pytest.fixture
def eraser(told: OneUpSettings) -> OneUpEraser:
    return OneUpEraser(told)


def erase(eraser: OneUpEraser) -> None:
    eraser.erase_patient(ACCESS, "a665f10c3be2", "dstu2")


def purge(eraser: OneUpEraser) -> None:
    eraser.purge(ACCESS, "r4")


def close(eraser: OneUpEraser) -> None:
    eraser.close_account("40712", "usr_7")


def outcome(severity: str, text: str, status: int = 200) -> bytes:
    issue = {"severity": severity, "code": "x", "details": {"text": text}}
    return says_json({"resourceType": "OperationOutcome", "issue": [issue]}, status)


@pytest.mark.parametrize(
    ("verb", "target"),
    [(erase, "/api/dstu2/Patient/a665f10c3be2/$everything"), (purge, "/api/r4/purge")],
)
def test_a_delete_goes_to_one_patient_or_one_users_store(eraser, server: Served, verb: Verb, target) -> None:
    server.says(outcome("information", "All resources of patient a665f10c3be2 were deleted"))
    verb(eraser)
    [asked] = server.seen
    assert (asked.method, asked.target, asked.body) == ("DELETE", target, b"")
    assert asked.headers["authorization"] == f"Bearer {ACCESS}"
    assert "client_secret" not in asked.headers


@pytest.mark.parametrize("verb", [erase, purge])
@pytest.mark.parametrize("answer", [reply(b"", 204), reply(b""), says_json({"success": True}), says_json({})])
def test_a_delete_without_a_word_is_done(eraser: OneUpEraser, server: Served, verb: Verb, answer) -> None:
    server.says(answer)
    verb(eraser)


@pytest.mark.parametrize("verb", [erase, purge])
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (outcome("error", "not yours"), Refused),
        (outcome("fatal", "broken"), Refused),
        (says_json({"resourceType": "OperationOutcome"}), Refused),
        (says_json({"resourceType": "OperationOutcome", "issue": ["odd"]}), Refused),
        (outcome("error", "no such resource", 404), NotFound),
        (outcome("error", "deleted", 410), NotFound),
        (outcome("information", "all is well", 500), TryLater),
        (says_json({"message": "Endpoint request timed out"}, 504), TryLater),
        (says_json({"message": "Unauthorized"}, 401), SignInAgain),
        (reply(b"<html>Log in</html>"), SignInAgain),
        (reply(b"\x00\x01"), Unreadable),
        (says_json({"success": False, "error": "this patient does not exist"}), NotFound),
    ],
)
def test_bad_news_is_no_delete(eraser: OneUpEraser, server: Served, verb: Verb, answer, error) -> None:
    server.says(answer)
    with pytest.raises(error) as caught:
        verb(eraser)
    assert type(caught.value) is error


def test_an_account_is_switched_off_by_its_number(eraser: OneUpEraser, server: Served) -> None:
    server.says(says_json({"success": True, "oneUpUserId": 40712}))
    close(eraser)
    [asked] = server.seen
    assert (asked.method, asked.target) == ("PUT", "/api/user-management/v1/user")
    form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
    assert form == {"oneup_user_id": "40712", "app_user_id": "usr_7", "active": "false"}
    assert asked.headers["client_secret"] == SECRET


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (says_json({"success": True, "oneup_user_id": 40713}), Unreadable),
        (says_json({"success": True, "oneup_user_id": 40712, "active": True}), Refused),
        (says_json({"success": False, "error": "this user does not exist"}), NotFound),
        (says_json({"success": False, "error": "no"}), Refused),
        (says_json([]), Unreadable),
    ],
)
def test_an_account_that_stays_on_is_not_closed(eraser, server: Served, answer, error) -> None:
    server.says(answer)
    with pytest.raises(error):
        close(eraser)


@pytest.mark.parametrize("patient", ["", "..", "a/b", "a?b"])
def test_what_can_be_no_patient_is_not_asked_for(eraser: OneUpEraser, server: Served, patient: str) -> None:
    with pytest.raises(NotFound):
        eraser.erase_patient(ACCESS, patient, "r4")
    with pytest.raises(NotFound):
        eraser.close_account("client", "usr_7")
    assert server.seen == []


def test_the_ordinary_client_cannot_delete(oneup: OneUp, told: OneUpSettings, server: Served) -> None:
    doors = [oneup._as_patient, oneup._as_app]
    assert [rule.method for door in doors for rule in door._rules if rule.method in {"DELETE", "PUT"}] == []
    for door in doors:
        for call in ("everything", "erase_patient", "purge"):
            with pytest.raises(NotAllowed):
                door.send(call, "DELETE", f"{told.api}/r4/Patient/a/$everything", headers={},
                          deadline=Deadline(5), cap=1000)  # fmt: skip
    assert server.seen == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/r4/Patient/a665f10c3be2"),
        ("DELETE", "/r4/Patient/$everything"),
        ("DELETE", "/r4/Observation/a/$everything"),
        ("GET", "/r4/Patient/a665f10c3be2/$everything"),
        ("DELETE", "/r4/purge/all"),
    ],
)
def test_the_eraser_can_do_nothing_else(eraser, told, server: Served, method: str, path: str) -> None:
    for call in ("erase_patient", "purge"):
        with pytest.raises(NotAllowed):
            eraser._door.send(call, method, told.api + path, headers={}, deadline=Deadline(5), cap=1000)
    assert server.seen == []


@pytest.mark.parametrize("active", ["true", "false&oneup_user_id=7", ""])
def test_the_eraser_switches_nobody_on(eraser: OneUpEraser, told, server: Served, active: str) -> None:
    form = {"oneup_user_id": "40712", "app_user_id": "usr_7", "active": active}
    with pytest.raises(NotAllowed):
        eraser._door.send("close_account", "PUT", f"{told.api}/user-management/v1/user", form=form,
                          headers=told.credentials, deadline=Deadline(5), cap=1000)  # fmt: skip
    assert server.seen == []
