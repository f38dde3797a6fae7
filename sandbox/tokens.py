"""Codes and rotating tokens, with reuse detection (docs/oneup.md, token endpoint).

A family is everything that came from one code. A refresh token works once; one that comes back a second
time was
stolen or raced, so its whole family ends, which is what a careful server does (1up's own behaviour is
unknown).
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any


class Rejected(Exception):
    """The code or refresh token is unknown, used, expired or of another app. The text is safe to show."""


@dataclass
class Family:
    """One chain of tokens for one user through one app."""

    user: int
    client_id: str
    revoked: bool = False


@dataclass
class Code:
    """A single-use code; the token endpoint does not know it before `known_from`."""

    user: int
    client_id: str
    known_from: datetime
    expires: datetime
    used: bool = False


@dataclass
class Token:
    """An access or a refresh token of a family; `used` matters for refresh tokens only."""

    family: Family
    expires: datetime
    used: bool = False


@dataclass(frozen=True)
class Pair:
    """What the token endpoint hands out."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    user: int


@dataclass(frozen=True)
class Lifetimes:
    """Seconds that a code, an access token and a refresh token live."""

    code: float
    access: float
    refresh: float


class TokenDesk:
    """Mints and checks codes, access tokens and refresh tokens; each is also put into `issued`."""

    def __init__(self, lifetimes: Lifetimes, issued: set[str]) -> None:
        self.lifetimes = lifetimes
        self._issued = issued
        self._codes: dict[str, Code] = {}
        self._access: dict[str, Token] = {}
        self._refresh: dict[str, Token] = {}
        self._families: list[Family] = []

    def code(self, user: int, client_id: str, now: datetime, delay: float = 0.0) -> str:
        """A new code for a user; older codes stay good."""
        known_from = now + timedelta(seconds=delay)
        expires = now + timedelta(seconds=self.lifetimes.code)
        return self._put(self._codes, Code(user, client_id, known_from, expires))

    def redeem(self, code: str, client_id: str, now: datetime, *, ends_older: bool = False) -> Pair:
        """Tokens for a code. Raises Rejected."""
        found = self._codes.get(code)
        if found is None or found.used or found.client_id != client_id:
            raise Rejected("Invalid code")
        if not found.known_from <= now < found.expires:
            raise Rejected("Invalid code")
        found.used = True
        if ends_older:
            self.revoke(found.user)
        family = Family(found.user, client_id)
        self._families.append(family)
        return self._pair(family, now)

    def refresh(self, token: str, client_id: str, now: datetime) -> Pair:
        """New tokens for a refresh token, which dies. A second use revokes the family. Raises Rejected."""
        found = self._refresh.get(token)
        if found is None or found.family.client_id != client_id:
            raise Rejected("Invalid refresh token")
        if found.used:
            found.family.revoked = True
            raise Rejected("Refresh token was used before")
        if found.family.revoked or now >= found.expires:
            raise Rejected("Refresh token expired")
        found.used = True
        return self._pair(found.family, now)

    def holder(self, access: str, now: datetime) -> Family | None:
        """The family an access token belongs to, while it is good."""
        found = self._access.get(access)
        if found is None or found.family.revoked or now >= found.expires:
            return None
        return found.family

    def expire(self, user: int, now: datetime, *, access: bool, refresh: bool) -> int:
        """End a user's access or refresh tokens now; says how many were ended."""
        shelves = [shelf for shelf, wanted in ((self._access, access), (self._refresh, refresh)) if wanted]
        tokens = [t for shelf in shelves for t in shelf.values() if t.family.user == user and t.expires > now]
        for token in tokens:
            token.expires = now
        return len(tokens)

    def end_codes(self, user: int) -> None:
        """No code of a user can be redeemed any more."""
        for code in self._codes.values():
            code.used = code.used or code.user == user

    def revoke(self, user: int) -> None:
        """End every token of a user, as 1up might on its own."""
        for family in self._families:
            if family.user == user:
                family.revoked = True

    def revoked_families(self, user: int) -> int:
        """How many families of a user are revoked; a product that never reuses a refresh token keeps this
        at 0.
        """
        return sum(family.revoked for family in self._families if family.user == user)

    def _pair(self, family: Family, now: datetime) -> Pair:
        access = Token(family, now + timedelta(seconds=self.lifetimes.access))
        refresh = Token(family, now + timedelta(seconds=self.lifetimes.refresh))
        return Pair(self._put(self._access, access), self._put(self._refresh, refresh), family.user)

    def _put(self, shelf: dict[str, Any], value: Code | Token) -> str:
        name = secrets.token_hex(16)
        shelf[name] = value
        self._issued.add(name)
        return name
