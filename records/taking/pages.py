"""The pages of the small website in a take-out zip, out of templates of ours: no script, no network."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from ground.viewer import Viewer
from records import papers, reading
from records.models import Record
from records.papers import Kind
from records.reading import Found, absent, filed
from records.taking import naming
from records.taking.whose import Whose

_SHEETS = ("tokens", "base", "layout", "components", "print", "taken")
_READABLE: tuple[Kind, ...] = ("html", "cda", "rtf", "text")
_PICTURES: tuple[Kind, ...] = ("png", "jpeg")
_COLUMNS = re.compile(r"\S {3,}\S")
"""Text that was set in columns with spaces, and is read so."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands on every page: whose it is, as of when and from where."""

    whose: Whose
    as_of: list[dict[str, str]]
    made: str

    def page(self, name: str, up: str, **more: Any) -> str:
        """The page that a template of ours draws. `up`: from its folder to the top one."""
        context = {"whose": self.whose, "as_of": self.as_of, "made": self.made, "up": up, **more}
        return render_to_string(f"taking/{name}.html", context)


def style() -> str:
    """The one style sheet: that of the site, and what only these pages need."""
    return "\n".join(map(_sheet, _SHEETS))


def _sheet(name: str) -> str:
    return Path(str(finders.find(f"css/{name}.css"))).read_text(encoding="utf-8")


def kind(
    frame: Frame, viewer: Viewer, name: str, number: int, part: reading.Part, heading: str, lead: str
) -> str:
    """One page of a kind: each of its records, to be unfolded."""
    return frame.page(
        "kind",
        "../",
        heading=heading,
        lead=lead,
        number=number,
        previous=naming.page(name, number - 1).removeprefix("pages/") if number > 1 else "",
        next=naming.page(name, number + 1).removeprefix("pages/") if part.next else "",
        years=list(_years(viewer, part.found)),
        count=len(part.found),
    )


def _years(viewer: Viewer, found: Sequence[Found]) -> Iterator[dict[str, Any]]:
    """Records by the year they are listed under; what has no date stands last."""
    for year, some in groupby(found, key=lambda one: one.record.when[:4]):
        yield {"heading": year or _("Without a date"), "records": [_record(viewer, one) for one in some]}


def _record(viewer: Viewer, found: Found) -> dict[str, Any]:
    record, line = found.record, found.line
    files = list(_files(viewer, record)) if found.files else []
    return {
        "line": line,
        "told": reading.told(found),
        "files": files,
        "fhir": f"../{naming.fhir(record, line.place, record.origin.fhir_version)}",
        "withdrawn": record.withdrawn,
    }


def _files(viewer: Viewer, record: Record) -> Iterator[dict[str, str]]:
    """What a record's page says of each of its files: where it is in the zip, or why it is not."""
    for number, (title, claimed, state, data) in enumerate(reading.files_of(viewer, record)):
        told = {"title": title, "what": claimed, "why": "", "read": "", "picture": "", "file": ""}
        if data is None:
            why = absent.why(state, record.source.name)
            yield {**told, "why": f"{why['text']} {why['next']}".strip()}
            continue
        kind = papers.sniff(data)
        told["what"] = filed.what(kind)
        told["file"] = f"../{naming.file(record, number, kind)}"
        told["read"] = f"../{naming.paper(record, number)}" if kind in _READABLE else ""
        told["picture"] = told["file"] if kind in _PICTURES else ""
        yield told


def sent(record: Record, number: int, data: bytes) -> str:
    """Where a file stands as it was sent."""
    return naming.file(record, number, papers.sniff(data))


def paper(frame: Frame, record: Record, place: str, title: str, data: bytes, number: int) -> str:
    """Our page of what a file holds: text and tables alone. Empty where it needs no page."""
    kind = papers.sniff(data)
    if kind not in _READABLE:
        return ""
    held = _content(data)
    return frame.page(
        "paper",
        "../",
        title=title,
        quiet=" · ".join(filter(None, (filed.what(kind), place))),
        **held,
        columns=_COLUMNS.search(held["text"]) is not None,
        why=absent.why(held["state"], place)["text"] if held["state"] else "",
        file=f"../{naming.file(record, number, kind)}",
        back=f"../{naming.page(record.kind, 1)}",
    )


def _content(data: bytes) -> dict[str, Any]:
    """What is harmless of a file: markup, parts, text; and the state that says why there is nothing."""
    try:
        shown = papers.show(data)
    except papers.CannotShow:
        return {"words": "", "sections": [], "subtitle": "", "text": "", "state": "closed"}
    return {
        "words": reading.narrative(shown.html) if shown.html else "",
        "sections": reading.sections(shown),
        "subtitle": shown.text if shown.sections else "",
        "text": "" if shown.sections else shown.text,
        "state": "" if shown.html or shown.sections or shown.text else "blank",
    }
