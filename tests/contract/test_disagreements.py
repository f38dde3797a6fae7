"""Where the sources about 1up disagree, each variant is played (docs/oneup.md §15.1).

`ROWS` names, for every row of that table, the tests that play each variant: `file::test`, and after a blank
words that must stand in that test, usually its parameter. Rows that no other test plays are played below.
"""

import ast
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from connect.gateway import NotFound, TryLater
from connect.oneup import OneUp
from tests.contract.test_oneup_contract import HARBOR, access
from tests.sandbox_process import start_sandbox

HERE = Path(__file__).parent
DOCUMENT = HERE.parents[1] / "docs/oneup.md"
HERE_PLAYED = "test_disagreements.py::"
CLIENT, USERS, TOKENS = "test_oneup_contract.py::", "test_users_contract.py::", "test_tokens_contract.py::"
FHIR, RECORDS, SEARCH = "test_fhir_contract.py::", "test_records_contract.py::", "test_search_contract.py::"
ONDEMAND, EXPORTER = "test_ondemand_contract.py::", "test_exporter_contract.py::"

ROWS = {
    "secret at the token endpoint": [
        f"{TOKENS}test_a_code_becomes_tokens_on_both_hosts 'client_secret'",
        f"{TOKENS}test_a_code_becomes_tokens_on_both_hosts 'secret'",
    ],
    "user id when renaming": [
        f"{USERS}test_a_user_can_be_renamed_in_both_spellings 'app_user_id'",
        f"{USERS}test_a_user_can_be_renamed_in_both_spellings 'app_id_user'",
    ],
    "reply to a renaming": [
        f"{HERE_PLAYED}test_a_renaming_names_the_user_in_either_spelling 'oneup_user_id'",
        f"{HERE_PLAYED}test_a_renaming_names_the_user_in_either_spelling 'oneUpUserId'",
    ],
    "credentials for user management": [
        f"{HERE_PLAYED}test_users_are_managed_by_token_or_by_credentials 'token'",
        f"{HERE_PLAYED}test_users_are_managed_by_token_or_by_credentials 'credentials'",
        f"{CLIENT}test_a_wrong_secret_wants_a_sign_in",
    ],
    "place of the credentials": [
        f"{USERS}test_credentials_are_taken_from_four_places '{place}'"
        for place in ("headers", "params", "data", "json")
    ],
    "status of a new user": [
        f"{USERS}test_a_new_user_gets_a_number_and_a_code 200",
        f"{USERS}test_old_documents_give_201 201",
        f"{CLIENT}test_small_differences_make_none created_status",
    ],
    "existing user": [f"{CLIENT}test_an_existing_user {status}" for status in (200, 400, 404)],
    "unknown user": [
        f"{USERS}test_nobody_by_that_name_is_an_empty_list_or_a_400 'entry': []",
        f"{USERS}test_nobody_by_that_name_is_an_empty_list_or_a_400 refused",
        f"{CLIENT}test_an_unknown_user 200",
        f"{CLIENT}test_an_unknown_user 404",
    ],
    "reply to a new user": [
        f"{CLIENT}test_small_differences_make_none create_reply",
        f"{USERS}test_a_new_user_gets_a_number_and_a_code code",
    ],
    "token host": [
        f"{CLIENT}test_the_legacy_token_host /fhir/oauth2/token",
        f"{TOKENS}test_a_code_becomes_tokens_on_both_hosts True",
        f"{TOKENS}test_a_code_becomes_tokens_on_both_hosts False",
    ],
    "`grant_type` for a code": [
        f"{HERE_PLAYED}test_a_code_is_redeemed_whichever_word_is_known 'authorization_code'",
        f"{HERE_PLAYED}test_a_code_is_redeemed_whichever_word_is_known 'token'",
    ],
    "`expires_in`": [
        f"{CLIENT}test_a_token_lives_as_long_as_the_reply_says {seconds}" for seconds in (7200, 7199, 3599)
    ],
    "search by": [
        f"{CLIENT}test_versions_and_methods_of_the_directory 'POST'",
        f"{CLIENT}test_versions_and_methods_of_the_directory 'GET'",
    ],
    "status of a search": [
        f"{CLIENT}test_each_shape_of_the_directory 201",
        f"{CLIENT}test_each_shape_of_the_directory 200",
    ],
    "shape of a search": [
        f"{CLIENT}test_each_shape_of_the_directory '{shape}'" for shape in ("array", "short", "systemList")
    ],
    "directory in pages": [
        f"{CLIENT}test_a_directory_in_pages_or_all_at_once '{pages}'" for pages in ("twenty", "whole")
    ],
    "size of the directory": [
        f"{HERE_PLAYED}test_hundreds_of_places_or_thousands_are_read_alike {size}" for size in (40, 10_000)
    ],
    "hop": [
        f"{CLIENT}test_either_hop_leads_to_the_places_own_sign_in False",
        f"{CLIENT}test_either_hop_leads_to_the_places_own_sign_in True",
    ],
    "FHIR path": [
        f"{CLIENT}test_both_fhir_paths_lead_through_a_whole_chart ''",
        f"{CLIENT}test_both_fhir_paths_lead_through_a_whole_chart '/fhir'",
    ],
    "FHIR versions": [
        f"{HERE_PLAYED}test_two_versions_or_three_hide_no_patient 'two'",
        f"{HERE_PLAYED}test_two_versions_or_three_hide_no_patient 'three'",
    ],
    "whole chart": [
        f"{HERE_PLAYED}test_a_whole_chart_covers_its_patient_or_all_places 'patient'",
        f"{HERE_PLAYED}test_a_whole_chart_covers_its_patient_or_all_places 'user'",
    ],
    "`POST {Type}`": [
        f"{FHIR}test_a_resource_that_is_sent_is_said_back_with_id_and_meta",
        f"{FHIR}test_a_posted_search_is_the_same_search",
    ],
    "status of a new resource": [
        f"{FHIR}test_a_resource_that_is_sent_is_said_back_with_id_and_meta {status}" for status in (200, 201)
    ],
    "path of on-demand ingest": [
        f"{ONDEMAND}test_the_client_asks_anew_and_follows_it '{path}'"
        for path in ("/on-demand-ingest", "/connect/api/on-demand-ingest")
    ],
    "token status": [
        f"{ONDEMAND}test_what_is_held_may_be_asked_for_either_way '{place}'" for place in ("json", "params")
    ],
    "`$export`": [
        f"{EXPORTER}test_an_export_is_had_at_once_or_asked_after 'at once'",
        f"{EXPORTER}test_an_export_is_had_at_once_or_asked_after 'later'",
    ],
    "token of the export gateway": [
        f"{EXPORTER}test_the_gateway_is_opened_by_either_token 'realm'",
        f"{EXPORTER}test_the_gateway_is_opened_by_either_token 'user'",
    ],
    "pace": [
        f"{USERS}test_rate_limits_say_when_to_come_back users_per_hour",
        f"{HERE_PLAYED}test_a_pace_by_the_minute_is_a_matter_of_waiting per_minute",
        f"{CLIENT}test_small_differences_make_none",
    ],
    "how long it takes to collect": [
        f"{RECORDS}test_a_pass_comes_by_itself",
        f"{RECORDS}test_the_slow_place_takes_its_time 3601",
    ],
    "the frame's `jwt`": [
        "test_search_page_contract.py::test_which_keys_it_takes_is_a_switch string",
        "test_search_page_contract.py::test_which_keys_it_takes_is_a_switch any",
    ],
}


