"""Bulk export behaves as docs/oneup.md §10 says, in each of its documented forms."""

import json
from collections import Counter

import pytest

from tests.sandbox_process import OTHER_CLIENT_ID, OTHER_CLIENT_SECRET

A_TYPE_TWICE = 7  # lines a file


@pytest.fixture
def rosa(sandbox, member):
    sandbox.connect(member)
    return member


@pytest.fixture
def crowd(sandbox):
    return sandbox.crowd(count=3, resources=20)


def by_number(sandbox, number):
    return {**sandbox.credentials, "x-oneup-user-id": str(number)}


def start(sandbox, headers, where="analytics/bulk-data/r4", **query):
    return sandbox.http.get(f"{sandbox.url}/{where}/$export", params=query, headers=headers, timeout=30)


def lines(sandbox, listed, headers):
    """Every line of every file, by the type the list gives."""
    found = []
    for each in listed.json()["output"]:
        reply = sandbox.http.get(each["url"], headers=headers, timeout=30)
        assert reply.status_code == 200
        rows = [json.loads(line) for line in reply.content.splitlines()]
        assert {row["resourceType"] for row in rows} == {each["type"]}
        found += rows
    return found


def keys(rows):
    return sorted((row["resourceType"], row["id"]) for row in rows)


def truth(sandbox, *users, version="r4"):
    rows = [row for user in users for row in sandbox.truth(user) if row["version"] == version]
    return sorted((row["type"], row["id"]) for row in rows)


def realm(sandbox):
    where = f"{sandbox.url}/gateway/auth/realms/{sandbox.client_id}/protocol/openid-connect/token"
    form = {"grant_type": "client_credentials", **sandbox.credentials}
    return {"Authorization": f"Bearer {sandbox.http.post(where, data=form).json()['access_token']}"}


def gateway(sandbox, group=""):
    inside = f"/Group/{group}" if group else ""
    return f"gateway/v1/{sandbox.client_id}/bulk-export/bulk-data/r4{inside}"


def gathered(sandbox, people, name="autumn"):
    members = [{"fhir_version": "r4", "patient": each["patient"]} for each in people]
    sandbox.control("POST", "groups", {"id": name, "members": members})
    return name


@pytest.mark.parametrize("by", ["token", "number"])
def test_one_users_records_come_at_once(sandbox, rosa, crowd, by):
    headers = rosa.bearer if by == "token" else by_number(sandbox, rosa.id)
    listed = start(sandbox, headers)
    assert listed.status_code == 200
    assert keys(lines(sandbox, listed, headers)) == truth(sandbox, rosa.id)


def test_the_word_client_brings_all_of_the_app_and_nobody_elses(sandbox, rosa, crowd):
    headers = by_number(sandbox, "client")
    found = keys(lines(sandbox, start(sandbox, headers), headers))
    assert found == truth(sandbox, rosa.id, *(each["oneup_user_id"] for each in crowd))
    other = {"client_id": OTHER_CLIENT_ID, "client_secret": OTHER_CLIENT_SECRET, "x-oneup-user-id": "client"}
    assert start(sandbox, other).json()["output"] == []


def test_each_version_has_its_own_export(sandbox, rosa):
    sandbox.connect(rosa, 4710)
    for version in ("r4", "dstu2"):
        found = lines(sandbox, start(sandbox, rosa.bearer, f"analytics/bulk-data/{version}"), rosa.bearer)
        assert keys(found) == truth(sandbox, rosa.id, version=version)


@pytest.mark.parametrize("form", ["analytics", "gateway"])
def test_a_group_brings_its_members_alone(sandbox, rosa, crowd, form):
    name = gathered(sandbox, crowd[:2])
    if form == "analytics":
        headers, where = by_number(sandbox, "client"), f"analytics/bulk-data/r4/Group/{name}"
        assert start(sandbox, rosa.bearer, where).status_code == 403
    else:
        headers, where = realm(sandbox), gateway(sandbox, name)
    found = keys(lines(sandbox, start(sandbox, headers, where), headers))
    assert found == truth(sandbox, *(each["oneup_user_id"] for each in crowd[:2]))
    assert start(sandbox, headers, where.replace(name, "spring")).status_code == 404


@pytest.mark.parametrize("word", ["realm", "user"])
def test_which_token_opens_the_population_gateway_is_a_switch(sandbox, rosa, crowd, word):
    sandbox.switch(gateway_token=word)
    tokens = {"realm": realm(sandbox), "user": rosa.bearer}
    refused = tokens.pop("user" if word == "realm" else "realm")
    assert start(sandbox, refused, gateway(sandbox)).status_code == 401
    found = keys(lines(sandbox, start(sandbox, tokens[word], gateway(sandbox)), tokens[word]))
    everybody = [each["oneup_user_id"] for each in crowd] if word == "realm" else []
    assert found == truth(sandbox, rosa.id, *everybody)


def test_the_realms_token_wants_the_apps_own_secret_and_dies(sandbox, crowd):
    where = f"{sandbox.url}/gateway/auth/realms/{sandbox.client_id}/protocol/openid-connect/token"
    form = {"grant_type": "client_credentials", "client_id": sandbox.client_id, "client_secret": "wrong"}
    assert sandbox.http.post(where, data=form).status_code == 401
    assert sandbox.http.post(where, data={**sandbox.credentials, "grant_type": "code"}).status_code == 400
    headers = realm(sandbox)
    sandbox.clock(301)
    assert start(sandbox, headers, gateway(sandbox)).status_code == 401
    other = gateway(sandbox).replace(sandbox.client_id, OTHER_CLIENT_ID)
    assert start(sandbox, realm(sandbox), other).status_code == 401


