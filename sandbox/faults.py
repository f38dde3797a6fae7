"""Trouble on request: status, delay, hang, drip, cut, garbage and spoiled pages, per route and per call.

A fault is matched before a request is served and played on the way out. It goes beneath the web framework,
because
a reply that stops half-way, or a connection that is reset, is nothing a framework would send.
"""

import asyncio
import gzip
import random
import socket
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.fault_pages import PAGES, spoil

_STEP = 0.1  # seconds between two pieces of a dripped body
_PAGE = b"<!doctype html><title>Sign in</title><h1>Please sign in</h1>"

GARBAGE: dict[str, Callable[[bytes], tuple[str, bytes]]] = {
    "html": lambda body: ("text/html", _PAGE),
    "truncated": lambda body: ("application/json", body[: len(body) // 2]),
    "empty": lambda body: ("application/json", b""),
    "noise": lambda body: ("application/json", random.Random(len(body)).randbytes(512)),
    "bom": lambda body: ("application/json", b"\xef\xbb\xbf" + body),
    "utf16": lambda body: (
        "application/json; charset=utf-16",
        body.decode("utf-8", "replace").encode("utf-16"),
    ),
    "text": lambda body: ("text/plain", body),
    "list": lambda body: ("application/json", b"[1,2,3]"),
    "null": lambda body: ("application/json", b"null"),
    "outcome": lambda body: ("application/fhir+json", b'{"resourceType":"OperationOutcome","issue":[]}'),
    "no": lambda body: ("application/json", b'{"success":false,"error":"something went wrong"}'),
    "latin1": lambda body: ("application/json; charset=utf-8", body[:-1] + b',"note":"caf\xe9"}'),
    "tail": lambda body: ("application/json", body + b"<!-- served by node 7 -->"),
}


@cache
def _bomb() -> bytes:
    """Two hundred megabytes of blanks, packed piece by piece into 200 KB."""
    packing, piece = zlib.compressobj(9, wbits=31), b" " * 1_000_000
    return b"".join([*(packing.compress(piece) for _ in range(200)), packing.flush()])


# What is packed is said to be so; "gzip" is whole, the others are not or are far too much.
PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "gzip-broken": lambda body: gzip.compress(body)[:-12] + b"\x00" * 12,
    "gzip-short": lambda body: gzip.compress(body + bytes(range(256)))[:-200],
    "gzip-not": lambda body: body,
    "gzip-bomb": lambda body: _bomb(),
}
CUTS = ("short", "reset", "unmarked")


@dataclass
class Fault:
    """One kind of trouble. `route` is a glob over the path (`*` crosses slashes); `times` None means for
    ever.
    """

    route: str = "*"
    method: str = "*"
    nth: int = 1  # first matching call it strikes
    times: int | None = 1
    status: int | None = None  # answer this instead of serving
    body: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0  # seconds before the first byte
    hang: bool = False  # never answers
    drip: float = 0.0  # bytes a second
    cut: int | None = None  # bytes of the body after which the connection ends
    how: str = "short"  # short: declared length not reached; reset: TCP reset; unmarked: looks complete
    garbage: str = ""
    packed: str = ""
    page: str = ""  # what is wrong with a page that is otherwise whole: see sandbox/fault_pages.py
    lost: bool = False  # with a status: the request is served first and its own answer is lost
    seen: int = 0

    def strikes(self, method: str, path: str) -> bool:
        """Whether it is this call's turn. Counts the call when method and path match."""
        if self.method not in {"*", method} or not fnmatchcase(path, self.route):
            return False
        self.seen += 1
        last = float("inf") if self.times is None else self.nth + self.times - 1
        return self.nth <= self.seen <= last


def read_fault(wanted: Mapping[str, Any]) -> Fault:
    """A Fault from JSON. Raises ValueError that says what is wrong with it."""
    unknown = set(wanted) - {each.name for each in fields(Fault)}
    if unknown:
        raise ValueError(f"a fault has no {', '.join(sorted(unknown))}")
    fault = Fault(**wanted)
    known = (("garbage", GARBAGE), ("packed", PACKED), ("page", PAGES), ("how", CUTS))
    for name, words in known:
        if getattr(fault, name) and getattr(fault, name) not in words:
            raise ValueError(f"{name} is one of {', '.join(words)}")
    return fault


class Faults:
    """The faults set for now; the first that strikes wins."""

    def __init__(self) -> None:
        self._set: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Set one more fault."""
        self._set.append(fault)

    def clear(self) -> None:
        """Forget every fault."""
        self._set.clear()

    def rows(self) -> list[dict[str, Any]]:
        """The faults as plain values, with how many calls each has seen."""
        return [asdict(fault) for fault in self._set]

    def match(self, method: str, path: str) -> Fault | None:
        """The fault this call runs into, if any. Every fault sees every call, so that `nth` counts calls."""
        struck = [fault for fault in self._set if fault.strikes(method, path)]
        return struck[0] if struck else None


@dataclass
class Reply:
    """A whole answer, held back so that it can be spoiled."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    def typed(self, kind: str, body: bytes) -> "Reply":
        """The same answer with another body and content type."""
        kept = [
            (name, value) for name, value in self.headers if name not in {b"content-type", b"content-length"}
        ]
        return Reply(self.status, [*kept, (b"content-type", kind.encode())], body)


async def play(fault: Fault, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one request with its fault."""
    await asyncio.sleep(fault.delay)
    if fault.hang:
        await _until_gone(receive)
        return
    reply = await _reply(fault, app, scope, receive)
    reply = _spoiled(fault, reply)
    if fault.cut is not None:
        await _send_cut(fault, reply, send)
        await _until_gone(receive)
    else:
        await _send_whole(reply, send, fault.drip)


def _spoiled(fault: Fault, reply: Reply) -> Reply:
    """The reply with what is wrong inside it: the page first, then its text, then how it is packed."""
    if fault.page:
        reply = replace(reply, body=spoil(fault.page, reply.body))
    if fault.garbage:
        reply = reply.typed(*GARBAGE[fault.garbage](reply.body))
    if fault.packed:
        packed = (b"content-encoding", b"gzip")
        reply = replace(reply, headers=[*reply.headers, packed], body=PACKED[fault.packed](reply.body))
    return reply


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _reply(fault: Fault, app: ASGIApp, scope: Scope, receive: Receive) -> Reply:
    served = await _capture(app, scope, receive) if fault.status is None or fault.lost else None
    if fault.status is None and served:
        return served
    extra = [(name.lower().encode(), value.encode("latin-1")) for name, value in fault.headers.items()]
    body = fault.body if fault.body is not None else '{"message":"Service Unavailable"}'
    return Reply(fault.status or 500, [(b"content-type", b"application/json"), *extra], body.encode())


async def _capture(app: ASGIApp, scope: Scope, receive: Receive) -> Reply:
    messages: list[Message] = []

    async def keep(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, keep)
    start = messages[0]
    body = b"".join(message.get("body", b"") for message in messages[1:])
    return Reply(start["status"], list(start["headers"]), body)


async def _start(reply: Reply, send: Send) -> None:
    kept = [(name, value) for name, value in reply.headers if name != b"content-length"]
    length = (b"content-length", str(len(reply.body)).encode())
    await send({"type": "http.response.start", "status": reply.status, "headers": [*kept, length]})


async def _send_whole(reply: Reply, send: Send, drip: float) -> None:
    await _start(reply, send)
    if drip:
        await _drip(reply.body, send, drip)
    else:
        await send({"type": "http.response.body", "body": reply.body})


async def _drip(body: bytes, send: Send, rate: float) -> None:
    piece = max(1, int(rate * _STEP))
    pause = piece / rate
    for start in range(0, len(body), piece):
        if _transport(send).is_closing():
            return
        await send({"type": "http.response.body", "body": body[start : start + piece], "more_body": True})
        await asyncio.sleep(pause)
    await send({"type": "http.response.body", "body": b""})


async def _send_cut(fault: Fault, reply: Reply, send: Send) -> None:
    part = reply.body[: fault.cut]
    if fault.how == "unmarked":
        _write_unmarked(reply, part, send)
        return
    await _start(reply, send)
    await send({"type": "http.response.body", "body": part, "more_body": True})
    if fault.how == "reset":
        _reset(_transport(send))
    else:
        _transport(send).close()


def _write_unmarked(reply: Reply, part: bytes, send: Send) -> None:
    """A reply with neither length nor chunks: when it stops early, it looks complete to a careless client."""
    kept = [
        (n, v) for n, v in reply.headers if n not in {b"content-length", b"transfer-encoding", b"connection"}
    ]
    lines = [b"%s: %s" % pair for pair in [*kept, (b"connection", b"close")]]
    head = b"HTTP/1.1 %d Faulty\r\n" % reply.status + b"\r\n".join(lines) + b"\r\n\r\n"
    transport = _transport(send)
    transport.write(head + part)
    transport.close()


def _reset(transport: asyncio.Transport) -> None:
    """End the connection with a TCP reset; without the lingering time of nought it would end politely."""
    transport.get_extra_info("socket").setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
    )
    transport.abort()


def _transport(send: Send) -> asyncio.Transport:
    """The connection beneath uvicorn's send, which is a bound method of its request cycle."""
    transport: asyncio.Transport = send.__self__.transport  # type: ignore[attr-defined]
    return transport
