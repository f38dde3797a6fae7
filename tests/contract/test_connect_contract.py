"""Sending the patient to a place, and the way back, behave as docs/oneup.md says."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests

CALLBACK = "http://localhost:8000/connect/return/"
DECLINED = ["system-selected", "member-authorization"]
IMPORTED = [*DECLINED, "data-transfer-initiated", "member-data-ingestion-completed"]


def clinical(sandbox, member, place="4706", **params):
    return sandbox.http.get(
        f"{sandbox.search}/api/clinical/{place}", params=params, headers=member.bearer, allow_redirects=False
    )


def returned(address):
    """The callback without its query, and its query."""
    parts = urlsplit(address)
    return address.split("?")[0], {name: values[0] for name, values in parse_qs(parts.query).items()}


def test_the_address_comes_as_json_when_asked_for(sandbox, member):
    reply = clinical(sandbox, member, sendRedirectUrlAsResponse="true")
    body = reply.json()
    assert (reply.status_code, body["system_id"]) == (200, "4706")
    assert body["system_name"] == "Harbor Teaching Hospital (demo)"
    assert body["authorization_url"].startswith(f"{sandbox.url}/place/4706/authorize?response_type=code")
    assert member.access not in body["authorization_url"]


def test_without_the_flag_it_is_a_redirect_to_the_same_place(sandbox, member):
    reply = clinical(sandbox, member)
    assert reply.status_code == 302
    assert reply.headers["Location"].startswith(f"{sandbox.url}/place/4706/authorize?")


def test_cookies_do_instead_of_headers(sandbox, member):
    with requests.Session() as browser:
        browser.trust_env = False
        browser.cookies.update({"auth_token": member.access, "client_id": sandbox.client_id})
        reply = browser.get(f"{sandbox.search}/api/clinical/4706?sendRedirectUrlAsResponse=true")
    assert reply.status_code == 200


@pytest.mark.parametrize(("place", "params", "status"), [
    ("99", {}, 404), ("x", {}, 404), ("4706", {"fhirVersion": "stu3"}, 400), ("4706", {"state": "x"}, 400),
])  # fmt: skip
def test_what_does_not_exist_is_refused(sandbox, member, place, params, status):
    reply = clinical(sandbox, member, place, **params)
    assert reply.status_code == status
    assert reply.json()["success"] is False


def test_without_a_token_there_is_no_address(sandbox):
    assert sandbox.http.get(f"{sandbox.search}/api/clinical/4706").status_code == 401


def test_a_token_of_another_app_is_refused(sandbox, member):
    reply = sandbox.http.get(
        f"{sandbox.search}/api/clinical/4706", headers={**member.bearer, "x-client-id": "another-app"}
    )
    assert reply.status_code == 401


def test_the_legacy_form_redirects_and_its_token_in_the_url_is_marked(sandbox, member):
    reply = sandbox.http.get(
        f"{sandbox.api}/connect/system/clinical/4706",
        params={"client_id": sandbox.client_id, "access_token": member.access},
        allow_redirects=False,
    )
    assert reply.status_code == 302
    assert sandbox.ledger()[-1]["token_in_url"] is True


def test_the_new_form_leaves_no_token_in_any_url(sandbox, member):
    sandbox.agree(sandbox.depart(member, 4706))
    assert not any(row["token_in_url"] for row in sandbox.ledger())


def test_allowing_comes_back_with_success_and_the_places_own_address(sandbox, member):
    address, query = returned(sandbox.agree(sandbox.depart(member, 4706)))
    assert address == CALLBACK
    assert query == {"success": "true", "iss": f"{sandbox.url}/place/4706/fhir/r4"}


def test_the_last_page_redirects_by_script_and_has_a_link(sandbox, member):
    address = sandbox.depart(member, 4706)
    sandbox.agree(address)
    state = parse_qs(urlsplit(address).query)["state"][0]
    page = sandbox.http.get(f"{sandbox.api}/connect/returned", params={"state": state})
    assert f'window.location.replace("{CALLBACK}?success=true' in page.text
    assert f'<a href="{CALLBACK}?success=true' in page.text


def test_denying_comes_back_without_success(sandbox, member):
    _, query = returned(sandbox.agree(sandbox.depart(member, 4706), allow=False))
    assert (query["success"], query["error"]) == ("false", "access_denied")
    sandbox.tick()
    assert sandbox.user(member.id)["audit"] == DECLINED


def test_a_state_comes_back_only_if_the_switch_says_so(sandbox, member):
    params = {"client_id": sandbox.client_id, "access_token": member.access, "state": "mine"}
    for echo in (False, True):
        sandbox.switch(echo_state=echo)
        hop = sandbox.http.get(
            f"{sandbox.api}/connect/system/clinical/4706", params=params, allow_redirects=False
        )
        _, query = returned(sandbox.agree(hop.headers["Location"]))
        assert ("state" in query) is echo


def test_the_first_answer_stands(sandbox, member):
    address = sandbox.depart(member, 4706)
    sandbox.agree(address, allow=False)
    _, query = returned(sandbox.agree(address))
    assert query["success"] == "false"
    assert sandbox.user(member.id)["connections"] == []


def test_a_wrong_password_shows_the_page_again(sandbox, member):
    state = parse_qs(urlsplit(sandbox.depart(member, 4706)).query)["state"][0]
    form = {"state": state, "username": "somebody", "password": "wrong"}
    page = sandbox.http.post(f"{sandbox.url}/place/4706/sign-in", data=form)
    assert page.status_code == 401
    assert "do not belong together" in page.text


def test_consent_needs_a_sign_in(sandbox, member):
    state = parse_qs(urlsplit(sandbox.depart(member, 4706)).query)["state"][0]
    assert sandbox.http.get(f"{sandbox.url}/place/4706/consent", params={"state": state}).status_code == 410
    sandbox.http.post(f"{sandbox.url}/place/4706/consent", data={"state": state, "decision": "allow"})
    assert sandbox.user(member.id)["connections"] == []


def test_an_attempt_at_one_place_does_not_open_another(sandbox, member):
    state = parse_qs(urlsplit(sandbox.depart(member, 4706)).query)["state"][0]
    assert sandbox.http.get(f"{sandbox.url}/place/4707/authorize", params={"state": state}).status_code == 410


def test_the_place_that_always_denies(sandbox, member):
    _, query = returned(sandbox.agree(sandbox.depart(member, 4791)))
    assert query["success"] == "false"
    assert sandbox.user(member.id)["audit"] == DECLINED


def test_the_place_that_never_sends_anybody_back(sandbox, member):
    page = sandbox.http.get(sandbox.depart(member, 4792))
    state = parse_qs(urlsplit(page.url).query)["state"][0]
    login = dict(
        zip(
            ("username", "password"),
            [code.split("<")[0] for code in page.text.split("<code>")[1:3]],
            strict=True,
        )
    )
    broken = sandbox.http.post(f"{sandbox.url}/place/4792/sign-in", data={"state": state, **login})
    assert broken.status_code == 500
    assert sandbox.user(member.id)["audit"] == ["system-selected", "payer-connection-not-established"]


def test_a_new_callback_can_be_registered_and_outlives_a_reset(sandbox):
    try:
        sandbox.app("http://localhost:9/back?x=1")
        sandbox.reset()
        address = sandbox.agree(sandbox.depart(sandbox.member(), 4706))
        assert address.startswith("http://localhost:9/back?x=1&success=true")
    finally:
        sandbox.app(CALLBACK)
