"""What a batch holds, before the database is asked: whose key each resource has, whether it can be kept, and
its columns.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any, NamedTuple

from records import bodies
from records.fhir import digest, during, kinds, moments, parsing, quick
from records.fhir.catalogue import BEHIND
from records.fhir.row import Head
from records.models import UNDATED

Key = tuple[str, str]
"""Resource type and id, unique inside an origin and a patient."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
UNREAD = 0
"""The version of what a reader failed at, where it should not have."""
_STATUS = Head._fields.index("status")


class Incoming(NamedTuple):
    """A resource that has a name of its own, its digest and its exact bytes."""

    key: Key
    digest: bytes
    raw: bytes


class Rejected(NamedTuple):
    """Bytes that cannot be kept as a record, and the word for why."""

    resource_type: str
    reason: str
    sha256: bytes
    body: bytes


class Columns(NamedTuple):
    """One row of the records table, in the order `records.store.writing` sends it."""

    resource_type: str
    fhir_id: str
    kind: str
    clinical_at: int
    when: str
    title: str
    status: str
    code: str
    value: str
    number: float | None
    unit: str
    category: str
    flag: str
    flag_source: str
    sensitivity: str
    withdrawn: bool
    search: str
    visit: str
    digest: bytes
    body: bytes
    extract_version: int

    @property
    def is_listed(self) -> bool:
        """Whether it stands in a list: not what belongs to other records, nor what was entered in error."""
        return not self.withdrawn and self.kind != BEHIND.slug


class Named(NamedTuple):
    """A record that had no name of its own, with the words of the record it refers to."""

    resource_type: str
    fhir_id: str
    title: str
    code: str
    search: str


def sorted_out(resources: Iterable[bytes]) -> tuple[dict[Key, Incoming], list[Rejected]]:
    """The resources by key, the last of each double, and those that have no name to be kept under."""
    named: dict[Key, Incoming] = {}
    nameless: list[Rejected] = []
    for raw in resources:
        (name, key, problem), mark = digest.examined(raw)
        if problem:
            nameless.append(refusal(problem, raw, name))
        else:
            named[name, key] = Incoming((name, key), mark, raw)
    return named, nameless


def refusal(reason: str, raw: bytes, resource_type: str = "") -> Rejected:
    """Something for the quarantine."""
    return Rejected(resource_type, reason[:40], hashlib.sha256(raw).digest(), bodies.pack(raw))


def columns(incoming: Incoming, fhir_version: str) -> Columns:
    """Everything that is stored of a resource, in values that Postgres takes."""
    (kind, head, when, visit), version = _read(incoming, fhir_version)
    head = _kept(head)
    sort = moments.parse(when).sort or UNDATED
    placed = (kind, (sort - _EPOCH) // _MICROSECOND, when, head.title)
    kept = (_kept_text(visit), incoming.digest, bodies.pack(incoming.raw), version)
    return Columns._make((*incoming.key, *placed, *head[_STATUS:], *kept))


def _read(incoming: Incoming, fhir_version: str) -> tuple[quick.Entry, int]:
    """What a list shows, and the reader's version. Readers promise never to raise; should one break that
    promise, the record is kept without a head and with version 0, so that it is there and a mended reader
    reads it again.
    """
    try:
        found = quick.entry(incoming.key[0], incoming.raw) or _parsed(incoming.raw, fhir_version)
        return found, kinds.EXTRACT_VERSION
    except Exception:  # noqa: BLE001  (one bad resource must not cost the page; its error may hold values)
        return quick.Entry("other", Head(), "", ""), UNREAD


def _parsed(raw: bytes, fhir_version: str) -> quick.Entry:
    """What the whole resource says, where it has to be parsed for that."""
    resource = parsing.parse(raw)
    head = kinds.head(resource, fhir_version)
    return quick.Entry(kinds.kind_of(resource).slug, head, head.when, during.visit(resource))


def _kept(head: Head) -> Head:
    """A null byte, half a surrogate pair or an endless number would fail the whole statement."""
    texts = "".join([text for text in head if isinstance(text, str)])
    finite = head.number is None or isfinite(head.number)
    if finite and "\0" not in texts and (texts.isascii() or _is_whole(texts)):
        return head
    kept: dict[str, Any] = {
        name: _kept_text(one) if isinstance(one, str) else one for name, one in head._asdict().items()
    }
    return Head(**{**kept, "number": head.number if finite else None})


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _kept_text(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode()
