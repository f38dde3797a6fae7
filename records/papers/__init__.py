"""Files that places send: what one is by its own bytes, and how its content is shown without running it.

A file from a hospital is untrusted (threats T14, T15). It is never framed or handed to a browser in place:
what a reader sees is text, tables and pictures that we made of it. That happens in a process of its own with
little memory and time (`records.papers.child`), so that a file made to break its reader breaks nothing else.
"""

import json
import threading
from dataclasses import dataclass
from typing import Literal

from ground import closed_room
from records.papers import tidying
from records.papers.sniffing import Kind, sniff

__all__ = ["WIDE", "WIDEST", "CannotShow", "Kind", "Shown", "draw", "show", "sniff", "tidied"]

LONGEST = 20 * 1024 * 1024
"""Bytes; what is larger is offered for download alone."""
WIDE, WIDEST = 1240, 2480
"""Pixels: a letter page at 146 dots an inch, and at twice as many for small print."""
_SECONDS = 12.0
_AT_HAND = 50_000  # characters of markup that are parsed at once
_room = threading.BoundedSemaphore(2)
"""So many files are read at once in one process of the web server: each may take half a gigabyte."""


class CannotShow(Exception):
    """The file is broken, too large, or of a kind that we do not show."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a file holds. `html` is to be sanitised before it is shown, that of `sections` (a title and markup
    each) too; `pages` are drawn by `draw`. Of a summary document, `text` is its title.
    """

    kind: Kind
    html: str = ""
    text: str = ""
    pages: int = 0
    sections: tuple[tuple[str, str], ...] = ()


def show(data: bytes) -> Shown:
    """The content of a file. Raises CannotShow."""
    kind = sniff(data)
    if kind == "other":
        raise CannotShow
    try:
        found = json.loads(_in_a_child(data, "show", kind))
        sections = tuple((str(title), str(html)) for title, html in found["sections"])
        return Shown(kind, str(found["html"]), str(found["text"]), int(found["pages"]), sections)
    except (ValueError, KeyError, TypeError) as broken:
        raise CannotShow from broken


def draw(data: bytes, page: int, wide: int = WIDE) -> bytes:
    """A page of a PDF, or a picture, as PNG, so many pixels wide and at most `WIDEST`; pages count from 1.
    Raises CannotShow.
    """
    picture = _in_a_child(data, "draw", sniff(data), str(page), str(min(wide, WIDEST)))
    if sniff(picture) != "png":
        raise CannotShow
    return picture


def tidied(html: str) -> str:
    """Text and tables of what a place wrote. Never raises; much of it is parsed in a process of its own."""
    if len(html) <= _AT_HAND:
        return tidying.clean(html)
    try:
        found = json.loads(_in_a_child(html.encode("utf-8", "replace"), "show", "html"))
        return tidying.clean(str(found["html"]))
    except (CannotShow, ValueError, KeyError, TypeError):
        return tidying.words(html)


def _in_a_child(data: bytes, verb: Literal["show", "draw"], kind: Kind, *more: str) -> bytes:
    if len(data) > LONGEST or not _room.acquire(timeout=_SECONDS):
        raise CannotShow
    try:
        return closed_room.run("records.papers.child", verb, kind, *more, given=data, seconds=_SECONDS)
    except closed_room.CameToNothing as broken:
        raise CannotShow from broken
    finally:
        _room.release()
