"""What a resource is (type and id) and whether it changed, out of its exact bytes and without building it.

Cost matters here more than anywhere else in this package: an unchanged refresh is nothing but this.
"""

import hashlib
import json
import re
from typing import Literal, NamedTuple

import msgspec

Problem = Literal["", "not-json", "not-an-object", "no-type", "no-id"]

_UNSTEADY = ("versionId", "lastUpdated", "source")
"""Members of `meta` that move without anything in the record having changed. Labels (security, tag) do count.
"""

_UNREADABLE = object()
_members = msgspec.json.Decoder(dict[str, msgspec.Raw])
_TYPE = re.compile(r"[A-Z][A-Za-z]{1,63}").fullmatch
_ID = re.compile(r"[^\s/\\?#%\x00-\x1f\x7f\ud800-\udfff]{1,256}").fullmatch


class Identity(NamedTuple):
    """`type` and `id` as sent; `problem` is "" or why the resource cannot be kept under them."""

    type: str
    id: str
    problem: Problem


class _Face(msgspec.Struct):
    resourceType: object = None
    id: object = None


_face = msgspec.json.Decoder(_Face)


def digest(raw: bytes) -> bytes:
    """16 bytes that stay the same while a resource does: sha256 over each member's exact bytes, in order,
    without `meta.versionId`, `meta.lastUpdated` and `meta.source` (and without `meta` when nothing else is in
    it).

    Another order of keys or spacing inside a member may count as a change. What is not a JSON object is
    hashed whole.
    """
    try:
        members = _members.decode(raw)
        return _hashed(_steady(members))
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return _slow_digest(raw)


def identity(raw: bytes) -> Identity:
    """The type and id a resource says it has, and the problem with them if there is one. Never raises."""
    try:
        face = _face.decode(raw)
        return _judged(face.resourceType, face.id)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        found = _loaded(raw)
    if found is _UNREADABLE:
        return Identity("", "", "not-json")
    if not isinstance(found, dict):
        return Identity("", "", "not-an-object")
    return _judged(found.get("resourceType"), found.get("id"))


def _judged(name: object, key: object) -> Identity:
    kind = name if isinstance(name, str) and _TYPE(name) else ""
    if isinstance(key, int) and not isinstance(key, bool) and 0 <= key < 10**18:
        key = str(key)  # sent as a bare number by some; it is still the id their references use
    known = key if isinstance(key, str) and _ID(key) else ""
    return Identity(kind, known, "no-type" if not kind else "no-id" if not known else "")


def _steady(members: dict[str, msgspec.Raw]) -> list[tuple[str, bytes | msgspec.Raw]]:
    """Each member with its bytes, `meta` cut down to what counts."""
    pairs: list[tuple[str, bytes | msgspec.Raw]] = [pair for pair in members.items() if pair[0] != "meta"]
    kept = _kept_meta(bytes(members["meta"])) if "meta" in members else b""
    return [*pairs, ("meta", kept)] if kept else pairs


def _kept_meta(raw: bytes) -> bytes:
    if not raw.startswith(b"{"):
        return raw
    inner = _members.decode(raw)
    return b",".join(_written((name, value)) for name, value in inner.items() if name not in _UNSTEADY)


def _hashed(pairs: list[tuple[str, bytes | msgspec.Raw]]) -> bytes:
    """Members are JSON values, so `name:value,` cannot be read in two ways."""
    return hashlib.sha256(b",".join(map(_written, pairs))).digest()[:16]


def _written(pair: tuple[str, bytes | msgspec.Raw]) -> bytes:
    name = pair[0]
    return (name.encode() if name.isalnum() else json.dumps(name).encode()) + b":" + pair[1]


def _slow_digest(raw: bytes) -> bytes:
    """For what only Python's parser takes: NaN, half a surrogate pair, a byte order mark."""
    found = _loaded(raw)
    if not isinstance(found, dict):
        return hashlib.sha256(raw).digest()[:16]
    meta = found.get("meta")
    if isinstance(meta, dict):
        found["meta"] = {name: value for name, value in meta.items() if name not in _UNSTEADY} or None
    return hashlib.sha256(json.dumps(found).encode()).digest()[:16]


def _loaded(raw: bytes) -> object:
    try:
        return json.loads(raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError):
        return _UNREADABLE
