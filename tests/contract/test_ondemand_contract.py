"""OnDemand Ingest, token status and revoke behave as docs/oneup.md §11 says; our client understands."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connect.gateway import CannotIngest, TryLater
from connect.oneup import OneUp
from tests.sandbox_process import OTHER_CLIENT_ID, OTHER_CLIENT_SECRET

ROOTS = ("/on-demand-ingest", "/connect/api/on-demand-ingest")
GLASS = {"resourceType": "Observation", "id": "glass", "status": "final", "valueString": "half full"}
NINETY_DAYS = 7_776_000


@pytest.fixture
def rosa(sandbox, member):
    sandbox.connect(member)
    return member


def about(member, **more):
    said = {"oneup_user_id": str(member.id), "system_id": "4706", "fhir_version": "r4", **more}
    return {name: value for name, value in said.items() if value is not None}


def ask(sandbox, body, path="", root=ROOTS[0], headers=None):
    headers = sandbox.credentials if headers is None else headers
    return sandbox.http.post(f"{sandbox.api}{root}{path}", json=body, headers=headers, timeout=30)


def held(sandbox, member, version="r4"):
    asked = {"oneup_user_id": str(member.id), "fhir_version": version}
    reply = sandbox.http.get(
        f"{sandbox.api}{ROOTS[0]}/token-status", params=asked, headers=sandbox.credentials, timeout=30
    )
    return reply.json()["tokens"]


@pytest.mark.parametrize("root", ROOTS)
def test_an_ingest_brings_the_changed_chart_with_the_next_pass(sandbox, rosa, root):
    before, told = len(sandbox.truth(rosa.id)), len(sandbox.user(rosa.id)["audit"])
    sandbox.change_chart(rosa.id, 4706, add=[GLASS])
    reply = ask(sandbox, about(rosa), root=root)
    assert (reply.status_code, reply.json()["success"]) == (200, True)
    assert len(sandbox.truth(rosa.id)) == before
    assert sandbox.user(rosa.id)["audit"][told:] == ["data-transfer-initiated"]
    assert sandbox.tick() == 1
    assert len(sandbox.truth(rosa.id)) == before + 1
    assert sandbox.user(rosa.id)["audit"][told + 1 :] == ["member-data-ingestion-completed"]
    assert sandbox.tick() == 0


def test_credentials_may_come_as_a_bearer_of_the_same_user_only(sandbox, rosa):
    another = sandbox.member("patient-2")
    assert ask(sandbox, about(rosa), headers=rosa.bearer).status_code == 200
    assert ask(sandbox, about(rosa), headers=another.bearer).status_code == 403
    assert ask(sandbox, about(rosa), headers={}).status_code == 401


@pytest.mark.parametrize("path", ["", "/revoke-data-access"])
@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"oneup_user_id": None}, "missing or bad user"),
        ({"oneup_user_id": "nobody"}, "missing or bad user"),
        ({"system_id": None}, "missing or bad system"),
        ({"system_id": "999999999"}, "missing or bad system"),
        ({"fhir_version": "R4"}, "missing or bad version"),
        ({"fhir_version": "stu3"}, "missing or bad version"),
        ({"system_id": "4707"}, "system not connected for this user"),
    ],
)
def test_what_is_asked_wrongly_is_a_400_with_its_text(sandbox, rosa, path, wrong, text):
    reply = ask(sandbox, about(rosa, **wrong), path)
    assert (reply.status_code, reply.json()) == (400, {"success": False, "error": text})


def test_a_user_of_another_app_is_403(sandbox, rosa):
    other = {"client_id": OTHER_CLIENT_ID, "client_secret": OTHER_CLIENT_SECRET}
    assert ask(sandbox, about(rosa), headers=other).status_code == 403


def test_a_place_that_leaves_no_token_is_a_400_and_said_to_be_so(sandbox, member):
    sandbox.connect(member, 4795)
    reply = ask(sandbox, about(member, system_id="4795"))
    assert (reply.status_code, reply.json()["error"]) == (400, "no valid source refresh token")
    [row] = held(sandbox, member)
    assert (row["status"], row["refresh_token_present"], row["expires_at"]) == ("revoked", False, None)


def test_a_place_that_was_just_asked_is_left_in_peace(sandbox, rosa):
    assert ask(sandbox, about(rosa)).status_code == 200
    soon = ask(sandbox, about(rosa))
    assert (soon.status_code, soon.json()) == (429, {"message": "Too Many Requests"})
    assert 0 < int(soon.headers["Retry-After"]) <= 60
    sandbox.clock(60)
    assert ask(sandbox, about(rosa)).status_code == 200


def test_what_a_place_refuses_is_said_of_an_ingest_too(sandbox, rosa):
    sandbox.switch(refused_types={"4706": ["Observation"]})
    ask(sandbox, about(rosa))
    sandbox.tick()
    assert sandbox.user(rosa.id)["audit"][-2:] == [
        "resource-retrieval-failure",
        "member-data-ingestion-completed",
    ]


def test_a_sign_in_lapses_after_its_time(sandbox, member):
    sandbox.switch(source_seconds=1000)
    sandbox.connect(member)
    [row] = held(sandbox, member)
    assert (row["status"], row["refresh_token_present"]) == ("active", True)
    sandbox.clock(1001)
    [row] = held(sandbox, member)
    assert (row["status"], row["refresh_token_present"]) == ("expired", False)
    assert ask(sandbox, about(member)).json()["error"] == "no valid source refresh token"
    sandbox.change_chart(member.id, 4706, add=[GLASS])
    before = len(sandbox.truth(member.id))
    sandbox.tick()
    assert len(sandbox.truth(member.id)) == before


def test_signing_in_again_makes_it_good_and_no_second_connection(sandbox, rosa):
    sandbox.end_source(rosa.id, 4706)
    assert held(sandbox, rosa)[0]["status"] == "expired"
    sandbox.connect(rosa)
    [row] = held(sandbox, rosa)
    assert (row["status"], len(sandbox.user(rosa.id)["connections"])) == ("active", 1)


def test_revoking_ends_passes_and_ingests_and_keeps_the_records(sandbox, rosa):
    before = len(sandbox.truth(rosa.id))
    assert ask(sandbox, about(rosa), "/revoke-data-access").status_code == 201
    sandbox.change_chart(rosa.id, 4706, add=[GLASS])
    sandbox.tick()
    assert len(sandbox.truth(rosa.id)) == before
    assert ask(sandbox, about(rosa)).json()["error"] == "no valid source refresh token"
    assert ask(sandbox, about(rosa), "/revoke-data-access").status_code == 400
    assert held(sandbox, rosa)[0]["status"] == "revoked"


def test_revoking_while_an_ingest_runs_ends_it_and_says_so(sandbox, rosa):
    before = len(sandbox.truth(rosa.id))
    sandbox.change_chart(rosa.id, 4706, add=[GLASS])
    ask(sandbox, about(rosa))
    ask(sandbox, about(rosa), "/revoke-data-access")
    sandbox.tick()
    assert sandbox.user(rosa.id)["audit"][-1] == "payer-connection-not-established"
    assert len(sandbox.truth(rosa.id)) == before


@pytest.mark.parametrize("place", ["json", "params"])
def test_what_is_held_may_be_asked_for_either_way(sandbox, rosa, place):
    asked = {place: {"oneup_user_id": str(rosa.id), "fhir_version": "r4"}}
    url = f"{sandbox.api}{ROOTS[1]}/token-status"
    reply = sandbox.http.get(url, headers=sandbox.credentials, timeout=30, **asked)
    assert [row["system_id"] for row in reply.json()["tokens"]] == ["4706"]
    assert held(sandbox, rosa, "dstu2") == []


# --- our client ---


@pytest.mark.parametrize("path", ["/on-demand-ingest", "/connect/api/on-demand-ingest"])
def test_the_client_asks_anew_and_follows_it(sandbox, rosa, settings, path):
    oneup, start = OneUp(replace(settings, ingest_path=path)), datetime.now(UTC)
    oneup.ingest(str(rosa.id), "4706", "r4")
    with pytest.raises(TryLater) as caught:
        oneup.ingest(str(rosa.id), "4706", "r4")
    assert caught.value.status == 429
    assert caught.value.retry_after
    sandbox.tick()
    words = [each.what for each in oneup.events(str(rosa.id), start) if each.place_key == "4706"]
    assert words == ["started", "finished"]
    assert {row["path"] for row in sandbox.ledger() if "ingest" in row["path"]} == {f"/api{path}"}


def test_the_client_reads_what_is_held(sandbox, rosa, oneup):
    [access] = oneup.source_access(str(rosa.id), "r4")
    lasts = access.expires_at - datetime.now(UTC)
    assert timedelta(seconds=NINETY_DAYS - 600) < lasts < timedelta(seconds=NINETY_DAYS + 600)
    assert (access.place_key, access.fhir_version, access.state, access.renewable) == (
        "4706",
        "r4",
        "active",
        True,
    )
    sandbox.end_source(rosa.id)
    assert oneup.source_access(str(rosa.id), "r4")[0].state == "expired"
    assert oneup.source_access(str(rosa.id), "stu3") == ()


def test_the_client_revokes_once_and_learns_that_nothing_is_left(sandbox, rosa, oneup):
    oneup.revoke(str(rosa.id), "4706", "r4")
    for verb in (oneup.revoke, oneup.ingest):
        with pytest.raises(CannotIngest) as caught:
            verb(str(rosa.id), "4706", "r4")
        assert caught.value.reason == "no_sign_in"


def test_each_no_has_its_reason(sandbox, rosa, oneup):
    def reason(*about):
        with pytest.raises(CannotIngest) as caught:
            oneup.ingest(*about)
        return caught.value.reason

    number = str(rosa.id)
    stranger = sandbox.http.post(
        f"{sandbox.api}/user-management/v1/user",
        headers={"client_id": OTHER_CLIENT_ID, "client_secret": OTHER_CLIENT_SECRET},
        data={"app_user_id": "theirs"},
    ).json()
    assert reason("99999", "4706", "r4") == "user"
    assert reason(number, "999999999", "r4") == "place"
    assert reason(number, "4706", "stu3") == "version"
    assert reason(number, "4707", "r4") == "not_connected"
    assert reason(str(stranger["oneup_user_id"]), "4706", "r4") == "forbidden"
    sandbox.end_source(rosa.id, gone=True)
    assert reason(number, "4706", "r4") == "no_sign_in"
