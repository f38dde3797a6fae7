"""Asking the site something as somebody, and taking back whatever it did."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from time import monotonic
from typing import Any
from urllib.parse import quote

from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse

from ground import witness
from tests.access.roles import Cast
from tests.house.site_rules import RULES, STAFF
from tests.house.site_world import World, browser, comparable

#: Headers that tell one answer from another that is the same; `Expires` is a clock.
_OWN = {"X-Request-Id", "Content-Length", "Expires"}
_SIGNED_IN = 120.0
"""After so many seconds everybody signs in anew: what they do is taken back, so their clock stands still."""
_NOBODY = 10**9
"""A number that nothing has."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came. `same`: all of it but what differs each time; `read`: whose rows were read for a person."""

    status: int
    body: str
    same: tuple[Any, ...]
    request: str
    read: frozenset[int]


class Doors:
    """Browsers of everybody, each as they were when they signed in: a moment ago, or it would be over."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self._clients: dict[str, tuple[Client, Any, float]] = {}

    def ask(self, role: str, method: str, address: str) -> Answer:
        """One request, and nothing of it stays."""
        self.sign_in(role)
        with transaction.atomic():
            answer = self.keep(role, method, address)
            transaction.set_rollback(True)
        return answer

    def keep(self, role: str, method: str, address: str) -> Answer:
        """The same, and what it did stays."""
        client = self.sign_in(role)
        with _witnessed() as read:
            got = getattr(client, method)(address)
            content = b"".join(got.streaming_content) if got.streaming else got.content
        return _answer(got, content.decode(errors="replace"), address, frozenset(read))

    def sign_out(self, role: str) -> None:
        """Have a role sign in anew with its next request."""
        self._clients.pop(role, None)

    def sign_in(self, role: str) -> Client:
        """The browser of a role, as it was when it signed in: not long ago."""
        client, cookies, at = self._clients.get(role, (None, None, 0.0))
        if client is None or monotonic() - at > _SIGNED_IN:
            client = browser(self.cast.users[role], raise_request_exception=False)
            cookies = deepcopy(client.cookies)
            self._clients[role] = (client, cookies, monotonic())
        client.cookies = deepcopy(cookies)
        return client


@contextmanager
def _witnessed() -> Iterator[set[int]]:
    """Whose rows become objects in the meantime, but for jobs: seen by ourselves, not by what is tried."""
    read: set[int] = set()
    saw = witness.saw

    def seen(patient_id: int, kind: str) -> None:
        notes = witness._notes.get()
        if notes is None or notes.viewer.kind != "job":
            read.add(patient_id)
        saw(patient_id, kind)

    witness.saw = seen
    try:
        yield read
    finally:
        witness.saw = saw


def _answer(got: Any, body: str, address: str, read: frozenset[int]) -> Answer:
    heads = {name: _plain(value, address) for name, value in got.headers.items() if name not in _OWN}
    same = (got.status_code, _plain(body, address), tuple(sorted(heads.items())), tuple(sorted(got.cookies)))
    return Answer(got.status_code, body, same, got.headers.get("X-Request-Id", ""), read)


def _plain(text: str, address: str) -> str:
    """Without the nonce, the form's token, the request's id, and the address that was asked for."""
    text = comparable(re.sub(r"'nonce-[^']+'", "", text))
    for each in (address, quote(address), quote(address, safe="")):
        text = text.replace(each, "@")
    return re.sub(r' data-left="\d+"', "", text)


@cache
def of(world: World, name: str) -> str:
    """The address of this name in somebody's world."""
    if name.startswith(STAFF):
        return _of_staff(name, world.user.pk)
    return world.address(name, RULES[name].args)


@cache
def nowhere(world: World, name: str) -> str:
    """The same of what is not there."""
    if name.startswith(STAFF):
        return _of_staff(name, _NOBODY)
    return world.gone(name, RULES[name].args)


@cache
def is_named(name: str) -> bool:
    """Whether the address names something of somebody's."""
    if name.startswith(STAFF):
        return str(_NOBODY) in _of_staff(name, _NOBODY)
    return bool(RULES[name].args)


def _of_staff(name: str, number: int) -> str:
    """An address of the administration, about this number where it is about one thing."""
    for args in ([], [number], ["portal"], [number, number]):
        try:
            return reverse(name, args=args)
        except NoReverseMatch:
            continue
    return "/admin/nothing-of-this-name/"
