"""What a resource is (type and id) and whether it changed, out of its exact bytes and without building it.

Cost matters here more than anywhere else in this package: an unchanged refresh is nothing but this.
"""

import hashlib
import json
import re
from functools import lru_cache
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


class _Label(msgspec.Struct):
    meta: msgspec.Raw = msgspec.Raw()


class _Face(_Label):
    resourceType: object = None
    id: object = None


_label = msgspec.json.Decoder(_Label)
_face = msgspec.json.Decoder(_Face)


def examined(raw: bytes) -> tuple[Identity, bytes]:
    """The identity and the digest of a resource, of one look at it. Never raises."""
    try:
        face = _face.decode(raw)
        return _judged(face.resourceType, face.id), _steady(raw, bytes(face.meta))
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return identity(raw), digest(raw)


def digest(raw: bytes) -> bytes:
    """16 bytes that stay the same while a resource does: sha256 over its exact bytes, `meta` written without
    `versionId`, `lastUpdated` and `source`.

    Another order of keys or other spacing may count as a change. What is not a JSON object is hashed whole.
    """
    try:
        return _steady(raw, bytes(_label.decode(raw).meta))
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


def _steady(raw: bytes, meta: bytes) -> bytes:
    """The digest of a resource whose own `meta` these bytes are."""
    kept = _kept(meta)
    return _hashed(raw) if kept == meta else _hashed(*_around(raw, meta, kept))


def _kept(meta: bytes) -> bytes:
    """The bytes of `meta` as they count; the very same bytes when nothing has to be cut out."""
    if not meta.startswith(b"{"):
        return meta
    if not (b"versionId" in meta or b"lastUpdated" in meta or b"source" in meta):
        return meta
    steady = [_quoted(name) + value for name, value in _members.decode(meta).items() if name not in _UNSTEADY]
    return b"{" + b",".join(steady) + b"}"


@lru_cache(256)
def _quoted(name: str) -> bytes:
    """The name of a member as it stands before its value."""
    return json.dumps(name).encode() + b":"


def _around(raw: bytes, meta: bytes, kept: bytes) -> tuple[bytes, bytes, bytes]:
    """What stands before the resource's own `meta`, the meta that counts, and what stands behind."""
    place = raw.find(meta)
    while raw.find(meta, place + 1) >= 0 and not _is_own(raw, place, meta):
        place = raw.find(meta, place + 1)  # the same bytes stand inside a contained resource too
    return raw[:place], kept, raw[place + len(meta) :]


def _is_own(raw: bytes, place: int, meta: bytes) -> bool:
    """Whether the meta found here is the resource's own: put another value there and ask the parser."""
    try:
        return bytes(_label.decode(raw[:place] + b"0" + raw[place + len(meta) :]).meta) == b"0"
    except msgspec.MsgspecError:
        return False


def _hashed(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()[:16]


def _slow_digest(raw: bytes) -> bytes:
    """For what only Python's parser takes: NaN, half a surrogate pair, a byte order mark."""
    found = _loaded(raw)
    if not isinstance(found, dict):
        return _hashed(raw)
    meta = found.get("meta")
    if isinstance(meta, dict):
        found["meta"] = {name: value for name, value in meta.items() if name not in _UNSTEADY}
    return _hashed(json.dumps(found).encode())


def _loaded(raw: bytes) -> object:
    try:
        return json.loads(raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError):
        return _UNREADABLE
