"""User management behaves as docs/oneup.md says."""

import re

import pytest

from tests.sandbox_process import OTHER_CLIENT_ID, OTHER_CLIENT_SECRET


def call(sandbox, method="POST", path="", **more):
    return sandbox.http.request(method, f"{sandbox.api}/user-management/v1/user{path}", timeout=5, **more)


def create(sandbox, name="usr_7f3c"):
    return call(sandbox, headers=sandbox.credentials, data={"app_user_id": name})


def test_a_new_user_gets_a_number_and_a_code(sandbox):
    reply = create(sandbox)
    body = reply.json()
    assert reply.status_code == 200
    assert isinstance(body["oneup_user_id"], int)
    assert re.fullmatch(r"[0-9a-f]{32}", body["code"])
    assert (body["success"], body["app_user_id"], body["active"]) == (True, "usr_7f3c", True)


def test_old_documents_give_201(sandbox):
    sandbox.switch(created_status=201)
    assert create(sandbox).status_code == 201


@pytest.mark.parametrize("status", [400, 200, 404])
def test_an_existing_user_is_told_by_text_whatever_the_status(sandbox, status):
    sandbox.switch(existing_user_status=status)
    create(sandbox)
    reply = create(sandbox)
    assert reply.status_code == status
    assert reply.json() == {"success": False, "error": "this user already exists"}


@pytest.mark.parametrize("place", ["headers", "params", "data", "json"])
def test_credentials_are_taken_from_four_places(sandbox, place):
    fields = dict(sandbox.credentials) if place == "headers" else {**sandbox.credentials, "app_user_id": "u"}
    extra = {"data": {"app_user_id": "u"}} if place == "headers" else {}
    assert call(sandbox, **{place: fields}, **extra).json()["success"] is True


def test_credentials_and_fields_may_be_mixed(sandbox):
    create(sandbox)
    found = call(sandbox, "GET", headers=sandbox.credentials, params={"app_user_id": "usr_7f3c"})
    assert [each["app_user_id"] for each in found.json()["entry"]] == ["usr_7f3c"]


@pytest.mark.parametrize("secret", ["wrong", "", None])
def test_wrong_credentials_are_unauthorised(sandbox, secret):
    headers = {"client_id": sandbox.client_id, **({"client_secret": secret} if secret is not None else {})}
    reply = call(sandbox, headers=headers, data={"app_user_id": "u"})
    assert (reply.status_code, reply.json()) == (401, {"message": "Unauthorized"})


def test_a_misspelt_field_is_refused(sandbox):
    reply = call(sandbox, headers=sandbox.credentials, data={"app_user_id": "u", "activ": "true"})
    assert (reply.status_code, reply.json()["error"]) == (400, "unknown field: activ")


def test_nobody_by_that_name_is_an_empty_list_or_a_400(sandbox):
    ask = {"headers": sandbox.credentials, "params": {"app_user_id": "nobody"}}
    assert call(sandbox, "GET", **ask).json() == {"success": True, "entry": []}
    sandbox.switch(user_list="refused")
    assert call(sandbox, "GET", **ask).status_code == 400


@pytest.mark.parametrize(("shape", "kind"), [("array", list), ("bare", dict)])
def test_other_shapes_of_the_user_list(sandbox, shape, kind):
    create(sandbox)
    sandbox.switch(user_list=shape)
    body = call(sandbox, "GET", headers=sandbox.credentials).json()
    assert isinstance(body, kind)
    assert "usr_7f3c" in str(body)


def test_another_apps_users_do_not_exist(sandbox):
    create(sandbox)
    other = {"client_id": OTHER_CLIENT_ID, "client_secret": OTHER_CLIENT_SECRET}
    assert call(sandbox, "GET", headers=other).json()["entry"] == []
    assert (
        call(sandbox, path="/auth-code", headers=other, data={"app_user_id": "usr_7f3c"}).status_code == 404
    )
    assert call(sandbox, headers=other, data={"app_user_id": "usr_7f3c"}).json()["success"] is True


@pytest.mark.parametrize("spelling", ["app_user_id", "app_id_user"])
def test_a_user_can_be_renamed_in_both_spellings(sandbox, spelling):
    number = create(sandbox).json()["oneup_user_id"]
    changed = call(
        sandbox, "PUT", headers=sandbox.credentials, data={"oneup_user_id": number, spelling: "renamed"}
    )
    assert changed.json() == {"success": True, "oneup_user_id": number}
    assert sandbox.user("renamed")["oneup_user_id"] == number


def test_a_code_can_be_minted_at_any_time_by_either_name(sandbox):
    first = create(sandbox).json()
    for name in ("app_user_id", "oneup_user_id"):
        minted = call(
            sandbox, path="/auth-code", headers=sandbox.credentials, data={name: first[name]}
        ).json()
        assert minted["success"] is True
        assert minted["code"] != first["code"]


@pytest.mark.parametrize("status", [404, 200])
def test_no_code_for_nobody(sandbox, status):
    sandbox.switch(unknown_user_status=status)
    reply = call(sandbox, path="/auth-code", headers=sandbox.credentials, data={"app_user_id": "nobody"})
    assert reply.status_code == status
    assert reply.json() == {"success": False, "error": "this user does not exist"}


@pytest.mark.parametrize(("style", "status"), [("html", 200), ("redirect", 302)])
def test_the_old_gateway_answers_strangers_with_a_login_page(sandbox, style, status):
    sandbox.switch(unauthorized=style)
    assert call(sandbox, "GET", allow_redirects=False).status_code == status


def test_rate_limits_say_when_to_come_back(sandbox):
    sandbox.limits(users_per_hour=2)
    replies = [call(sandbox, "GET", headers=sandbox.credentials) for _ in range(3)]
    assert [reply.status_code for reply in replies] == [200, 200, 429]
    assert 3590 <= int(replies[2].headers["Retry-After"]) <= 3600
    sandbox.clock(3601)
    assert call(sandbox, "GET", headers=sandbox.credentials).status_code == 200
