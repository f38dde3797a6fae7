"""Links of other sites, fetched for staff: what is asked, what is handed on, and who is never asked."""

import socket
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from connect import http
from connect.address import public_address
from connect.allowed import Rule
from connect.gateway import TryLater
from connect.http import Answer, Deadline, Door
from connect.services import outside

URL = "https://records.example/manifest/abc"
JWE = "eyJ..x.y.z"


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[dict[str, Any]]]:
    """Another site that answers these in turn; what it was asked."""
    asked: list[dict[str, Any]] = []

    def answers(*told: tuple[int, Any]) -> list[dict[str, Any]]:
        waiting = list(told)

        def send(_door: Door, _call: str, method: str, url: str, **more: Any) -> Answer:
            body = msgspec.json.decode(more["json"]) if more["json"] else None
            asked.append({"method": method, "url": url, "body": body})
            status, said = waiting.pop(0)
            return Answer(status, "", said.encode() if isinstance(said, str) else msgspec.json.encode(said))

        monkeypatch.setattr(Door, "send", send)
        return asked

    return answers


def fetched(**more: Any) -> list[tuple[str, str]]:
    found = outside.fetch(**{"url": URL, "recipient": "Dr. Meyer", **more})
    return [(one.content_type, one.embedded) for one in found]


def test_a_manifest_is_asked_for_and_files_that_are_apart_are_fetched(there: Any) -> None:
    apart = "https://files.example/1?t=2"
    asked = there(
        (200, {"files": [{"contentType": "a/b", "embedded": JWE}, {"location": apart}]}), (200, JWE)
    )
    assert fetched(passcode="quiet river") == [("a/b", JWE), ("", JWE)]
    assert asked[0]["body"] == {
        "recipient": "Dr. Meyer",
        "passcode": "quiet river",
        "embeddedLengthMax": 12582912,
    }
    assert [one["method"] + " " + one["url"] for one in asked] == [f"POST {URL}", f"GET {apart}"]


def test_a_link_to_one_file_is_fetched_directly(there: Any) -> None:
    asked = there((200, JWE))
    assert fetched(direct=True) == [("", JWE)]
    assert asked[0]["url"] == f"{URL}?recipient=Dr.+Meyer"


@pytest.mark.parametrize(
    ("told", "trouble"),
    [
        ((404, {}), outside.NothingThere),
        ((401, {"remainingAttempts": 3}), outside.WrongPasscode),
        ((500, {}), outside.CannotFetch),
        ((302, {}), outside.CannotFetch),
        ((200, "<html>"), outside.CannotFetch),
        ((200, []), outside.CannotFetch),
        ((200, {"files": 7}), outside.CannotFetch),
        ((200, {"files": [7]}), outside.CannotFetch),
        ((200, {"files": [{"embedded": "the records of somebody, in the clear"}]}), outside.CannotFetch),
        ((200, {"files": [{"location": "http://records.example/1"}]}), outside.CannotFetch),
    ],
)
def test_what_is_no_manifest_is_not_handed_on(there: Any, told: Any, trouble: type[Exception]) -> None:
    there(told, told)
    with pytest.raises(trouble):
        fetched()


@pytest.mark.parametrize(
    "url",
    [
        "http://records.example/",
        "https://records.example:8443/",
        "https://u:p@records.example/",
        "file:///etc",
        "x",
    ],
)
def test_only_https_on_its_usual_port_is_asked(there: Any, url: str) -> None:
    asked = there((200, {}))
    with pytest.raises(outside.CannotFetch):
        fetched(url=url)
    assert asked == []


INSIDE = (
    "127.0.0.1",
    "10.0.0.7",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "::1",
)
INSIDE += ("fe80::1", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::")


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_leads_nowhere(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    lookup = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in ("93.184.215.14", address)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: lookup)
    with pytest.raises(OSError, match="not a public address"):
        public_address("records.example", 443)


def test_a_public_name_is_connected_to_by_the_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], *_args: Any, **_more: Any) -> socket.socket:
        tried.append(address)
        raise OSError("no network here")

    lookup = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: lookup)
    monkeypatch.setattr(http.urllib3.util.connection, "create_connection", connect)
    rule = Rule("x", "GET", "https://records.example", outside._ANY, {})
    with pytest.raises(TryLater):
        Door([rule], public=True).send("x", "GET", URL, headers={}, deadline=Deadline(5), cap=10)
    assert tried == [("93.184.215.14", 443)]


def test_a_public_door_does_not_lead_to_this_machine() -> None:
    with pytest.raises(outside.CannotFetch):
        fetched(url="https://localhost/")
    with pytest.raises(outside.CannotFetch):
        fetched(url="https://127.0.0.1/")
