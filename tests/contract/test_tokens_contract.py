"""The token endpoint behaves as docs/oneup.md says."""

import pytest


def token(sandbox, host="", /, **form):
    return sandbox.http.post(f"{host or sandbox.auth}/oauth2/token", data=form, timeout=5)


def refresh(sandbox, member, **more):
    form = {"grant_type": "refresh_token", "refresh_token": member.refresh, **sandbox.credentials, **more}
    return token(sandbox, **form)


def new_code(sandbox):
    made = sandbox.http.post(
        f"{sandbox.api}/user-management/v1/user", headers=sandbox.credentials, data={"app_user_id": "u"}
    )
    return made.json()["code"]


def is_good(sandbox, access):
    headers = {"Authorization": f"Bearer {access}"}
    return sandbox.http.get(f"{sandbox.api}/r4/Patient", headers=headers).status_code == 200


@pytest.mark.parametrize("secret_field", ["client_secret", "secret"])
@pytest.mark.parametrize("old_host", [False, True])
def test_a_code_becomes_tokens_on_both_hosts(sandbox, secret_field, old_host):
    form = {"client_id": sandbox.client_id, secret_field: sandbox.client_secret}
    host = f"{sandbox.api}/fhir" if old_host else ""
    reply = token(sandbox, host, grant_type="authorization_code", code=new_code(sandbox), **form)
    body = reply.json()
    assert reply.status_code == 200
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("Bearer", 7200, "user/*.*")
    assert is_good(sandbox, body["access_token"])
    assert "id_token" not in body


def test_openid_brings_an_id_token(sandbox):
    form = {"grant_type": "authorization_code", "code": new_code(sandbox), "scope": "openid"}
    assert token(sandbox, **form, **sandbox.credentials).json()["id_token"]


def test_other_words_in_the_reply(sandbox, member):
    sandbox.switch(token_type="bearer", token_scope="")
    body = refresh(sandbox, member).json()
    assert body["token_type"] == "bearer"
    assert "scope" not in body


def test_a_used_code_is_invalid(sandbox):
    form = {"grant_type": "authorization_code", "code": new_code(sandbox), **sandbox.credentials}
    token(sandbox, **form)
    reply = token(sandbox, **form)
    assert reply.status_code == 400
    assert reply.json() == {"error": "invalid_grant", "error_description": "Invalid code"}


def test_a_code_dies_after_two_hours(sandbox):
    code = new_code(sandbox)
    sandbox.clock(7200)
    assert (
        token(sandbox, grant_type="authorization_code", code=code, **sandbox.credentials).status_code == 400
    )


def test_a_code_may_be_unknown_for_a_second(sandbox):
    sandbox.switch(code_delay=1)
    form = {"grant_type": "authorization_code", "code": new_code(sandbox), **sandbox.credentials}
    assert token(sandbox, **form).status_code == 400
    sandbox.clock(1)
    assert token(sandbox, **form).status_code == 200


def test_a_refresh_token_rotates(sandbox, member):
    body = refresh(sandbox, member).json()
    assert body["refresh_token"] != member.refresh
    assert is_good(sandbox, body["access_token"])


def test_a_refresh_token_used_twice_ends_the_family(sandbox, member):
    newest = refresh(sandbox, member).json()["access_token"]
    reply = refresh(sandbox, member)
    assert (reply.status_code, reply.json()["error"]) == (400, "invalid_grant")
    assert not is_good(sandbox, newest)
    assert sandbox.user(member.id)["revoked_families"] == 1


def test_both_tokens_die_after_two_hours(sandbox, member):
    sandbox.clock(7200)
    assert not is_good(sandbox, member.access)
    assert refresh(sandbox, member).json()["error"] == "invalid_grant"


def test_a_dead_refresh_token_is_healed_by_a_new_code(sandbox, member):
    sandbox.end_tokens(member.id, "family")
    assert refresh(sandbox, member).status_code == 400
    minted = sandbox.http.post(
        f"{sandbox.api}/user-management/v1/user/auth-code",
        headers=sandbox.credentials,
        data={"app_user_id": member.app_user_id},
    ).json()
    fresh = token(sandbox, grant_type="authorization_code", code=minted["code"], **sandbox.credentials).json()
    assert is_good(sandbox, fresh["access_token"])


def test_a_wrong_client_is_refused_before_the_code_is_used(sandbox):
    code = new_code(sandbox)
    wrong = token(
        sandbox, grant_type="authorization_code", code=code, client_id="demo-app", client_secret="no"
    )
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    assert (
        token(sandbox, grant_type="authorization_code", code=code, **sandbox.credentials).status_code == 200
    )


def test_another_grant_is_not_known(sandbox):
    reply = token(sandbox, grant_type="password", **sandbox.credentials)
    assert reply.json()["error"] == "unsupported_grant_type"
