"""A Bundle cut into exact byte slices, one for each resource (docs/oneup.md §8.3, §9.1).

The quick cut lets msgspec find the slices. When it stumbles, over NaN, a lone surrogate or nesting without
end, the tolerant cut finds them by brackets alone. Either way each slice is then looked at by itself: one bad
resource is set aside with a reason, its neighbours stay, and a Bundle that is not whole is no Bundle.
"""

import re
from array import array
from itertools import accumulate
from typing import Any, NamedTuple

import msgspec

from connect.gateway import Rejected
from connect.oneup.brackets import NotWhole, members, pieces, without_strings

RESOURCE_CAP = 5_000_000  # bytes
BRANCH_CAP = 250_000  # objects and arrays of one resource: a real one of five megabytes is mostly text
DEPTH_CAP = 64
_MARKS_CAP = 3_000_000
"""Brackets, commas and strings of a page: beyond it the slow cut costs more seconds than a slice of work may.
"""

TOO_LARGE = "too-large"
TOO_DEEP = "too-deep"
NULL_CHARACTER = "null-character"  # Postgres text cannot hold it
ENCODING = "encoding"  # not UTF-8, or half of a surrogate pair
NUMBER = "number"  # 1e400 and the like, which would be read as infinity
NOT_JSON = "not-json"
NO_TYPE = "no-type"  # not an object that says which resource it is
NO_RESOURCE = "no-resource"  # an entry without one
OUTCOME = "outcome"  # the gateway's own remark about the search, not a record

_STEPS = bytes.maketrans(b"[]{}", b"\x01\xff\x01\xff")  # up one level, down one level, as signed bytes
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_MARKS = (b"{", b"}", b"[", b"]", b",", b'"')
_NULL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_TYPE = re.compile(r"[A-Z][A-Za-z]{1,63}")
_STUMBLES = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Cut(NamedTuple):
    """What a Bundle holds; `links` as plain values, None when there are none."""

    resources: tuple[bytes, ...]
    rejected: tuple[Rejected, ...]
    links: Any
    total: int | None


class _Bundle(msgspec.Struct):
    resourceType: str = ""
    entry: list[msgspec.Raw] | None = None
    link: msgspec.Raw = msgspec.Raw(b"null")
    total: msgspec.Raw = msgspec.Raw(b"null")


class _Search(msgspec.Struct):
    mode: str | None = None


class _Entry(msgspec.Struct):
    resource: msgspec.Raw = msgspec.Raw(b"")
    search: _Search | None = None


class _Head(msgspec.Struct):
    resourceType: str = ""


def cut(body: bytes) -> Cut:
    """Cut a whole Bundle. Raises `NotWhole`."""
    body = body.removeprefix(b"\xef\xbb\xbf")
    try:
        bundle = msgspec.json.decode(body, type=_Bundle)
    except _STUMBLES:
        bundle = _tolerant(body)
    if bundle.resourceType != "Bundle":
        raise NotWhole("not a Bundle")
    kept: list[bytes] = []
    rejected: list[Rejected] = []
    for entry in bundle.entry or ():
        resource, is_remark = _resource_of(bytes(entry))
        reason = OUTCOME if is_remark else reason_to_reject(resource)
        if reason:
            rejected.append(Rejected(reason if resource else NO_RESOURCE, resource or bytes(entry)))
        else:
            kept.append(resource)
    return Cut(tuple(kept), tuple(rejected), _plain(bundle.link), _count(_plain(bundle.total)))


def reason_to_reject(resource: bytes, cap: int = RESOURCE_CAP) -> str:
    """One word why a resource cannot be kept, "" when it can. `cap` is in bytes."""
    branches = resource.count(b"{") + resource.count(b"[")
    if len(resource) > cap or branches > BRANCH_CAP:
        return TOO_LARGE
    if branches > DEPTH_CAP and _depth(resource) > DEPTH_CAP:
        return TOO_DEEP
    if b"\0" in resource or (b"\\u0000" in resource and _NULL.search(resource)):
        return NULL_CHARACTER
    return _reason_in_values(resource)


def type_of(resource: bytes) -> str:
    """The type of a resource that can be kept."""
    return msgspec.json.decode(resource, type=_Head).resourceType


def _reason_in_values(resource: bytes) -> str:
    try:
        values = msgspec.json.decode(resource)
    except (UnicodeDecodeError, RecursionError):
        return ENCODING
    except msgspec.ValidationError:
        return NUMBER
    except msgspec.DecodeError:
        return ENCODING if _SURROGATE.search(resource) else NOT_JSON
    name = values.get("resourceType") if isinstance(values, dict) else None
    if not isinstance(name, str) or not _TYPE.fullmatch(name):
        return NO_TYPE
    return OUTCOME if name == "OperationOutcome" else ""


def _depth(text: bytes) -> int:
    """How deep brackets nest: strings go, then each bracket is a step up or down. No recursion."""
    steps = array("b", without_strings(text).translate(_STEPS, _NOT_BRACKETS))
    return max(accumulate(steps), default=0)


def _resource_of(entry: bytes) -> tuple[bytes, bool]:
    """The resource's bytes, empty when there is none, and whether the search itself speaks in it."""
    try:
        found = msgspec.json.decode(entry, type=_Entry)
        return bytes(found.resource), found.search is not None and found.search.mode == "outcome"
    except _STUMBLES:
        pass
    try:
        return members(entry).get(b"resource", b""), False
    except NotWhole:
        return b"", False


def _tolerant(body: bytes) -> _Bundle:
    bare = without_strings(body)
    if sum(map(bare.count, _MARKS)) > _MARKS_CAP:
        raise NotWhole("too large to look at closely")
    frame = members(body)
    entries = frame.get(b"entry", b"null")
    return _Bundle(
        resourceType=str(_plain(frame.get(b"resourceType", b"null"))),
        entry=None if entries == b"null" else [msgspec.Raw(item) for item in pieces(entries, b"[")],
        link=msgspec.Raw(frame.get(b"link", b"null")),
        total=msgspec.Raw(frame.get(b"total", b"null")),
    )


def _plain(raw: bytes | msgspec.Raw) -> Any:
    try:
        return msgspec.json.decode(raw)
    except _STUMBLES:
        raise NotWhole("a part of the frame is not JSON") from None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
