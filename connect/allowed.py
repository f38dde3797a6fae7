"""What a door may let out: a list of calls, and nothing that is not on it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from connect.address import parse_address

_ALWAYS = frozenset(
    {"accept", "accept-encoding", "connection", "content-length", "content-type", "user-agent"}
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing a door may send.

    `path` is matched whole against what follows `base`; `headers` names (in lower case) what may be sent
    beside the ordinary ones, each with the whole shape of its value; `body` is the whole shape of what is
    sent where that decides whom it is about.
    """

    call: str
    method: str
    base: str
    path: re.Pattern[str]
    headers: Mapping[str, re.Pattern[str]]
    body: re.Pattern[bytes] | None = None

    def allows(self, call: str, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> bool:
        """Whether exactly this may leave the house."""
        if (call, method) != (self.call, self.method) or not self._body_allowed(body):
            return False
        base, there = parse_address(self.base), parse_address(url)
        stem = base.path.rstrip("/")
        inside = there.origin == base.origin and there.path.startswith(stem)
        if not inside or not self.path.fullmatch(there.path.removeprefix(stem)):
            return False
        return all(self._header_allowed(name.lower(), value) for name, value in headers.items())

    def _body_allowed(self, body: bytes) -> bool:
        return self.body is None or self.body.fullmatch(body) is not None

    def _header_allowed(self, name: str, value: str) -> bool:
        shape = self.headers.get(name)
        return name in _ALWAYS if shape is None else shape.fullmatch(value) is not None