@pytest.mark.parametrize("form", ["analytics", "gateway"])
def test_an_export_that_takes_its_time_is_asked_after(sandbox, rosa, form):
    sandbox.switch(export="later", export_seconds=100)
    headers = rosa.bearer if form == "analytics" else realm(sandbox)
    asked = start(sandbox, headers, "analytics/bulk-data/r4" if form == "analytics" else gateway(sandbox))
    assert (asked.status_code, asked.content) == (202, b"")
    where = asked.headers["Content-Location"]
    sandbox.clock(40)
    waits = sandbox.http.get(where, headers=headers)
    assert (waits.status_code, waits.headers["X-Progress"], waits.headers["Retry-After"]) == (202, "40%", "2")
    late = {"resourceType": "Observation", "id": "late", "status": "final"}
    sandbox.change_chart(rosa.id, 4706, add=[late])
    before = truth(sandbox, rosa.id)
    sandbox.tick()
    sandbox.clock(61)
    listed = sandbox.http.get(where, headers=headers)
    assert (listed.status_code, "Expires" in listed.headers) == (200, True)
    assert keys(lines(sandbox, listed, headers)) == before != truth(sandbox, rosa.id)


def test_somebody_elses_export_is_not_there(sandbox, rosa):
    sandbox.switch(export="later")
    where = start(sandbox, rosa.bearer).headers["Content-Location"]
    file = sandbox.http.get(where, headers=rosa.bearer).json()["output"][0]["url"]
    another = sandbox.member("patient-2")
    for address in (where, file):
        assert sandbox.http.get(address, headers=another.bearer).status_code == 404
        assert sandbox.http.get(address).status_code == 401
        assert sandbox.http.get(address, headers=by_number(sandbox, rosa.id)).status_code == 200


def test_an_export_that_failed_says_so_and_the_gateway_tries_again(sandbox, rosa):
    sandbox.switch(export="later", export_failures=1)
    headers = realm(sandbox)
    where = start(sandbox, headers, gateway(sandbox)).headers["Content-Location"]
    failed = sandbox.http.get(where, headers=headers)
    assert (failed.status_code, failed.json()["resourceType"]) == (500, "OperationOutcome")
    assert sandbox.http.put(where, headers=headers).status_code == 202
    assert sandbox.http.get(where, headers=headers).status_code == 200
    for method in ("POST", "DELETE"):
        again = f"{sandbox.url}/{gateway(sandbox)}/$export"
        assert sandbox.http.request(method, again, headers=headers).status_code == 403


def test_an_export_can_be_dropped_and_its_files_expire(sandbox, rosa):
    sandbox.switch(export="later", export_file_seconds=60)
    first, second = (start(sandbox, rosa.bearer).headers["Content-Location"] for _ in range(2))
    assert sandbox.http.delete(first, headers=rosa.bearer).status_code == 202
    assert sandbox.http.get(first, headers=rosa.bearer).status_code == 404
    file = sandbox.http.get(second, headers=rosa.bearer).json()["output"][0]["url"]
    assert sandbox.http.get(file, headers=rosa.bearer).status_code == 200
    sandbox.clock(61)
    assert sandbox.http.get(file, headers=rosa.bearer).status_code == 404


def test_types_and_since_narrow_and_an_unknown_type_fails_the_whole_call(sandbox, rosa):
    two = start(sandbox, rosa.bearer, _type="Condition,Immunization")
    assert {each["type"] for each in two.json()["output"]} == {"Condition", "Immunization"}
    assert start(sandbox, rosa.bearer, _since="2999-01-01").json()["output"] == []
    for query in ({"_type": "Condition,Sandwich"}, {"_since": "soon"}, {"_format": "csv"}):
        refused = start(sandbox, rosa.bearer, **query)
        assert (refused.status_code, refused.json()["resourceType"]) == (400, "OperationOutcome")
    old = start(sandbox, rosa.bearer, "analytics/bulk-data/dstu2", _since="2020-01-01")
    assert old.status_code == 400


def test_a_type_may_come_in_several_files_and_a_part_of_one_by_a_switch(sandbox, rosa):
    sandbox.switch(export_lines=A_TYPE_TWICE)
    listed = start(sandbox, rosa.bearer)
    types = Counter(each["type"] for each in listed.json()["output"])
    assert types["Observation"] > 1
    assert keys(lines(sandbox, listed, rosa.bearer)) == truth(sandbox, rosa.id)
    where = listed.json()["output"][0]["url"]
    whole = sandbox.http.get(where, headers=rosa.bearer).content
    part = {**rosa.bearer, "Range": "bytes=100-"}
    assert sandbox.http.get(where, headers=part).content == whole
    sandbox.switch(export_ranges=True)
    reply = sandbox.http.get(where, headers=part)
    assert (reply.status_code, reply.content) == (206, whole[100:])
    assert reply.headers["Content-Range"] == f"bytes 100-{len(whole) - 1}/{len(whole)}"
