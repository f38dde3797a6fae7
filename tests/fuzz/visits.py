"""Hostile requests to every address: each in a transaction of its own that is taken back afterwards.

Wanted: no answer of the five hundreds, and no redirect to a server that somebody else named.
"""

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode, urlsplit

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.test.client import ClientHandler

from portal.arriving import Arriving
from portal.models import User
from tests import factories as make
from tests.fuzz import addresses
from tests.house.site_world import World

_METHODS = (*["GET"] * 7, *["POST"] * 5, "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW")
_NAMES = (
    *(
        "q",
        "page",
        "place",
        "next",
        "words",
        "state",
        "code",
        "success",
        "error",
        "oneup_user_id",
        "app_user_id",
    ),
    *(
        "system_id",
        "nonce",
        "attempt",
        "return_to",
        "redirect_uri",
        "action",
        "csrfmiddlewaretoken",
        "near",
        "door",
    ),
)
_TYPES = (
    *(
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded; charset=utf-7",
        "application/json",
    ),
    *(
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "multipart/form-data; boundary=" + "é" * 80,
        "",
        "\0",
    ),
    *(
        "text/plain; charset=nonsense",
        "application/x-www-form-urlencoded; charset=hex",
        "text/plain; charset=rot13",
        "text/plain; charset=undefined",
        "text/plain; charset=utf-16",
        "text/plain; charset*=utf-8''a%00b",
        "text/plain; charset*=%00''a",
        "application/x-www-form-urlencoded; charset=\x7e",
        "image/png",
        "a" * 5000,
    ),
)
_BODIES = (
    *(
        b"",
        b"\0",
        b"\xff\xfe",
        b"{",
        b"[" * 100_000,
        b"a" * 3_000_000,
        b"a=%ff&b=%00&=&&&%",
        b"&".join([b"a=b"] * 3000),
    ),
    *(
        b"--x\r\n",
        b'--x\r\nContent-Disposition: form-data; name="q"; filename="../a"\r\n\r\nx\r\n--x--\r\n',
        b"--x--",
    ),
    *(
        b"--x\r\nContent-Disposition: form-data\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--x--\r\n",
        b"null",
    ),
)
_HEADERS = (
    *(
        "HTTP_ACCEPT_LANGUAGE",
        "HTTP_REFERER",
        "HTTP_ORIGIN",
        "HTTP_USER_AGENT",
        "HTTP_X_FORWARDED_FOR",
        "HTTP_RANGE",
    ),
    *(
        "HTTP_IF_MODIFIED_SINCE",
        "HTTP_IF_NONE_MATCH",
        "HTTP_X_CSRFTOKEN",
        "HTTP_ACCEPT",
        "HTTP_X_REQUESTED_WITH",
    ),
    *(
        "HTTP_AUTHORIZATION",
        "HTTP_HOST",
        "HTTP_X_FORWARDED_HOST",
        "HTTP_X_FORWARDED_PROTO",
        "HTTP_X_REQUEST_ID",
    ),
    *(
        "HTTP_ACCEPT_ENCODING",
        "HTTP_SEC_FETCH_SITE",
        "QUERY_STRING",
        "HTTP_FORWARDED",
    ),
)
_COOKIES = (
    "__Host-sessionid",
    "__Host-csrftoken",
    "sessionid",
    "csrftoken",
    "messages",
    "django_language",
    "x",
)
_OURS = ("", "localhost", "testserver", "127.0.0.1")


class _Handler(ClientHandler):
    """The handler of Django's test client, on requests as our own application makes them."""

    def __call__(self, environ: dict[str, Any]) -> HttpResponse:
        with patch("django.test.client.WSGIRequest", Arriving):
            return super().__call__(environ)


@dataclass
class Visited:
    """What came of it; `problems` are a few sentences for whoever mends them."""

    requests: int = 0
    errors: int = 0
    off_site: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    names: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)


