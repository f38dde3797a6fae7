"""The values the sandbox's charts are made of, and the one way their bytes are written.

A `Chart` is what one place holds about one person in one FHIR version. Its resources are bytes in *chart
form*: compact JSON that begins `{"resourceType":"T","id":"L"`, then `"meta"` where there is one, then the
rest. `L` is the id inside the chart; references inside the chart read `Type/L`.
`fhir_store.FhirStore.ingest` gives each resource the id the outside world sees. Numbers keep the text
they were written with: 7.0 never becomes 7, nor 7.00 become 7.0.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

VERSIONS = ("dstu2", "stu3", "r4")
BOOKKEEPING = ("versionId", "lastUpdated", "source")  # what a FHIR server writes into meta on its own account

_HEAD = re.compile(rb'\{"resourceType":"([A-Za-z]+)","id":"([A-Za-z0-9.\-]{1,64})"')
_META = b',"meta":'
_DECODER = json.JSONDecoder()
_MARK = "\ue000"  # private use: no clinical text holds it
_MARKED = re.compile(f'"{_MARK}([-+.0-9eE]+)"')


@dataclass(frozen=True)
class Chart:
    """What one place holds about one person in one FHIR version; `resources` may be made when asked."""

    system_id: int
    fhir_version: str
    patient: bytes
    resources: Sequence[bytes] = field(repr=False)


@dataclass(frozen=True)
class Login:
    """A sign-in at one place's pretend portal; `person` is what its sign-in page shows."""

    system_id: int
    username: str
    password: str
    person: str
    charts: tuple[Chart, ...]


class Cut(NamedTuple):
    """A resource taken apart: `own_meta` holds the members of meta from the source."""

    resource_type: str
    id: str
    own_meta: bytes
    rest: bytes


def load(text: bytes | str) -> Any:
    """JSON read so that `dump` writes every number as it was written; ValueError on broken JSON."""
    return json.loads(text, parse_float=lambda number: _MARK + number)


def dump(resource: Mapping[str, Any]) -> bytes:
    """One resource in chart form: resourceType, id and meta first, compact, numbers as `load` found them."""
    first = {key: resource[key] for key in ("resourceType", "id", "meta") if key in resource}
    return _compact({**first, **resource})


def cut(resource: bytes) -> Cut:
    """A resource taken apart; one that is not in chart form is brought into it first.

    Raises ValueError for a resource without a type or an id.
    """
    head = _HEAD.match(resource)
    if head is None or _meta_is_elsewhere(resource, head.end()):
        resource = _in_chart_form(resource)
        head = _HEAD.match(resource)
    if head is None:
        raise ValueError("a resource of a chart needs a resourceType and an id")
    own_meta, rest = _split_meta(resource[head.end() :])
    return Cut(head[1].decode(), head[2].decode(), own_meta, rest)


def join(parts: Cut, bookkeeping: bytes = b"") -> bytes:
    """The resource of these parts; `bookkeeping` are the members a server adds to meta."""
    members = b",".join(part for part in (bookkeeping, parts.own_meta) if part)
    meta = b',"meta":{%s}' % members if members else b""
    return b'{"resourceType":"%s","id":"%s"%s%s' % (
        parts.resource_type.encode(),
        parts.id.encode(),
        meta,
        parts.rest,
    )


def digest(resource: bytes) -> str:
    """SHA-256 (hex) of a resource without what a server wrote into its meta."""
    return hashlib.sha256(join(cut(resource))).hexdigest()


def identity(resource: bytes) -> tuple[str, str]:
    """Type and id of a resource in chart form or as the store serves it; ValueError for any other."""
    head = _HEAD.match(resource)
    if head is None:
        raise ValueError("not a resource in chart form")
    return head[1].decode(), head[2].decode()


def _in_chart_form(resource: bytes) -> bytes:
    value = load(resource)
    return dump(value) if isinstance(value, dict) else b""


def _compact(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if _MARK in text:
        text = _MARKED.sub(r"\1", text)
    return text.encode("utf-8", "backslashreplace")  # a lone surrogate goes out as the escape it came in as


def _meta_is_elsewhere(resource: bytes, end_of_id: int) -> bool:
    if resource.startswith(_META, end_of_id):
        return False
    return b'"meta"' in resource and "meta" in load(resource)


def _split_meta(after_id: bytes) -> tuple[bytes, bytes]:
    """Own members of meta (without braces) and what follows it."""
    if not after_id.startswith(_META):
        return b"", after_id
    text = after_id[len(_META) :].decode("utf-8")
    meta, end = _DECODER.raw_decode(text)
    own = {key: meta[key] for key in meta if key not in BOOKKEEPING} if isinstance(meta, dict) else {}
    return _compact(own)[1:-1], text[end:].encode("utf-8")