def table() -> dict[str, list[str]]:
    """The rows of §15.1: topic, and the other columns."""
    section = DOCUMENT.read_text().split("### 15.1")[1].split("### 15.2")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")]
    return {row[0].strip(): [cell.strip() for cell in row[1:]] for row in rows[1:]}


def source(play: str) -> str:
    """The text of the test that a play names, decorators included."""
    name = play.partition(" ")[0]
    file, _, test = name.partition("::")
    text = (HERE / file).read_text()
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name == test:
            return ast.unparse(node)
    raise AssertionError(f"there is no {name}")


def test_the_document_and_this_table_have_the_same_rows():
    assert set(table()) == {*ROWS}


@pytest.mark.parametrize("topic", ROWS)
def test_each_variant_of_a_row_has_a_test(topic):
    assert len(set(ROWS[topic])) >= 2
    for play in ROWS[topic]:
        words = play.partition(" ")[2]
        assert words in source(play), play


def users(sandbox, method, **more):
    return sandbox.http.request(method, f"{sandbox.api}/user-management/v1/user", timeout=10, **more)


@pytest.mark.parametrize("spelling", ["oneup_user_id", "oneUpUserId"])
def test_a_renaming_names_the_user_in_either_spelling(sandbox, member, spelling):
    sandbox.switch(put_reply=spelling)
    data = {"oneup_user_id": member.id, "app_user_id": "renamed"}
    reply = users(sandbox, "PUT", headers=sandbox.credentials, data=data)
    assert reply.json() == {"success": True, spelling: member.id}
    assert sandbox.user("renamed")["oneup_user_id"] == member.id


