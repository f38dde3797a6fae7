"""What was asked of the sandbox, so that tests can assert on what the product sends. Never a value that is
secret.
"""

import re
from collections import deque
from collections.abc import Container
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

from starlette.types import Scope

_KEPT = 50_000
_WORDS = re.compile(r"[\s/?&=#;,]+")
# Query values worth asserting on; every other parameter is kept by name alone.
_OPEN_VALUES = {
    "offset", "fhirVersion", "system_type", "systemType", "sendRedirectUrlAsResponse", "subtype", "recorded"
}  # fmt: skip


@dataclass
class Entry:
    """One request. `token_in_url` is the marker for a secret seen in the address or the Referer."""

    number: int
    at: str
    method: str
    path: str
    query: dict[str, str]
    header_names: list[str]
    acting_for: str
    token_in_url: bool
    status: int | None = None
    fault: bool = False


def _query(raw: str) -> dict[str, str]:
    return {
        name: value if name.startswith("_") or name in _OPEN_VALUES else "..."
        for name, value in parse_qsl(raw, keep_blank_values=True)
    }


def _acting_for(headers: dict[str, str]) -> str:
    """Which bearer of rights the request named: "token", "user", "client" (all users of the app) or
    nothing.
    """
    if "x-oneup-user-id" in headers:
        return "client" if headers["x-oneup-user-id"] == "client" else "user"
    return "token" if headers.get("authorization", "").lower().startswith("bearer ") else ""


class Ledger:
    """The last 50,000 requests, oldest first."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=_KEPT)
        self._count = 0

    def note(self, scope: Scope, at: str, secrets: Container[str]) -> Entry:
        """Write one request down before it is served. `secrets` are the values no URL may carry."""
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        raw = scope["query_string"].decode("latin-1")
        visible = _WORDS.split(f"{scope['path']}?{raw} {headers.get('referer', '')}")
        self._count += 1
        entry = Entry(
            number=self._count,
            at=at,
            method=scope["method"],
            path="/".join("..." if part in secrets else part for part in scope["path"].split("/")),
            query=_query(raw),
            header_names=sorted(headers),
            acting_for=_acting_for(headers),
            token_in_url=any(unquote(word) in secrets for word in visible),
        )
        self._entries.append(entry)
        return entry

    def rows(self, after: int = 0) -> list[dict[str, Any]]:
        """The entries numbered above `after`, as plain values."""
        return [asdict(entry) for entry in self._entries if entry.number > after]
