"""A server of bare sockets on this machine, which sends exactly the bytes a test says, however bad."""

import gzip
import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

Reply = bytes | Callable[[socket.socket], None]


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.target).query).items()}

    @property
    def form(self) -> dict[str, str]:
        return {name: values[-1] for name, values in parse_qs(self.body.decode()).items()}


@dataclass
class Served:
    """The running server: what it will say (the last reply repeats) and what it was asked."""

    base: str
    replies: list[Reply] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0

    def says(self, *replies: Reply) -> None:
        self.replies[:] = replies

    def next(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


def reply(body: bytes, status: int = 200, kind: str = "application/json", **headers: str) -> bytes:
    """A whole, honest answer. Header names: underscores stand for hyphens."""
    lines = {"Content-Type": kind, "Content-Length": str(len(body))}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    return f"HTTP/1.1 {status} Said\r\n{head}\r\n".encode() + body


def says_json(values: Any, status: int = 200, **headers: str) -> bytes:
    return reply(json.dumps(values).encode(), status, **headers)


def zipped(body: bytes) -> bytes:
    return reply(gzip.compress(body), Content_Encoding="gzip")


def bundle(*resources: Any, next: str | None = None, **more: Any) -> dict[str, Any]:
    links = [{"relation": "self", "url": "http://elsewhere.example/"}]
    links += [{"relation": "next", "url": next}] if next is not None else []
    entries = [{"fullUrl": "http://elsewhere.example/x", "resource": each} for each in resources]
    return {"resourceType": "Bundle", "type": "searchset", "link": links, "entry": entries, **more}


def _read(connection: socket.socket) -> Seen | None:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    method, target, _ = first.split(" ")
    return Seen(method, target, headers, body)


def _converse(served: Served, connection: socket.socket) -> None:
    with connection:
        while (seen := _read(connection)) is not None:
            served.seen.append(seen)
            answer = served.next()
            if not isinstance(answer, bytes):
                answer(connection)
                return
            connection.sendall(answer)


def _quietly(served: Served, connection: socket.socket) -> None:
    with suppress(OSError):  # the client hung up, as many of these tests want it to
        _converse(served, connection)


def _accept(served: Served, listener: socket.socket) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        served.connections += 1
        threading.Thread(target=_quietly, args=(served, connection), daemon=True).start()


@contextmanager
def serving() -> Iterator[Served]:
    """A server for the length of the block."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        served = Served(f"http://127.0.0.1:{listener.getsockname()[1]}")
        accepting = threading.Thread(target=_accept, args=(served, listener), daemon=True)
        accepting.start()
        try:
            yield served
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join()  # or it takes a connection of the next server, which may get the same number