@pytest.mark.parametrize("by", ["token", "credentials"])
def test_users_are_managed_by_token_or_by_credentials(sandbox, member, by):
    headers = member.bearer if by == "token" else sandbox.credentials
    made = users(sandbox, "POST", headers=headers, data={"app_user_id": f"made-by-{by}"})
    assert made.json()["success"] is True
    listed = users(sandbox, "GET", headers=headers, params={"app_user_id": f"made-by-{by}"})
    assert [each["oneup_user_id"] for each in listed.json()["entry"]] == [made.json()["oneup_user_id"]]


def test_a_dead_token_manages_nobody(sandbox, member):
    sandbox.end_tokens(member.id, "access")
    assert users(sandbox, "POST", headers=member.bearer, data={"app_user_id": "u"}).status_code == 401


@pytest.mark.parametrize("word", ["authorization_code", "token"])
def test_a_code_is_redeemed_whichever_word_is_known(oneup, sandbox, word):
    sandbox.switch(grant_word=word)
    form = {"grant_type": "token", "code": oneup.create_account("by-hand")[1], **sandbox.credentials}
    by_hand = sandbox.http.post(f"{sandbox.auth}/oauth2/token", data=form)
    assert by_hand.status_code == (200 if word == "token" else 400)
    assert access(oneup)


@pytest.mark.parametrize("size", [40, 10_000])
def test_hundreds_of_places_or_thousands_are_read_alike(settings, sandbox, size):
    with nullcontext(sandbox) if size == 10_000 else start_sandbox(systems=size) as running:
        bases = {"api": running.api, "auth": running.auth, "search": running.search}
        keys = first_places(OneUp(replace(settings, **bases)))
        assert running.control("GET", "health")["places"] == size
    assert len(keys) == len(set(keys)) == min(size, 100)


def first_places(oneup):
    """Keys from the start of the alphabet, up to five pages."""
    token, keys = access(oneup), []
    for offset in range(0, 100, 20):
        page = oneup.search_places(token, "", offset=offset)
        keys += [place.key for place in page.places]
        if not page.has_more:
            break
    return keys


@pytest.mark.parametrize("versions", ["two", "three"])
def test_two_versions_or_three_hide_no_patient(oneup, sandbox, versions):
    sandbox.switch(fhir_versions=versions)
    token = access(oneup)
    sandbox.agree(oneup.depart(token, HARBOR).address)
    sandbox.tick()
    assert len(oneup.patients(token, "r4")) == 1
    assert oneup.patients(token, "dstu2") == ()
    if versions == "three":
        assert oneup.patients(token, "stu3") == ()
        return
    with pytest.raises(NotFound):
        oneup.patients(token, "stu3")


@pytest.mark.parametrize("covers", ["patient", "user"])
def test_a_whole_chart_covers_its_patient_or_all_places(oneup, sandbox, covers):
    """What the product keeps of it: tests/unit/connect/linked/test_several_patients.py."""
    sandbox.switch(everything_covers=covers)
    token = access(oneup)
    for place in (HARBOR, "4707"):
        sandbox.agree(oneup.depart(token, place).address)
    sandbox.tick()
    charts = [set(whole(oneup, token, each.id)) for each in oneup.patients(token, "r4")]
    assert len(charts) == 2
    assert (charts[0] == charts[1]) is (covers == "user")
    assert len(charts[0] | charts[1]) == len(sandbox.truth("app-user-1"))


def whole(oneup, token, patient):
    cursor = None
    while True:
        page = oneup.everything(token, patient, "r4", cursor=cursor)
        yield from page.resources
        if (cursor := page.next) is None:
            return


def test_a_pace_by_the_minute_is_a_matter_of_waiting(oneup, sandbox):
    token = access(oneup)
    sandbox.limits(per_minute=2)
    for _ in range(2):
        oneup.patients(token, "r4")
    with pytest.raises(TryLater) as caught:
        oneup.patients(token, "r4")
    assert 50 < (caught.value.retry_after or 0) <= 60
    sandbox.clock(61)
    assert oneup.patients(token, "r4") == ()
