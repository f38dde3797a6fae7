"""JSON cut by its brackets alone: exact slices of text that a strict parser will not touch.

Looks at strings, brackets and commas and at nothing else, without recursion, so that NaN, half a surrogate
pair or a hundred thousand open brackets in one place cost nothing in another. What does not pair up is not
whole.
"""

import itertools
import re
from collections.abc import Iterator

STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_STRINGS = re.compile(STRING.pattern + rb'|".*', re.DOTALL)
_TOKEN = re.compile(STRING.pattern + rb'|[\[\]{},"]', re.DOTALL)  # a lone quote is a string without an end
_CLOSING = {b"{": b"}", b"[": b"]"}


class NotWhole(ValueError):
    """The text ends early or does not pair up. Says nothing of what it holds."""


def members(text: bytes) -> dict[bytes, bytes]:
    """Names and exact values of an object. Raises `NotWhole`."""
    found = {}
    for piece in pieces(text, b"{"):
        name = STRING.match(piece)
        rest = piece[name.end() :].lstrip() if name else b""
        if name is None or not rest.startswith(b":"):
            raise NotWhole("a member without a name")
        found[name.group()[1:-1]] = rest[1:].strip()
    return found


def pieces(text: bytes, opening: bytes) -> list[bytes]:
    """What stands between the commas of one object or array that begins with `opening`. Raises `NotWhole`."""
    text = text.strip()
    marks = [position for mark, position, depth in _walk(text) if depth == 0 or (mark == b"," and depth == 1)]
    if not text.startswith(opening) or marks[-1] != len(text) - 1:
        raise NotWhole("something stands before or after it")
    found = [text[left + 1 : right].strip() for left, right in itertools.pairwise(marks)]
    return [] if found == [b""] else found


def without_strings(text: bytes) -> bytes:
    """The text with one quote where a string was.

    One without an end takes the rest along: else each quote in it would be tried anew, and a long one that
    was cut off would cost the square of its length.
    """
    return _STRINGS.sub(b'"', text)


def _walk(text: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Each bracket and comma, where it stands, and how many brackets are open around it."""
    waiting: list[bytes] = []
    for token in _TOKEN.finditer(text):
        mark = token.group()
        if mark == b'"':
            raise NotWhole("a string without an end")
        if mark in _CLOSING:
            yield mark, token.start(), len(waiting)
            waiting.append(_CLOSING[mark])
        elif mark == b",":
            yield mark, token.start(), len(waiting)
        elif mark in _CLOSING.values():
            if not waiting or waiting.pop() != mark:
                raise NotWhole("brackets do not pair up")
            yield mark, token.start(), len(waiting)
    if waiting:
        raise NotWhole("ends early")
