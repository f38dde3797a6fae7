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

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of its keys, the sealing one first."""
        return tuple(self._ciphers)

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


def readable(row: Any, name: str) -> Any:
    """What a sealed value of a row says; None where there is none, and where no key of ours opens it."""
    try:
        return getattr(row, name)
    except CannotOpen:
        return None


class SealedBytes:
    """Reads and writes an encrypted column of a model as plain bytes; None where the column is empty.

    `data = SealedBytes("data_sealed", owner="patient_id")`: the owner columns must be set first, since the
    value is bound to them. `bound_as`: the column's word in that binding, where it is not its name.
    """

    def __init__(self, column: str, *, owner: str | tuple[str, ...], bound_as: str = "") -> None:
        self.column = column
        self.owners = (owner,) if isinstance(owner, str) else owner
        self.bound_as = bound_as or column

    def __get__(self, row: Any, model: type | None = None) -> Any:
        if row is None:
            return self
        sealed = getattr(row, self.column)
        return None if sealed is None else keyring().open(bytes(sealed), self._bound_to(row))

    def __set__(self, row: Any, plain: Any) -> None:
        setattr(row, self.column, None if plain is None else keyring().seal(plain, self._bound_to(row)))

    def resealed(self, row: Any) -> bytes:
        """The column's value under the sealing key, for the same place. Raises CannotOpen."""
        bound_to = self._bound_to(row)
        return keyring().seal(keyring().open(bytes(getattr(row, self.column)), bound_to), bound_to)

    def _bound_to(self, row: Any) -> str:
        owners = [getattr(row, name) for name in self.owners]
        if None in owners:
            raise ValueError(f"{self.owners} must be set before {self.column} is sealed")
        return ".".join(str(part) for part in (row._meta.db_table, self.bound_as, *owners))


class SealedText(SealedBytes):
    """The same for words."""

    def __get__(self, row: Any, model: type | None = None) -> Any:
        plain = super().__get__(row, model)
        return plain.decode() if isinstance(plain, bytes) else plain

    def __set__(self, row: Any, plain: str | None) -> None:
        super().__set__(row, None if plain is None else plain.encode())
