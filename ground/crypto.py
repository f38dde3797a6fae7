"""AES-256-GCM with associated data and key ids (NIST SP 800-38D): tokens and second-factor secrets at rest.

A sealed value is: one version byte, the key id's length and the key id, a 12 byte nonce, the ciphertext with
its tag. The associated data names table, column and owner, so a value moved to another row does not open.
"""

import base64
import os
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_VERSION = 1
_NONCE = 12


class CannotOpen(Exception):
    """A sealed value does not open: its key is gone, or it was moved or changed. Holds nothing of it."""


class Keyring:
    """Keys by id. The first seals; all of them open."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        """`keys`: id to 32 random bytes, the sealing key first. Raises ValueError on any other length."""
        if not keys or any(len(key) != 32 for key in keys.values()):
            raise ValueError("each field key must be 32 bytes, and there must be at least one")
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}
        self.sealing_id = next(iter(keys))

    @classmethod
    def from_text(cls, text: str) -> "Keyring":
        """Read `id:base64,id:base64`, as FIELD_KEYS has it. Raises ValueError on anything else."""
        pairs = [part.strip().partition(":") for part in text.split(",") if part.strip()]
        return cls({name: base64.b64decode(key, validate=True) for name, _, key in pairs})

    def seal(self, plain: bytes, bound_to: str) -> bytes:
        """Encrypt with the sealing key, bound to the place it is kept in."""
        name = self.sealing_id.encode()
        nonce = os.urandom(_NONCE)
        sealed = self._ciphers[self.sealing_id].encrypt(nonce, plain, bound_to.encode())
        return bytes([_VERSION, len(name)]) + name + nonce + sealed

    def open(self, sealed: bytes, bound_to: str) -> bytes:
        """Decrypt. Raises CannotOpen."""
        cipher = self._ciphers.get(key_id(sealed))
        start = 2 + sealed[1] if len(sealed) > 1 else 0
        if cipher is None or sealed[0] != _VERSION:
            raise CannotOpen
        try:
            return cipher.decrypt(sealed[start : start + _NONCE], sealed[start + _NONCE :], bound_to.encode())
        except (InvalidTag, ValueError):
            raise CannotOpen from None


def key_id(sealed: bytes) -> str:
    """The id of the key a value was sealed with; an empty word if it is no sealed value."""
    if len(sealed) < 2:
        return ""
    return bytes(sealed[2 : 2 + sealed[1]]).decode("ascii", "replace")


@lru_cache(maxsize=4)
def _keyring(text: str) -> Keyring:
    return Keyring.from_text(text)


def keyring() -> Keyring:
    """The keys of this installation (FIELD_KEYS)."""
    return _keyring(settings.FIELD_KEYS)


def seal(text: str, bound_to: str) -> bytes:
    """Encrypt words with this installation's sealing key."""
    return keyring().seal(text.encode(), bound_to)


def unseal(sealed: bytes, bound_to: str) -> str:
    """Decrypt words. Raises CannotOpen."""
    return keyring().open(bytes(sealed), bound_to).decode()


class SealedText:
    """Reads and writes an encrypted column of a model as plain words; None where the column is empty.

    `access = SealedText("access_sealed", owner="patient_id")`: the owner column must be set first, since the
    value is bound to it.
    """

    def __init__(self, column: str, *, owner: str) -> None:
        self.column = column
        self.owner = owner

    def __get__(self, row: Any, model: type | None = None) -> Any:
        if row is None:
            return self
        sealed = getattr(row, self.column)
        return None if sealed is None else unseal(bytes(sealed), self._bound_to(row))

    def __set__(self, row: Any, text: str | None) -> None:
        setattr(row, self.column, None if text is None else seal(text, self._bound_to(row)))

    def _bound_to(self, row: Any) -> str:
        owner = getattr(row, self.owner)
        if owner is None:
            raise ValueError(f"{self.owner} must be set before {self.column} is sealed")
        return f"{row._meta.db_table}.{self.column}.{owner}"
