"""The one way out: deadlines, whole bodies, caps, and nothing that is not on the list."""

import gzip
import logging
import re
import socket
import time
import traceback
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connect.address import parse_address
from connect.gateway import GatewayError, NotFound, Refused, SignInAgain, TooLarge, TryLater, Unreadable
from connect.http import (
    Answer,
    Deadline,
    Door,
    NotAllowed,
    Rule,
    retry_after,
    trouble,
)
from tests.unit.connect.served import Served, reply, says_json, serving, zipped

TOKEN = "token-for-nobody-else"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
MEGABYTE = 1_000_000


def door(base: str) -> Door:
    bearer = {"authorization": re.compile(r"Bearer [!-~]+")}
    return Door(
        [Rule("ask", method, base, re.compile("/things/[a-z]+"), bearer) for method in ("GET", "POST")]
    )


def ask(base: str, *, seconds: float = 5.0, cap: int = MEGABYTE, path: str = "/things/one") -> Answer:
    return door(base).send("ask", "GET", base + path, headers=HEADERS, deadline=Deadline(seconds), cap=cap)


def drip(head: bytes, piece: bytes = b"x") -> object:
    """Send a beginning, then a little every 50 ms, for ten seconds."""

    def send(connection: socket.socket) -> None:
        connection.sendall(head)
        for _ in range(200):
            connection.sendall(piece)
            time.sleep(0.05)

    return send


def then_close(*pieces: bytes) -> object:
    def send(connection: socket.socket) -> None:
        connection.sendall(b"".join(pieces))

    return send


def test_a_whole_answer_arrives(server: Served) -> None:
    answer = ask(server.base)
    assert (answer.status, answer.content_type, answer.body) == (200, "application/json", b'{"fine": true}')


