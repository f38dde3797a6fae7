"""Words as the narrative of a FHIR resource: a small piece of XHTML, everything escaped (FHIR R4 §2.4)."""

import re
from collections.abc import Iterable, Sequence
from html import escape

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML may hold."""


def paragraphs(lines: Iterable[str], language: str, status: str = "additional") -> dict[str, str]:
    """A Narrative of these lines, a paragraph each. "additional": it says more than the fields."""
    said = "".join(f"<p>{_words(line)}</p>" for line in lines if line.strip())
    return {"status": status, "div": _div(said, language)}


def table(
    lead: Sequence[str], heading: Sequence[str], rows: Iterable[Sequence[str]], language: str
) -> dict[str, str]:
    """A Narrative of some lines and a table; of the lines alone where it has no rows."""
    said = "".join(f"<p>{_words(line)}</p>" for line in lead if line)
    body = "".join(_row(row, "td") for row in rows)
    if body:
        said += f"<table><thead>{_row(heading, 'th')}</thead><tbody>{body}</tbody></table>"
    return {"status": "generated", "div": _div(said, language)}


def _row(cells: Iterable[str], tag: str) -> str:
    return f"<tr>{''.join(f'<{tag}>{_words(cell)}</{tag}>' for cell in cells)}</tr>"


def _words(text: str) -> str:
    return escape(_FORBIDDEN.sub("", text)).replace("\n", "<br/>")


def _div(said: str, language: str) -> str:
    inner = said or "<p>-</p>"
    return f'<div xmlns="http://www.w3.org/1999/xhtml" xml:lang="{language}" lang="{language}">{inner}</div>'
