"""The one way out to the network, and the only importer of `requests`.

What it promises, beyond sending a request:

* A total deadline. `timeout=` of requests is only the longest pause: a server that drips a byte a second
  holds a call for ever. Here every receive, of headers and of body, gets what is left of the deadline and
  no more. (Looking up a name is the operating system's business, the one step without a deadline.)
* No redirects, no cookies, no proxies or passwords from the environment.
* A cap on the body, counted after decompression, and an error for a body that ends early. A good answer
  must say how long it is or come in chunks: without either, a cut body would look whole.
* An allow-list for each door: call, method, address pattern, header names and the shape of their values.
  What is not on the list is not sent, whatever a reply talked us into.

It never sleeps and never retries: a `TryLater` carries how long to wait, and the caller postpones its work.
"""

import http.client
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any, TypeVar

import requests
import urllib3
from requests.adapters import HTTPAdapter

from connect import wire
from connect.allowed import Rule
from connect.gateway import GatewayError, NotFound, Refused, SignInAgain, TooLarge, TryLater, Unreadable
from connect.wire import Deadline as Deadline

# urllib3 logs addresses, in debug and in some warnings: search words and ids of patients are in them.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)

T = TypeVar("T")

CONNECT_SECONDS = 4.0
RETRY_AFTER_LIMIT = 900.0  # seconds; longer waits are a job's business, not a header's
_PIECE = 64 * 1024
_ERROR_BODY_CAP = 64 * 1024
_NOT_ANSWERED = (requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException, OSError)


class NotAllowed(Exception):
    """Our own code asked for something that is not on the door's list: a defect, not an answer."""


class _TooLarge(Exception):
    """The body is over its cap."""


class _Uncounted(Exception):
    """The body is in an encoding whose size we do not count."""


class _Cut(Exception):
    """The body ended early, or could have without our seeing it."""


class _PublicAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"https": wire.PublicPool}


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": wire.Pool, "https": wire.SecurePool}


class _Session(requests.Session):
    """A session that remembers nothing and follows nothing; with `public`, over https to public addresses."""

    def __init__(self, *, public: bool = False) -> None:
        super().__init__()
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.headers.clear()
        self.headers.update(
            {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "tributary"}
        )
        if public:
            self.adapters.clear()
            self.mount("https://", _PublicAdapter())
            return
        for scheme in ("http://", "https://"):
            self.mount(scheme, _Adapter())

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Never one: even when told not to follow it, requests would read its whole body, without a cap."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer of any status, its body decompressed, and the wait it asks for (0 to 900 seconds)."""

    status: int
    content_type: str
    body: bytes = field(repr=False)
    retry_after: float | None = None
    location: str = field(default="", repr=False)  # where a redirect points; nobody here follows one
    content_location: str = field(default="", repr=False)  # where to ask after what was begun
    progress: str = ""  # how far that is, in the other side's words


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a file: its bytes from where it was asked, whether the file ends with them, and the status."""

    status: int
    body: bytes = field(repr=False)
    is_end: bool
    answer: Answer | None = None  # what came instead of a file


class Door:
    """A way out for one purpose, with its own list of what may be sent. May be shared by threads.

    `public`: to hosts that a stranger named, over https, where their addresses are public ones.
    """

    def __init__(self, rules: Iterable[Rule], *, public: bool = False) -> None:
        self._rules = tuple(rules)
        self._session = _Session(public=public)

    def send(
        self,
        call: str,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        form: Mapping[str, str] | None = None,
        json: bytes | None = None,
        deadline: Deadline,
        cap: int,
    ) -> Answer:
        """Send one request, with a form or the bytes of a JSON value, and read at most `cap` bytes of answer.

        Raises `TryLater` when no whole answer came in time, `TooLarge`, `Unreadable` when its size cannot be
        counted, `NotAllowed`.
        """
        more = {} if json is None else {"Content-Type": "application/json"}
        request = requests.Request(
            method, url, headers={**headers, **more}, data=form if json is None else json
        )
        prepared = self._prepared(call, request)
        trouble: GatewayError
        try:
            return self._exchange(prepared, deadline, lambda response: _answer(response, cap))
        except (*_NOT_ANSWERED, _Cut):
            trouble = TryLater(call)
        except _TooLarge:
            trouble = TooLarge(call)
        except _Uncounted:
            trouble = Unreadable(call)
        raise trouble  # out here, because the exception beneath names the address and must not come along

    def piece(
        self,
        call: str,
        url: str,
        *,
        headers: Mapping[str, str],
        deadline: Deadline,
        start: int,
        most: int,
    ) -> Piece:
        """GET at most `most` bytes of a file, from byte `start` on; the rest is not read. Raises as `send`.

        Only that part is asked for. A server that sends the whole all the same is read past what is known.
        """
        plainly = {"Range": f"bytes={start}-", "Accept-Encoding": "identity"} if start else {}
        request = requests.Request("GET", url, headers={**headers, **plainly})
        prepared = self._prepared(call, request)
        trouble: GatewayError
        try:
            return self._exchange(prepared, deadline, lambda response: _part(response, start, most))
        except (*_NOT_ANSWERED, _Cut):
            trouble = TryLater(call)
        except (_TooLarge, _Uncounted):
            trouble = Unreadable(call)
        raise trouble

    def _prepared(self, call: str, request: requests.Request) -> requests.PreparedRequest:
        """The request as it would be sent, if it may be; what is wrong is not told: it holds secrets."""
        with suppress(requests.RequestException, ValueError):
            prepared = self._session.prepare_request(request)
            method, url = prepared.method or "", prepared.url or ""
            headers = {name: str(value) for name, value in prepared.headers.items()}
            if any(rule.allows(call, method, url, headers, _body_of(prepared)) for rule in self._rules):
                return prepared
        raise NotAllowed(f"{call}: this {request.method} is not on the list")

    def _exchange(
        self, prepared: requests.PreparedRequest, deadline: Deadline, read: Callable[[requests.Response], T]
    ) -> T:
        token = wire.ends.set(deadline)
        try:
            left = deadline.remaining()
            patience = (min(left, CONNECT_SECONDS), left)
            response = self._session.send(prepared, stream=True, allow_redirects=False, timeout=patience)
            try:
                return read(response)
            finally:
                response.close()  # after a whole body the connection is already back in its pool
        finally:
            wire.ends.reset(token)


def _body_of(prepared: requests.PreparedRequest) -> bytes:
    """What will be sent: bytes, or a form that requests has written as text."""
    body = prepared.body or b""
    return body.encode() if isinstance(body, str) else bytes(body)


def _answer(response: requests.Response, cap: int) -> Answer:
    good = 200 <= response.status_code < 300
    return Answer(
        status=response.status_code,
        content_type=response.headers.get("Content-Type", "").partition(";")[0].strip().lower(),
        body=_whole_body(response, cap) if good else _error_body(response),
        retry_after=retry_after(response.headers.get("Retry-After"), datetime.now(UTC)),
        location=response.headers.get("Location", ""),
        content_location=response.headers.get("Content-Location", ""),
        progress=response.headers.get("X-Progress", "")[:100],
    )


def _part(response: requests.Response, start: int, most: int) -> Piece:
    """From byte `start` on, whether the whole came or a part; nothing where the part begins past the end."""
    if response.status_code == 416:
        return Piece(416, b"", is_end=True)
    if response.status_code not in (200, 206):
        return Piece(response.status_code, b"", is_end=False, answer=_answer(response, _ERROR_BODY_CAP))
    if response.status_code == 206 and not _begins_at(response, start):
        raise _Uncounted
    skip = start if response.status_code == 200 else 0
    pieces, size = [], 0
    for piece in _stream(response):
        kept = piece[skip:]
        skip = max(0, skip - len(piece))
        pieces.append(kept)
        size += len(kept)
        if size >= most:
            return Piece(response.status_code, b"".join(pieces)[:most], is_end=False)
    return Piece(response.status_code, b"".join(pieces), is_end=True)


def _begins_at(response: requests.Response, start: int) -> bool:
    """Whether a part is the one asked for, in the file's own bytes."""
    plain = response.headers.get("Content-Encoding", "identity").strip().lower() == "identity"
    return plain and response.headers.get("Content-Range", "").startswith(f"bytes {start}-")


