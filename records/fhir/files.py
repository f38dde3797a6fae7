"""FHIR files on a disk: one resource or a Bundle, plain or gzipped, and which version a folder says it is."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from records.fhir import kinds
from records.fhir.elements import member
from records.fhir.parsing import parse
from records.fhir.references import key
from records.fhir.row import Resource

VERSIONS = ("dstu2", "stu3", "r4")
_ENDINGS = (".json", ".json.gz")


class Unreadable(ValueError):
    """Not a FHIR file; says which, and no word of what is in it."""


class Chart(NamedTuple):
    """What one file holds. `names` is what its resources call each other by, as `kinds.read` takes it."""

    fhir_version: str
    resources: tuple[Resource, ...]
    names: dict[str, str]


def load(path: Path, fhir_version: str = "") -> Chart:
    """One file. Without a version, the nearest folder that is called one says it. Raises Unreadable."""
    version = (fhir_version or _version_of(path)).lower()
    if version not in VERSIONS:
        raise Unreadable(f"{path}: which FHIR version? Say --fhir-version {'|'.join(VERSIONS)}.")
    found = parse(_bytes(path))
    sent = found.get("entry")
    entries = [(entry, member(entry, "resource")) for entry in (sent if isinstance(sent, list) else [])]
    if found.get("resourceType") != "Bundle":
        entries = [({}, found)]
    held = [(entry, inside) for entry, inside in entries if isinstance(inside, dict) and inside]
    if not any(isinstance(inside.get("resourceType"), str) for _entry, inside in held):
        raise Unreadable(f"{path}: no FHIR resource in there.")
    names: dict[str, str] = {}
    for entry, inside in held:
        title = kinds.head(inside, version).title
        for address in (f"{inside.get('resourceType')}/{inside.get('id')}", member(entry, "fullUrl")):
            if title and (known := key(address)):
                names[known] = title
    return Chart(version, tuple(inside for _entry, inside in held), names)


def files(folder: Path) -> Iterator[Path]:
    """Every FHIR file under a folder, in order of its path."""
    yield from sorted(path for path in folder.rglob("*") if path.name.endswith(_ENDINGS) and path.is_file())


def _version_of(path: Path) -> str:
    return next((part.lower() for part in reversed(path.parts) if part.lower() in VERSIONS), "")


def _bytes(path: Path) -> bytes:
    try:
        raw = path.read_bytes()
        return gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
    except (OSError, EOFError, zlib.error):
        raise Unreadable(f"{path}: cannot be read.") from None
