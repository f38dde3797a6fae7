"""Where things stand in a take-out zip: names that are files on every system and lead nowhere else."""

import hashlib
import re

from django.utils.text import slugify

from records.models import Record
from records.papers import Kind
from records.reading import filed

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,63}")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
_DAY = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")

INDEX, STYLE, README = "index.html", "style.css", "README.txt"
RESULTS, MANIFEST, SUMS = "results.csv", "manifest.json", "SHA256SUMS"
OWN, SUMMARY = "your-words.json", "patient-summary.json"
WITHDRAWN = "withdrawn"
"""The name of the page of what was entered in error; no kind has it."""


def fhir(record: Record, place: str, fhir_version: str) -> str:
    """The record exactly as it came."""
    folder = f"{slugify(place)[:60] or 'place'}-{record.source_id}/{fhir_version.lower()}"
    return f"fhir/{folder}/{plain(record.resource_type)}/{plain(record.fhir_id)}.json"


def page(name: str, number: int) -> str:
    """A page of a kind (its slug), the first one numbered 1."""
    return f"pages/{name}-{number}.html" if number > 1 else f"pages/{name}.html"


def file(record: Record, number: int, kind: Kind) -> str:
    """A file of a record as it was sent. What a browser could run when it is opened from a disk is called a
    text or nothing at all, so that no program is started for it; take the last ending off to use it.
    """
    ending = filed.ENDINGS[kind]
    return f"files/{_stem(record, number)}.{ending}{'.txt' if kind in ('html', 'cda') else ''}"


def paper(record: Record, number: int) -> str:
    """Our page of what a file of a record holds."""
    return f"papers/{_stem(record, number)}.html"


def plain(name: str) -> str:
    """A name that is a file's on every system; a strange one gets its checksum."""
    if _PLAIN.fullmatch(name) and ".." not in name and not name.endswith(".") and not _RESERVED.match(name):
        return name
    return f"id-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:24]}"


def _stem(record: Record, number: int) -> str:
    """Its day and what it is called, for people; a checksum of its key, so that no two are alike."""
    day = _DAY.match(record.when)
    key = f"{record.origin_id}/{record.resource_type}/{record.fhir_id}"
    mark = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:12]
    return f"{day[0] if day else 'undated'}-{slugify(record.title)[:40] or 'file'}-{mark}-{number + 1}"
