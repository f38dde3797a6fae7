"""Rows as a table or as JSON, for a terminal: nothing secret, and nothing that would steer the terminal."""

import json
from collections.abc import Iterable

from connect.management.oneup.verb import Row, Told

_HIDDEN = "[hidden]"
_WIDEST = 60  # characters of one column


def lines(told: Told, *, as_json: bool, secrets: Iterable[str]) -> list[str]:
    """What to print: 1up's own JSON or ours, or a table, and the sentence where a person reads."""
    if told.body and (as_json or told.shows_body):
        found = [told.body.decode("utf-8", "replace")]
    elif as_json:
        found = [json.dumps(told.rows or {"done": told.sentence}, ensure_ascii=False, indent=2)]
    else:
        found = [*table(told.rows), *([told.sentence] if told.sentence else [])] or ["Nothing."]
    return [_safe(line, secrets) for line in found]


def table(rows: list[Row]) -> list[str]:
    """Columns as wide as their widest value; what is too long is cut."""
    if not rows:
        return []
    names = list(rows[0])
    cells = [names, *([_cell(row.get(name, "")) for name in names] for row in rows)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(names))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]


def _cell(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _safe(text: str, secrets: Iterable[str]) -> str:
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, _HIDDEN)
    text = text.replace("\r", "\n")
    return "".join(each if each.isprintable() or each in "\n\t" else json.dumps(each)[1:-1] for each in text)
