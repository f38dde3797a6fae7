"""Whole pages that are no pages, through the real import: the sandbox, a server between it and the site that
spoils the second page of every chart, and a real worker.

Wanted of each: the run ends (or says when it tries again), what came before is kept, the worker lives, and
nobody but the gateway is asked.
"""

import gzip
import json
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests

from tests.journeys.visitor import BIG, Visitor
from tests.site import Site, start_site

_CHART = re.compile(r"/Patient/([^/?]+)/\$everything")
_PATIENCE = 420  # seconds for all of them
_JSON = {"Content-Type": "application/json"}
_BUNDLE = b'{"resourceType":"Bundle","type":"searchset","entry":['
_FEW = 2  # how often what a retry heals is sent
Spoiled = tuple[int, dict[str, str], bytes]
Spoil = Callable[[bytes, str], Spoiled]


def _as(body: bytes, **headers: str) -> Spoiled:
    return 200, _JSON | {name.replace("_", "-"): value for name, value in headers.items()}, body


def _linked(body: bytes, address: str) -> bytes:
    """The page with another next link."""
    page = json.loads(body)
    page["link"] = [{"relation": "next", "url": address}]
    return json.dumps(page).encode()


#: What is sent instead of the second page, made of that page and the address it has; `decoy` is replaced by
#: the address of a server that must never be asked.
KINDS: dict[str, Spoil] = {
    "a web page": lambda body, here: _as(b"<!doctype html><h1>Sign in</h1>", Content_Type="text/html"),
    "a web page said to be JSON": lambda body, here: _as(b"<html><script>hit()</script></html>"),
    "cut off": lambda body, here: _as(body[: len(body) // 2]),
    "cut off inside a text": lambda body, here: _as(body[: body.rindex(b'"')] + b'\\"' * 200_000),
    "empty": lambda body, here: _as(b""),
    "null": lambda body, here: _as(b"null"),
    "a list": lambda body, here: _as(b"[%s]" % body),
    "a text": lambda body, here: _as(json.dumps(body.decode()).encode()),
    "noise": lambda body, here: _as(bytes(range(256)) * 100),
    "a byte order mark": lambda body, here: _as(b"\xef\xbb\xbf" + body),
    "UTF-16": lambda body, here: _as(
        body.decode().encode("utf-16"), Content_Type="application/json; charset=utf-16"
    ),
    "Latin-1": lambda body, here: _as(body.replace(b'"resourceType"', b'"x":"\xe9","resourceType"')),
    "a polite no": lambda body, here: _as(
        b'{"resourceType":"OperationOutcome","issue":[{"code":"processing"}]}'
    ),
    "a million entries": lambda body, here: _as(_BUNDLE + b",".join([b"{}"] * 1_000_000) + b"]}"),
    "half a million resources of nothing": lambda body, here: _as(
        _BUNDLE + b",".join(b'{"resource":{"a":%d}}' % each for each in range(500_000)) + b"]}"
    ),
    "five million brackets": lambda body, here: _as(_BUNDLE + b"[" * 5_000_000),
    "a hundred thousand deep": lambda body, here: _as(_BUNDLE + b"[" * 100_000 + b"]" * 100_000 + b"]}"),
    "a bomb": lambda body, here: _as(gzip.compress(_BUNDLE + b" " * 500_000_000), Content_Encoding="gzip"),
    "a bomb in a bomb": lambda body, here: _as(
        gzip.compress(gzip.compress(b"0" * 300_000_000)), Content_Encoding="gzip, gzip"
    ),
    "not the compression it claims": lambda body, here: _as(body, Content_Encoding="gzip"),
    "next is itself": lambda body, here: _as(_linked(body, here)),
    "next is elsewhere": lambda body, here: _as(
        _linked(body, "http://decoy/api/r4/Patient/1/$everything?a=b")
    ),
    "next is script": lambda body, here: _as(_linked(body, "javascript:hit()")),
    "next is a file": lambda body, here: _as(_linked(body, "file:///etc/passwd")),
    "next is somebody else": lambda body, here: _as(
        _linked(body, _CHART.sub("/Patient/1/$everything", here))
    ),
    "next is no text": lambda body, here: _as(
        body.replace(b'"relation"', b'"relation":"next","url":7,"x"', 1)
    ),
    "sent elsewhere": lambda body, here: (302, {"Location": "http://decoy/"}, b""),
}
HEALED = {"not the compression it claims"}


@dataclass
class Between:
    """The server in between: which chart is spoiled how, and how often the decoy was asked."""

    kinds: list[str]
    target: str = ""
    address: str = ""
    decoy: str = ""
    decoyed: int = 0
    charts: dict[str, str] = field(default_factory=dict)
    spoiled: dict[str, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, method: str, path: str, headers: dict[str, str], sent: bytes) -> Spoiled:
        """The sandbox's answer, or what is made of it."""
        reply = requests.request(
            method, self.target + path, headers=headers, data=sent, allow_redirects=False, timeout=60
        )
        body = reply.content.replace(self.target.encode(), self.address.encode())
        kind = self._kind(path, reply.status_code)
        if kind:
            status, extra, body = KINDS[kind](body, self.address + path)
            return status, extra, body.replace(b"http://decoy", self.decoy.encode())
        kept = {name: reply.headers[name] for name in ("Content-Type", "Location") if name in reply.headers}
        return reply.status_code, kept, body

    def _kind(self, path: str, status: int) -> str:
        """How this page is to be spoiled: every page of a chart but its first."""
        chart = _CHART.search(path)
        if chart is None or status != 200:
            return ""
        with self.lock:
            if chart[1] not in self.charts and self.kinds:
                self.charts[chart[1]] = self.kinds.pop(0)
            kind = self.charts.get(chart[1], "")
            is_first = "_after=" not in path
            done = self.spoiled.get(kind, 0)
            if not kind or is_first or (kind in HEALED and done >= _FEW):
                return ""
            self.spoiled[kind] = done + 1
            return kind


@contextmanager
def _serving(answer: Callable[[str, str, dict[str, str], bytes], Spoiled]) -> Iterator[str]:
    """A small server on this machine; its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
            status, extra, body = answer(self.command, self.path, headers, sent)
            self.send_response(status)
            for name, value in {**extra, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_words: Any) -> None:
            """Nothing: pytest and the table are enough."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_told: Any) -> None:
            """Somebody hung up, as they should when a page is far too long."""

    with Server(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


_HOP = {"host", "connection", "content-length", "accept-encoding", "transfer-encoding"}


@dataclass
class Outcome:
    """What became of one import. `problem` is empty when it is as wanted."""

    kind: str
    phase: str
    outcome: str
    error: str
    records: int
    problem: str


@dataclass
class Result:
    """What became of all of them. `dead`: workers; `decoyed`: how often the decoy was asked."""

    outcomes: list[Outcome]
    dead: int
    decoyed: int

    @property
    def problems(self) -> list[str]:
        """In words."""
        found = [f"{each.kind}: {each.problem}" for each in self.outcomes if each.problem]
        return found + ([f"the decoy was asked {self.decoyed} times"] if self.decoyed else [])


def run(home: Path, kinds: list[str]) -> Result:
    """An import for each of these kinds of garbage, all under way at once."""
    between = Between(list(kinds))

    def decoy(*_told: Any) -> Spoiled:
        between.decoyed += 1
        return 200, _JSON, b"{}"

    with _serving(between.answer) as between.address, _serving(decoy) as between.decoy:
        settings = {"ONEUP_API_URL": f"{between.address}/api", "LOG_LEVEL": "WARNING"}
        with start_site(home, settings=settings, big=250) as site:
            between.target = site.sandbox.url
            with ThreadPoolExecutor(3) as pool:
                list(pool.map(lambda _kind: _come(site), kinds))
            _wait(site, len(kinds))
            outcomes = [_outcome(site, chart, kind) for chart, kind in between.charts.items()]
            missing = [Outcome(kind, "", "", "", 0, "never came to its turn") for kind in between.kinds]
            return Result(outcomes + missing, _dead(site), between.decoyed)


def _come(site: Site) -> None:
    """Somebody new connects the place with the big chart."""
    site.change("delete from portal_cache")  # so many people from one address are too many
    Visitor(site).sign_up().connect(BIG)


def _wait(site: Site, wanted: int) -> None:
    """Until every import has ended, or for as long as we have."""

    def over() -> bool:
        ended = site.rows("select count(*) from connect_importrun where phase = 'ended'")
        return int(ended[0][0]) >= wanted

    try:
        site.until(over, seconds=_PATIENCE, what="every import to end")
    except AssertionError:
        return  # each is looked at by itself


def _outcome(site: Site, chart: str, kind: str) -> Outcome:
    rows = site.rows(
        "select r.phase, r.outcome, r.error, r.patient_id, r.again_at is not null from connect_importrun r"
        " join connect_connection c on c.id = r.connection_id where c.accepted::text like %s",
        f"%{chart}%",
    )
    if not rows:
        return Outcome(kind, "", "", "", 0, "its import cannot be found")
    phase, outcome, error, patient, waits = rows[0]
    count = site.rows("select count(*) from records_record where patient_id = %s", patient)[0][0]
    problem = "" if phase == "ended" or waits else f"still {phase}"
    problem = problem or ("what came before is not kept" if count < 100 else "")
    return Outcome(
        kind, phase, outcome, error, int(count), problem or ("it crashed" if error == "internal" else "")
    )


def _dead(site: Site) -> int:
    """Workers that ended, and processes of theirs that did."""
    lost = re.findall(r"WorkerLostError|exited prematurely|signal 9", site.log())
    return site.revived.count("worker") + len(lost)