@pytest.mark.parametrize(
    "slow",
    [
        drip(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"),
        drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n"),
        drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        drip(b"HTTP/1.1 200 OK\r\nX-Long: "),
        drip(b"HTTP/1.1 200 OK\r\n", b"X-More: y\r\n"),
        drip(b"", b"H"),
        drip(b"", b""),
    ],
    ids=["body", "one chunk", "many chunks", "one header", "many headers", "status line", "silence"],
)
def test_dripping_does_not_outlast_the_deadline(server: Served, slow: object) -> None:
    server.says(slow)
    started = time.monotonic()
    with pytest.raises(TryLater) as caught:
        ask(server.base, seconds=0.4)
    assert time.monotonic() - started < 3  # it would go on for ten
    assert caught.value.status is None


def test_a_slow_error_is_still_that_error(server: Served) -> None:
    server.says(drip(b"HTTP/1.1 401 No\r\nContent-Length: 5000\r\n\r\n"))
    assert ask(server.base, seconds=0.4).status == 401


@pytest.mark.parametrize(
    "cut",
    [
        then_close(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n", b'{"half": true}'),
        then_close(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b'e\r\n{"half": true}\r\n'),
        then_close(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b'20\r\n{"half": true}'),
        then_close(b"HTTP/1.1 200 OK\r\n\r\n", b'{"looks": "whole"}'),
        then_close(b"HTTP/1.1 200 OK\r\nContent-Le"),
        then_close(b""),
    ],
    ids=["short", "chunks without an end", "short chunk", "no length at all", "in a header", "nothing"],
)
def test_a_body_that_ends_early_is_no_answer(server: Served, cut: object) -> None:
    server.says(cut)
    with pytest.raises(TryLater):
        ask(server.base)


def test_a_reset_connection_is_no_answer(server: Served) -> None:
    def reset(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    server.says(reset)
    with pytest.raises(TryLater):
        ask(server.base)


def test_nobody_at_home_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        base = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(TryLater):
        ask(base)


def test_compressed_answers_are_unpacked(server: Served) -> None:
    server.says(zipped(b'{"fine": true}' * 1000))
    assert ask(server.base).body == b'{"fine": true}' * 1000
    assert server.seen[0].headers["accept-encoding"] == "gzip"


@pytest.mark.parametrize("chunked", [False, True])
def test_a_gzip_bomb_stops_at_the_cap(server: Served, chunked: bool) -> None:
    bomb = gzip.compress(b"0" * 100 * MEGABYTE)
    framed = reply(bomb, Content_Encoding="gzip")
    if chunked:
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
        framed = head + f"{len(bomb):x}\r\n".encode() + bomb + b"\r\n0\r\n\r\n"
    server.says(framed)
    tracemalloc.start()
    with pytest.raises(Unreadable):
        ask(server.base, cap=MEGABYTE)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * MEGABYTE


def test_a_body_over_the_cap_is_refused_and_one_at_the_cap_is_not(server: Served) -> None:
    server.says(reply(b"0" * 1000))
    assert len(ask(server.base, cap=1000).body) == 1000
    with pytest.raises(TooLarge):
        ask(server.base, cap=999)


def test_a_body_that_says_it_is_over_the_cap_is_not_read(server: Served) -> None:
    server.says(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + b"0" * 10)
    began = time.monotonic()
    with pytest.raises(TooLarge):
        ask(server.base, cap=999)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("coding", ["br", "deflate", "gzip, gzip", "zstd"])
def test_an_encoding_we_did_not_ask_for_is_unreadable(server: Served, coding: str) -> None:
    server.says(reply(b"whatever", Content_Encoding=coding))
    with pytest.raises(Unreadable):
        ask(server.base)


def test_broken_gzip_is_no_answer(server: Served) -> None:
    server.says(reply(b"not gzip at all", Content_Encoding="gzip"))
    with pytest.raises(TryLater):
        ask(server.base)


def test_a_redirect_is_told_and_not_followed(server: Served) -> None:
    with serving() as elsewhere:
        elsewhere.says(says_json({"caught": True}))
        server.says(reply(b"", 302, Location=f"{elsewhere.base}/things/one"))
        assert ask(server.base).status == 302
        assert elsewhere.seen == []
    assert len(server.seen) == 1


def test_the_endless_body_of_a_redirect_is_not_read(server: Served) -> None:
    server.says(
        drip(b"HTTP/1.1 302 Go\r\nLocation: /things/two\r\nContent-Length: 99999999\r\n\r\n", b"x" * 9999)
    )
    started = time.monotonic()
    assert ask(server.base, seconds=5).status == 302
    assert time.monotonic() - started < 2


def test_a_cookie_is_not_kept(server: Served) -> None:
    server.says(says_json({}, Set_Cookie="session=of-another-patient; Path=/"))
    same = door(server.base)
    for _ in range(2):
        same.send(
            "ask", "GET", f"{server.base}/things/one", headers=HEADERS, deadline=Deadline(5), cap=MEGABYTE
        )
    assert "cookie" not in server.seen[1].headers


def test_the_environment_has_no_say(server: Served, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    ask(server.base)
    assert server.seen[0].headers["authorization"] == HEADERS["Authorization"]


def test_a_connection_is_used_again(server: Served) -> None:
    server.says(says_json({}), zipped(b"{}"), says_json({}))
    same = door(server.base)
    for _ in range(3):
        same.send(
            "ask", "GET", f"{server.base}/things/one", headers=HEADERS, deadline=Deadline(5), cap=MEGABYTE
        )
    assert server.connections == 1


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("DELETE", "/things/one", HEADERS),
        ("GET", "/things/One", HEADERS),
        ("GET", "/things/one/two", HEADERS),
        ("GET", "/things/../things/one/", HEADERS),
        ("GET", "/other", HEADERS),
        ("GET", "/things/one", {**HEADERS, "x-oneup-user-id": "client"}),
        ("GET", "/things/one", {"Authorization": "Basic c29tZTpib2R5"}),
        ("GET", "/things/one", {**HEADERS, "Cookie": "a=b"}),
        ("GET", "/things/one", {**HEADERS, "Host": "elsewhere.example"}),
    ],
)
def test_what_is_not_on_the_list_is_not_sent(
    server: Served, method: str, path: str, headers: dict[str, str]
) -> None:
    with pytest.raises(NotAllowed):
        door(server.base).send(
            "ask", method, server.base + path, headers=headers, deadline=Deadline(5), cap=MEGABYTE
        )
    assert server.connections == 0


@pytest.mark.parametrize("odd", ["\r\nX-Other: y", "\n", "é", " "])
def test_a_token_that_no_header_can_carry_is_not_repeated(server: Served, odd: str) -> None:
    with pytest.raises(NotAllowed) as caught:
        door(server.base).send(
            "ask", "GET", f"{server.base}/things/one", headers={"Authorization": f"Bearer {TOKEN}{odd}"},
            deadline=Deadline(5), cap=MEGABYTE,
        )  # fmt: skip
    assert caught.value.__context__ is None
    assert TOKEN not in str(caught.value)
    assert server.connections == 0


def test_another_server_is_not_on_the_list(server: Served) -> None:
    with serving() as elsewhere:
        for url in (
            f"{elsewhere.base}/things/one",
            elsewhere.base.replace("127.0.0.1", "localhost") + "/things/one",
        ):
            with pytest.raises(NotAllowed):
                door(server.base).send("ask", "GET", url, headers=HEADERS, deadline=Deadline(5), cap=9)
        assert elsewhere.connections == 0


def test_a_base_with_a_path_keeps_its_calls_below_it(server: Served) -> None:
    below = Door([Rule("ask", "GET", f"{server.base}/api", re.compile("/things"), {})])
    below.send("ask", "GET", f"{server.base}/api/things", headers={}, deadline=Deadline(5), cap=MEGABYTE)
    for path in ("/things", "/apix/things", "/other/things"):
        with pytest.raises(NotAllowed):
            below.send("ask", "GET", server.base + path, headers={}, deadline=Deadline(5), cap=MEGABYTE)


HOSTILE = [
    "", "http://", "http:///r4", "https://a b.example/", "https://user@host.example/", "https://u:p@host.example/",
    "https://host.example:80@evil.example/", "https://host.example\\@evil.example/", "https://host.example:0/",
    "https://host.example:70000/", "https://host.example:/x", "https://host.example:8x/", "//host.example/",
    "/r4/Patient", "ftp://host.example/", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd",
    "https://höst.example/", "https://host.example/\r\nX: y", "https://host.example/\u2028", "https://[::1",
    "https://%68ost.example/", "https://host.example%2f@evil.example/", "\thttps://host.example/",
    "https:host.example",
    "https://host.example /", "https://?x", "https://#x",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_an_odd_address_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a"):
        parse_address(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://host.example/", "https://host.example./"),
        ("https://host.example/", "http://host.example/"),
        ("https://host.example/", "https://host.example:8443/"),
        ("https://host.example/", "https://host.example.evil.example/"),
        ("http://127.0.0.1/", "http://2130706433/"),
        ("http://127.0.0.1/", "http://[::ffff:127.0.0.1]/"),
        ("http://127.0.0.1/", "http://0x7f.1/"),
    ],
)
def test_origins_are_compared_as_they_stand(one: str, other: str) -> None:
    assert parse_address(one).origin != parse_address(other).origin


def test_equal_origins_may_be_written_differently() -> None:
    assert (
        parse_address("HTTPS://Host.example").origin == parse_address("https://host.example:443/a?b#c").origin
    )
    assert parse_address("https://host.example/a?b?c#d?e").query == "b?c"


NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        (None, None), ("", None), ("30", 30.0), (" 30 ", 30.0), ("0", 0.0), ("999999", 900.0),
        ("9" * 5000, 900.0),
        ("-5", None), ("soon", None), ("1.5", None), ("NaN", None), ("٣", None),
        ("Wed, 04 Mar 2026 10:01:00 GMT", 60.0), ("Wed, 04 Mar 2026 10:01:00", 60.0),
        ("Wed, 04 Mar 2026 09:00:00 GMT", 0.0), ("Wed, 04 Mar 9999 10:01:00 GMT", 900.0),
        ("Wed, 99 Mar 2026 10:01:00 GMT", None),
    ],
)  # fmt: skip
def test_retry_after_is_bounded_and_nonsense_is_ignored(said: str | None, seconds: float | None) -> None:
    assert retry_after(said, NOW) == seconds


