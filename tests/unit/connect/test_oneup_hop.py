"""The connect hop: where a patient is sent, and where nobody is."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from connect.gateway import NotFound, Refused, SignInAgain, Unreadable
from connect.oneup import OneUp, OneUpSettings
from connect.oneup.links import departure
from tests.unit.connect.conftest import ACCESS, SECRET
from tests.unit.connect.served import Served, reply, says_json

SIGN_IN = "https://auth.harbor.example/oauth2/authorize?response_type=code&client_id=1up-app&state=s7"


def hop(address: Any, **more: Any) -> bytes:
    return says_json({"system_id": "4706", "system_name": "Harbor", "authorization_url": address, **more})


def test_the_address_is_asked_for_from_server_to_server(oneup: OneUp, server: Served) -> None:
    server.says(hop(SIGN_IN))
    departure = oneup.depart(ACCESS, "4706", "r4")
    assert (departure.address, departure.host, departure.memo) == (SIGN_IN, "auth.harbor.example", "")
    asked = server.seen[0]
    assert (asked.method, asked.path) == ("GET", "/search/api/clinical/4706")
    assert asked.query == {"sendRedirectUrlAsResponse": "true", "fhirVersion": "r4"}
    assert asked.headers["authorization"] == f"Bearer {ACCESS}"
    assert asked.headers["x-client-id"] == "the-app"
    assert ACCESS not in asked.target


def test_without_a_version_none_is_asked_for(oneup: OneUp, server: Served) -> None:
    server.says(hop(SIGN_IN))
    oneup.depart(ACCESS, "4706")
    assert "fhirVersion" not in server.seen[0].query


def test_the_address_does_not_show_in_print(oneup: OneUp, server: Served) -> None:
    server.says(hop(SIGN_IN))
    assert "s7" not in repr(oneup.depart(ACCESS, "4706"))


@pytest.mark.parametrize("system_id", ["4706", 4706])
def test_the_id_comes_back_as_text_or_number(oneup: OneUp, server: Served, system_id: object) -> None:
    server.says(hop(SIGN_IN, system_id=system_id))
    assert oneup.depart(ACCESS, "4706").host == "auth.harbor.example"


@pytest.mark.parametrize(
    "address",
    [
        None, 5, "", "/oauth2/authorize", "javascript:alert(1)", "ftp://auth.harbor.example/", "https://",
        "https://user:pass@auth.harbor.example/", "https://auth.harbor.example\\@evil.example/",
        "https://auth.harbor.example/\r\nSet-Cookie: a=b", "https://portal.example/", "https://PORTAL.example./x",
        f"https://auth.harbor.example/?access_token={ACCESS}", f"https://auth.harbor.example/?x={SECRET}",
        "https://auth.harbor.example/?x=" + quote(quote("".join(f"%{ord(c):02x}" for c in ACCESS), safe="%")),
        f"https://auth.harbor.example/#{ACCESS}",
    ],
)  # fmt: skip
def test_nobody_is_sent_to_an_address_like_this(oneup: OneUp, server: Served, address: Any) -> None:
    server.says(hop(address))
    with pytest.raises(Unreadable):
        oneup.depart(ACCESS, "4706")


def test_nobody_is_sent_to_another_place_than_they_chose(oneup: OneUp, server: Served) -> None:
    server.says(hop(SIGN_IN, system_id="4707"))
    with pytest.raises(Unreadable):
        oneup.depart(ACCESS, "4706")


def test_http_is_for_the_sandbox_on_this_machine_only(told: OneUpSettings) -> None:
    reply_ = {"authorization_url": "http://127.0.0.1:9/authorize"}
    assert departure("depart", reply_, "4706", told, ACCESS).host == "127.0.0.1"
    base = "https://1up.example"
    strict = replace(told, api=base, auth=base, search=base, allow_insecure=False)
    with pytest.raises(Unreadable):
        departure("depart", reply_, "4706", strict, ACCESS)


@pytest.mark.parametrize("key", ["", "../clinical", "4706/x", "4706?x", "a b", "x" * 65])
def test_a_key_that_cannot_be_one_is_not_asked_for(oneup: OneUp, server: Served, key: str) -> None:
    with pytest.raises(NotFound):
        oneup.depart(ACCESS, key)
    assert server.seen == []


def test_a_redirect_instead_of_the_address_is_not_followed(oneup: OneUp, server: Served) -> None:
    server.says(reply(b"", 302, Location=SIGN_IN))
    with pytest.raises(SignInAgain):
        oneup.depart(ACCESS, "4706")


def test_the_hop_says_no(oneup: OneUp, server: Served) -> None:
    server.says(
        says_json({"success": False, "message": "no such system"}, 404),
        says_json({"success": False, "message": "fhirVersion not supported"}, 400),
    )
    with pytest.raises(NotFound):
        oneup.depart(ACCESS, "9999")
    with pytest.raises(Refused) as caught:
        oneup.depart(ACCESS, "4706", "stu3")
    assert type(caught.value) is Refused


def test_the_search_page_is_offered_where_the_settings_allow_it(told: OneUpSettings) -> None:
    assert OneUp(told).search_frame() is None
    frame = OneUp(
        replace(told, search="https://system-search.1up.example", embedded_search=True)
    ).search_frame()
    assert frame is not None
    assert frame.address == "https://system-search.1up.example/search"
    assert frame.origin == "https://system-search.1up.example"


def test_the_search_page_is_told_the_token_as_a_string(oneup: OneUp) -> None:
    assert oneup.frame_message(ACCESS) == {"jwt": ACCESS}
