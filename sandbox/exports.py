"""Bulk exports as values: what was asked for, frozen at the start, and cut into files (docs/oneup.md §10).

What the manifest and the files look like was seen; how one that takes its time is started and asked after is
what the FHIR bulk standard says, since 1up's documents do not.
"""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.clock import instant
from sandbox.fhir_search import Stored

LARGEST_GROUP = 10_000  # members


@dataclass(frozen=True)
class ExportFile:
    """One NDJSON file: resources of one type, one a line."""

    id: str
    type: str
    bodies: tuple[bytes, ...] = field(repr=False)

    @property
    def size(self) -> int:
        """Its bytes."""
        return sum(len(body) + 1 for body in self.bodies)

    def pieces(self, start: int = 0) -> Iterator[bytes]:
        """Its bytes from `start` on, some hundred lines at a time."""
        for first in range(0, len(self.bodies), 500):
            piece = b"\n".join(self.bodies[first : first + 500]) + b"\n"
            if start < len(piece):
                yield piece[start:]
            start = max(0, start - len(piece))


@dataclass
class Export:
    """One export. `root` is the address that was asked, without its query; `link` the whole of it."""

    id: str
    client_id: str
    users: frozenset[int]
    root: str
    link: str
    is_async: bool
    started: datetime
    ready: datetime
    files: dict[str, ExportFile] = field(default_factory=dict, repr=False)
    failed: bool = False

    def progress(self, now: datetime) -> int:
        """Percent, by the clock."""
        whole = (self.ready - self.started).total_seconds()
        return 100 if whole <= 0 else min(100, int((now - self.started).total_seconds() / whole * 100))

    def manifest(self) -> dict[str, object]:
        """The list of files; clients were seen to need `output` alone."""
        return {
            "transactionTime": instant(self.started),
            "request": self.link,
            "requiresAccessToken": True,
            "output": [
                {
                    "type": each.type,
                    "url": f"{self.root}/{self._place_of(each)}.ndjson",
                    "count": len(each.bodies),
                }
                for each in self.files.values()
            ],
            "error": [],
        }

    def _place_of(self, file: ExportFile) -> str:
        return f"file/{file.id}" if self.is_async else f"{file.type}/{file.id}"


def cut_into_files(resources: Iterable[Stored], most: int) -> dict[str, ExportFile]:
    """Files by id, types in alphabetical order, at most so many lines each."""
    by_type: dict[str, list[bytes]] = {}
    for stored in resources:
        by_type.setdefault(stored.resource_type, []).append(stored.body)
    files = [
        ExportFile(secrets.token_hex(16), name, tuple(bodies[start : start + most]))
        for name, bodies in sorted(by_type.items())
        for start in range(0, len(bodies), most)
    ]
    return {each.id: each for each in files}


def new_id() -> str:
    """An opaque id."""
    return secrets.token_hex(12)
