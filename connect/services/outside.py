"""What another site keeps behind a SMART Health Link: fetched encrypted for staff, and handed on as it came.

Source: SMART Health Links (HL7, STU 1), manifest and file requests. The key stands in the link and never
reaches this server; so nothing fetched here can be read here. Whoever writes a link chooses whom we ask: only
https on its usual port, only addresses that everybody can reach, a cap and a deadline (`connect.http`).
"""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import msgspec

from connect.address import parse_address
from connect.allowed import Rule
from connect.gateway import GatewayError
from connect.http import Answer, Deadline, Door, NotAllowed

_CALL = "outside link"
_SECONDS = 20.0
_LARGEST = 12 * 1024 * 1024  # bytes of one answer
_MOST_FILES = 10
_ANY = re.compile(r"/[!-~]*")
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


class NothingThere(Exception):
    """The other site has nothing behind this link, or not any more."""


class WrongPasscode(Exception):
    """The other site wants another passcode; `left` more tries, None where it does not say."""

    def __init__(self, left: int | None) -> None:
        super().__init__("a wrong passcode")
        self.left = left


class CannotFetch(Exception):
    """It does not answer, may not be asked, or what it says makes no sense: nobody is told which."""


@dataclass(frozen=True, slots=True)
class File:
    """One file of a link, encrypted (a JWE in compact form)."""

    content_type: str
    embedded: str = field(repr=False)


def fetch(*, url: str, recipient: str, passcode: str = "", direct: bool = False) -> list[File]:
    """Every file behind a link. `direct`: the address is that of the one file (flag U). Raises NothingThere,
    WrongPasscode, CannotFetch.
    """
    deadline = Deadline(_SECONDS)
    if direct:
        joint = "&" if "?" in url else "?"
        return [File("", _file(f"{url}{joint}{_query(recipient)}", deadline))]
    asked = {"recipient": recipient, "embeddedLengthMax": _LARGEST}
    told = _told(_ask("POST", url, deadline, {**asked, "passcode": passcode} if passcode else asked))
    files = told.get("files")
    if not isinstance(files, list):
        raise CannotFetch
    return [_one(each, deadline) for each in files[:_MOST_FILES]]


def _one(told: Any, deadline: Deadline) -> File:
    if not isinstance(told, dict):
        raise CannotFetch
    embedded, location = told.get("embedded"), told.get("location")
    if not isinstance(embedded, str):
        embedded = _file(location, deadline) if isinstance(location, str) else ""
    return File(str(told.get("contentType") or "")[:100], _compact(embedded))


def _file(url: str, deadline: Deadline) -> str:
    return _compact(_ask("GET", url, deadline).body.decode("ascii", "replace").strip())


def _compact(words: str) -> str:
    """What is handed on is encrypted, or it is not handed on."""
    if not _COMPACT.fullmatch(words):
        raise CannotFetch
    return words


def _ask(method: str, url: str, deadline: Deadline, body: dict[str, Any] | None = None) -> Answer:
    try:
        there = parse_address(url)
        if (there.scheme, there.port) != ("https", 443):
            raise CannotFetch
        rule = Rule(_CALL, method, f"https://{there.host}", _ANY, {})
        sent = None if body is None else msgspec.json.encode(body)
        answer = Door([rule], public=True).send(
            _CALL, method, url, headers={"Accept": "*/*"}, json=sent, deadline=deadline, cap=_LARGEST
        )
    except (GatewayError, NotAllowed, ValueError):
        raise CannotFetch from None  # which of them would tell whom we can reach
    return _good(answer)


def _good(answer: Answer) -> Answer:
    if answer.status in (404, 410):
        raise NothingThere
    if answer.status == 401:
        left = _told(answer).get("remainingAttempts")
        raise WrongPasscode(left if isinstance(left, int) else None)
    if not 200 <= answer.status < 300:
        raise CannotFetch
    return answer


def _told(answer: Answer) -> dict[str, Any]:
    try:
        told = msgspec.json.decode(answer.body)
    except msgspec.MsgspecError:
        told = None
    if not isinstance(told, dict):
        raise CannotFetch
    return told


def _query(recipient: str) -> str:
    return urlencode({"recipient": recipient})