def test_a_busy_server_says_when(server: Served) -> None:
    server.says(says_json({"message": "Too Many Requests"}, 429, Retry_After="17"))
    error = trouble("ask", ask(server.base))
    assert isinstance(error, TryLater)
    assert (error.call, error.status, error.retry_after) == ("ask", 429, 17.0)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, None), (201, None), (204, None), (301, SignInAgain), (302, SignInAgain), (304, SignInAgain),
        (400, Refused), (401, SignInAgain), (403, Refused), (404, NotFound), (408, TryLater), (410, NotFound),
        (422, Refused), (425, TryLater), (429, TryLater), (500, TryLater), (503, TryLater), (599, TryLater),
        (103, Unreadable),
    ],
)  # fmt: skip
def test_each_status_says_what_to_do(status: int, expected: type[GatewayError] | None) -> None:
    error = trouble("ask", Answer(status, "", b""))
    assert (type(error) if error else None) is expected


def test_an_error_remembers_the_call_and_the_status_and_nothing_else(server: Served) -> None:
    server.says(then_close(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nAsthma"))
    private = "/things/" + "asthma"
    with pytest.raises(TryLater) as caught:
        ask(server.base, path=private)
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + str(vars(caught.value))
    assert caught.value.__context__ is None
    assert not any(word in told for word in (private, "127.0.0.1", TOKEN, "Asthma"))


def test_addresses_stay_out_of_the_log(server: Served, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ask(server.base)
    assert "things" not in caplog.text


def test_what_holds_a_body_does_not_print_it() -> None:
    assert "Asthma" not in repr(Answer(200, "", b"Asthma"))
