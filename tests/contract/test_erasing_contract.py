"""Deleting a chart, purging a user and switching one off behave as docs/oneup.md §3.3, §9.2, §9.3 say."""

from contextlib import suppress

import pytest

from connect.gateway import GatewayError, NotFound, Refused, SignInAgain, TryLater
from connect.oneup import OneUpEraser
from tests.sandbox_process import OTHER_CLIENT_ID, OTHER_CLIENT_SECRET

VERSION = "r4"


@pytest.fixture
def eraser(settings):
    return OneUpEraser(settings)


@pytest.fixture
def rosa(sandbox, member):
    """One person with two places in R4 and one in DSTU2."""
    for place in (4706, 4707, 4710):
        sandbox.connect(member, place, "Rosa Delgado")
    return member


def patients(oneup, member, version=VERSION):
    return {each.place_key: each.id for each in oneup.patients(member.access, version)}


def delete(sandbox, path, **headers):
    return sandbox.http.delete(f"{sandbox.api}/{path}", headers=headers, timeout=30)


def outcome(reply):
    return reply.json()["issue"][0]["severity"], reply.json()["issue"][0]["details"]["text"]


def test_a_deleted_patient_is_gone_and_the_neighbours_stay(sandbox, rosa, oneup, eraser):
    held = patients(oneup, rosa)
    elsewhere = [row for row in sandbox.truth(rosa.id) if not row["id"].startswith(held["4706"])]
    eraser.erase_patient(rosa.access, held["4706"], VERSION)
    assert sandbox.truth(rosa.id) == elsewhere
    assert list(patients(oneup, rosa)) == ["4707"]
    with pytest.raises(NotFound):
        oneup.everything(rosa.access, held["4706"], VERSION)
    with pytest.raises(NotFound):
        eraser.erase_patient(rosa.access, held["4706"], VERSION)


@pytest.mark.parametrize("prefix", ["", "fhir/"])
def test_the_answer_names_the_patient(sandbox, rosa, oneup, prefix):
    patient = patients(oneup, rosa)["4706"]
    reply = delete(sandbox, f"{prefix}r4/Patient/{patient}/$everything", **rosa.bearer)
    assert reply.status_code == 200
    assert outcome(reply) == ("information", f"All resources of patient {patient} were deleted")


def test_nobody_deletes_for_somebody_else(sandbox, rosa, oneup, eraser):
    before, patient = sandbox.truth(rosa.id), patients(oneup, rosa)["4706"]
    another = sandbox.member("patient-2")
    with pytest.raises(NotFound):
        eraser.erase_patient(another.access, patient, VERSION)
    with pytest.raises(SignInAgain):
        eraser.erase_patient("no-token-of-anybody", patient, VERSION)
    by_number = {**sandbox.credentials, "x-oneup-user-id": str(rosa.id)}
    assert delete(sandbox, f"r4/Patient/{patient}/$everything", **by_number).status_code == 401
    assert delete(sandbox, "r4/purge", **{**by_number, "x-oneup-user-id": "client"}).status_code == 403
    other = {"client_id": OTHER_CLIENT_ID, "client_secret": OTHER_CLIENT_SECRET}
    assert delete(sandbox, "r4/purge", **{**by_number, **other}).status_code == 403
    assert sandbox.truth(rosa.id) == before


def test_deleted_records_come_back_while_the_place_still_sends(sandbox, rosa, oneup, eraser):
    before, patient = sandbox.truth(rosa.id), patients(oneup, rosa)["4706"]
    eraser.erase_patient(rosa.access, patient, VERSION)
    sandbox.tick()
    assert sandbox.truth(rosa.id) == before
    oneup.revoke(str(rosa.id), "4706", VERSION)
    eraser.erase_patient(rosa.access, patient, VERSION)
    sandbox.tick()
    assert list(patients(oneup, rosa)) == ["4707"]


def test_a_purge_takes_all_of_one_version_and_nothing_else(sandbox, rosa, oneup, eraser):
    neighbour = sandbox.member("patient-2")
    sandbox.connect(neighbour)
    eraser.purge(rosa.access, VERSION)
    assert {row["version"] for row in sandbox.truth(rosa.id)} == {"dstu2"}
    assert sandbox.truth(neighbour.id)
    eraser.purge(rosa.access, VERSION)
    assert sandbox.user(rosa.id)["oneup_user_id"] == rosa.id


def test_a_purge_may_be_asked_for_by_number(sandbox, rosa):
    reply = delete(sandbox, "r4/purge", **sandbox.credentials, **{"x-oneup-user-id": str(rosa.id)})
    assert (reply.status_code, outcome(reply)[0]) == (200, "information")


def test_a_purge_that_is_cut_off_goes_on_when_it_is_called_again(sandbox, rosa, oneup, eraser):
    sandbox.switch(purge_most=1)
    with pytest.raises(TryLater):
        eraser.purge(rosa.access, VERSION)
    assert len(patients(oneup, rosa)) == 1
    eraser.purge(rosa.access, VERSION)
    assert patients(oneup, rosa) == {}


def test_unknown_parameters_of_a_delete_are_refused(sandbox, rosa):
    assert delete(sandbox, "r4/purge?_type=Observation", **rosa.bearer).status_code == 400
    assert delete(sandbox, "r6/purge", **rosa.bearer).status_code == 404


def test_a_closed_account_has_no_tokens_and_gets_no_codes(sandbox, rosa, oneup, eraser):
    spare = oneup.new_code(rosa.app_user_id)[1]
    eraser.close_account(str(rosa.id), rosa.app_user_id)
    with pytest.raises(SignInAgain):
        oneup.patients(rosa.access, VERSION)
    with pytest.raises(SignInAgain):
        oneup.refresh(rosa.refresh)
    with pytest.raises(TryLater):
        oneup.redeem(spare)
    with pytest.raises(Refused):
        oneup.new_code(rosa.app_user_id)
    before = len(sandbox.truth(rosa.id))
    note = {"resourceType": "Observation", "id": "note", "status": "final", "valueString": "new"}
    sandbox.change_chart(rosa.id, 4706, add=[note])
    sandbox.tick()
    assert len(sandbox.truth(rosa.id)) == before


def test_an_account_that_is_not_there_cannot_be_closed(sandbox, eraser):
    with pytest.raises(NotFound):
        eraser.close_account("99999", "nobody")


GARBAGE = ("html", "truncated", "empty", "noise", "bom", "utf16", "text", "list", "null", "outcome", "no",
           "latin1", "tail")  # fmt: skip
PACKED = ("gzip", "gzip-broken", "gzip-short", "gzip-not")


@pytest.mark.parametrize(
    "fault", [*({"garbage": each} for each in GARBAGE), *({"packed": each} for each in PACKED)]
)
def test_whatever_comes_back_is_an_error_with_a_name_or_none(sandbox, member, oneup, eraser, fault):
    number = str(member.id)
    calls = [
        lambda: oneup.ingest(number, "4706", VERSION),
        lambda: oneup.source_access(number, VERSION),
        lambda: oneup.revoke(number, "4706", VERSION),
        lambda: eraser.erase_patient(member.access, "a", VERSION),
        lambda: eraser.purge(member.access, VERSION),
        lambda: eraser.close_account(number, member.app_user_id),
    ]
    sandbox.fault(times=None, **fault)
    for call in calls:
        with suppress(GatewayError):
            assert call() in (None, ())
    sandbox.heal()
    assert len(sandbox.ledger()) >= len(calls)