class Visitor:
    """Sends requests to the site of a world, each as somebody, none of which leaves a trace."""

    def __init__(self, world: World, seed: int) -> None:
        self._world, self._seed = world, seed
        self._addresses = addresses.all_of(world)
        self._fields: dict[str, list[str]] = {}
        self._handlers = {checks: _Handler(enforce_csrf_checks=checks) for checks in (False, True)}
        self._session = self._signed_in()
        self.result = Visited()

    def run(self, numbers: range) -> Iterator[Visited]:
        """Send the requests of these numbers; what came so far, after each hundred."""
        for number in numbers:
            rng = random.Random(f"{self._seed}/request/{number}")
            name, path, arguments = self._addresses[number % len(self._addresses)]
            with transaction.atomic():
                self._send(rng, name, path, arguments)
                transaction.set_rollback(True)
            if number % 100 == 99 or number == numbers[-1]:
                yield self.result

    def _send(self, rng: random.Random, name: str, path: str, arguments: list[str]) -> None:
        client = self._client(rng)
        fields = self._fields_of(name, path)
        where = path if rng.random() < 0.6 else addresses.damaged_path(rng, path, arguments)
        if rng.random() < 0.6:
            where += "?" + _query(rng)
        method = rng.choice(_METHODS)
        asked = _body(rng, fields) if method in ("POST", "PUT") else {}
        told = f"{method} {where[:200]} {str(asked)[:200]}"
        try:
            answer = client.generic(method, where, **asked, **_headers(rng))
        except Exception as error:  # noqa: BLE001  (Django had not even begun: a server answers 500 to this)
            self._failed(name, told, error)
        else:
            self._judged(name, told, answer)

    def _signed_in(self) -> Client:
        client = Client(SERVER_NAME="localhost")
        client.force_login(self._world.user)
        return client

    def _client(self, rng: random.Random) -> Client:
        """Somebody's browser: the owner's, one of the staff, or one that never signed in."""
        who = rng.choice(("owner", "owner", "nobody", "staff"))
        if who == "staff":
            User.objects.filter(pk=self._world.user.pk).update(is_staff=True, is_superuser=True)
        client = self._fresh(is_signed_in=who != "nobody", checks=rng.random() < 0.3)
        if rng.random() < 0.2:
            client.cookies[rng.choice(_COOKIES)] = _travelling(rng.choice(addresses.words())[:4000])
        return client

    def _fresh(self, *, is_signed_in: bool, checks: bool = False) -> Client:
        client = Client(SERVER_NAME="localhost", raise_request_exception=False)
        client.handler = self._handlers[checks]
        if is_signed_in:
            client.cookies.load({name: one.value for name, one in self._session.cookies.items()})
        return client

    def _fields_of(self, name: str, path: str) -> list[str]:
        """The names of the fields on the page itself, so that a form is filled in and not only refused."""
        if name not in self._fields:
            page = self._fresh(is_signed_in=True).get(path)
            text = "" if page.streaming else page.content.decode("utf-8", "replace")
            self._fields[name] = sorted(set(re.findall(r'name="([\w:.-]+)"', text)))
        return self._fields[name]

    def _judged(self, name: str, asked: str, answer: HttpResponse) -> None:
        result = self.result
        result.requests += 1
        result.names.add(name)
        result.statuses[answer.status_code] += 1
        if answer.streaming:
            b"".join(answer)
        if answer.status_code >= 500:
            error = (getattr(answer, "exc_info", None) or (None, None))[1]
            self._failed(name, f"{answer.status_code} {asked}", error)
        if _leads_off(answer):
            result.off_site += 1
            result.problems.append(f"leads off the site: {name} {asked}: {answer.headers['Location'][:200]}")

    def _failed(self, name: str, asked: str, error: object) -> None:
        self.result.errors += 1
        self.result.problems.append(f"{name} {asked}: {type(error).__name__} {str(error)[:200]}")


def _leads_off(answer: HttpResponse) -> bool:
    """As a browser reads it: a backslash is a slash, and white space inside counts for nothing."""
    where = re.sub(r"[\t\r\n]", "", answer.headers.get("Location", "").strip()).replace("\\", "/")
    try:
        there = urlsplit(where)
    except ValueError:
        return True
    return there.scheme not in ("", "http", "https") or (there.hostname or "") not in _OURS


def _query(rng: random.Random) -> str:
    pairs = [(rng.choice(_NAMES), _word(rng)) for _ in range(rng.choice((1, 1, 2, 5, 40)))]
    pairs += pairs[:1] if rng.random() < 0.2 else []
    made = urlencode(pairs)
    return rng.choice((made, made, made, made.replace("%", "%%", 1), made + "&%ff=%00&=&", "%", "&" * 50))[
        :60_000
    ]


def _word(rng: random.Random) -> str:
    return rng.choice(addresses.words())[:20_000]


def _body(rng: random.Random, fields: list[str]) -> dict[str, Any]:
    """Most often a form that is filled in, some fields rightly; else whatever."""
    if rng.random() < 0.25:
        return {"data": rng.choice(_BODIES), "content_type": rng.choice(_TYPES)}
    likely = (
        make.PASSWORD,
        "rosa@example.org",
        "new@example.org",
        "1968-05-14",
        "on",
        "1",
        "yes",
        "confirm",
        "000000",
    )
    pairs = [
        (name, rng.choice(likely) if rng.random() < 0.5 else _word(rng))
        for name in (*fields, *rng.choices(_NAMES, k=2))
        if rng.random() < 0.8
    ]
    return {"data": urlencode(pairs), "content_type": _TYPES[0]}


def _headers(rng: random.Random) -> dict[str, str]:
    if rng.random() < 0.5:
        return {}
    chosen = rng.sample(_HEADERS, rng.choice((1, 1, 2, 4)))
    return {name: _travelling(_word(rng)[:8000]) for name in chosen}


def _travelling(text: str) -> str:
    """What a web server lets through in a header: no control characters, bytes as Latin-1."""
    return re.sub(r"[\x00-\x08\x0a-\x1f\x7f]", "", text.encode().decode("latin-1"))
