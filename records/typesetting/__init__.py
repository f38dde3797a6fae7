"""Papers that people take along: a document in, a PDF or plain text out. Knows no record and no database.

A PDF is set by Typst in a process of its own (`records.typesetting.child`), with little memory and time and
with no way to a file or the network, because what it sets was written by strangers (decision 0017).
"""

import json
import tempfile
import threading
from dataclasses import asdict

from ground import closed_room
from records.typesetting.document import (
    MOST,
    Block,
    Code,
    Document,
    Fact,
    Heading,
    Labels,
    Table,
    Words,
    parts,
    weight,
)
from records.typesetting.plain import lines, text

__all__ = [
    "MOST",
    "Block",
    "CannotSet",
    "Code",
    "Document",
    "Fact",
    "Heading",
    "Labels",
    "Table",
    "Words",
    "lines",
    "parts",
    "pdf",
    "text",
    "weight",
]

_SECONDS = 60.0
_WAIT = 20.0
_room = threading.BoundedSemaphore(1)
"""One at a time in a process of the web server: each may take most of a gigabyte."""


class CannotSet(Exception):
    """It is larger than one paper may be, or the typesetter gave up; nothing of it is said here."""


def pdf(document: Document) -> bytes:
    """The document as a PDF, tagged and titled, by the rules of PDF/UA-1. Raises CannotSet.

    No longer than a minute; call it outside any transaction. At most `MOST` texts: cut it with `parts` first.
    """
    if document.weight > MOST + MOST // 2 or not _room.acquire(timeout=_WAIT):
        raise CannotSet
    try:
        return _in_a_child(json.dumps(_plainly(document)).encode())
    finally:
        _room.release()


def _plainly(document: Document) -> dict[str, object]:
    """The document as JSON can hold it, every block saying what it is."""
    told = asdict(document)
    told["blocks"] = [
        {"is": type(block).__name__.lower(), **asdict(block)} for block in document.blocks if _says(block)
    ]
    return told


def _says(block: Block) -> bool:
    return bool(block.rows) if isinstance(block, Table) else True


def _in_a_child(told: bytes) -> bytes:
    """What the child made of it. Its root is an empty folder that is gone afterwards; nothing is written."""
    try:
        with tempfile.TemporaryDirectory(prefix="typeset-") as empty:
            made = closed_room.run("records.typesetting.child", empty, given=told, seconds=_SECONDS)
    except (closed_room.CameToNothing, OSError) as broken:
        raise CannotSet from broken
    if not made.startswith(b"%PDF-"):
        raise CannotSet
    return made