def _stream(response: requests.Response) -> Iterator[bytes]:
    """The body, unpacked, piece by piece. Raises where it could end early without our seeing it."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip"}:
        raise _Uncounted
    chunked = "chunked" in response.headers.get("Transfer-Encoding", "").lower()
    if not chunked and "Content-Length" not in response.headers and response.status_code != 204:
        raise _Cut
    yield from response.raw.stream(_PIECE, decode_content=True)


def _whole_body(response: requests.Response, cap: int) -> bytes:
    if (response.raw.length_remaining or 0) > cap:
        raise _TooLarge  # it says so itself: nothing of it is read
    pieces, size = [], 0
    for piece in _stream(response):
        size += len(piece)
        if size > cap:
            raise _TooLarge
        pieces.append(piece)
    return b"".join(pieces)


def _error_body(response: requests.Response) -> bytes:
    """What an unhappy answer says, or nothing: the status alone already tells what to do."""
    try:
        return _whole_body(response, _ERROR_BODY_CAP)
    except (*_NOT_ANSWERED, _Cut, _TooLarge, _Uncounted):
        return b""


def retry_after(value: str | None, now: datetime) -> float | None:
    """A Retry-After header in seconds, 0 to 900; None when it is absent or makes no sense."""
    text = (value or "").strip()
    if re.fullmatch(r"[0-9]+", text):
        return min(float(text[:9]), RETRY_AFTER_LIMIT)
    try:
        when = parsedate_to_datetime(text)
        seconds = (when if when.tzinfo else when.replace(tzinfo=UTC)) - now
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return min(max(seconds.total_seconds(), 0.0), RETRY_AFTER_LIMIT)


def trouble(call: str, answer: Answer) -> GatewayError | None:
    """Which error a status is; None for 2xx. A redirect means that the other side wants us to sign in."""
    status = answer.status
    if 200 <= status < 300:
        return None
    if status == 401 or 300 <= status < 400:
        return SignInAgain(call, status)
    if status in {408, 425, 429} or status >= 500:
        return TryLater(call, status, answer.retry_after)
    if status in {404, 410}:
        return NotFound(call, status)
    return Refused(call, status) if status >= 400 else Unreadable(call, status)
