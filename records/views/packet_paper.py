"""The visit packet as a paper: the same parts as on its page, with tables where the page has charts."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from records.models import Source
from records.taking import sheets
from records.taking.whose import Whose
from records.typesetting import Block, Document, Heading, Table, Words
from records.views.packet_parts import Group, Section


def document(
    title: str, whose: Whose, places: Iterable[Source], about: str, sections: Iterable[Section]
) -> Document:
    """The paper. Words only: it is set and written elsewhere."""
    blocks = [block for one in sections for block in _section(one)]
    return sheets.document(title, whose, places, [Words(about, "quiet"), *blocks])


def _section(section: Section) -> Iterator[Block]:
    yield Heading(section.title, 1)
    yield from (Words(text) for text in section.words if text)
    if section.warn:
        yield Words(section.warn, "warn")
    for group in section.groups:
        yield from _group(group)
    for trend in section.trends:
        yield from _trend(trend)
    yield from (Words(f"• {point}") for point in section.points)


def _group(group: Group) -> Iterator[Block]:
    if group.heading:
        yield Heading(group.heading)
    for row in group.rows:
        yield Words("\n".join(filter(None, _row(row))))
    if group.more:
        yield Words(group.more, "quiet")


def _row(row: dict[str, Any]) -> Iterator[str]:
    """A line of a list: what it is, what was measured, from where, and what is said of it."""
    line = row["line"]
    yield " · ".join(filter(None, (line.title, line.value, line.state, line.source, line.note)))
    yield from (f"   {text}" for text in line.differs)
    yield from (f"   {part.text}" for part in line.parts)
    yield f"   {line.rest}" if line.rest else ""
    yield f"   {line.said}" if line.said else ""
    yield from (f"   {text}" for text in row["lines"])


def _trend(trend: dict[str, Any]) -> Iterator[Block]:
    yield Heading(trend["name"])
    yield Words(trend["sentence"])
    heading = (_("Date"), _("Result"), _("Reference range"), _("Place"))
    yield Table(heading, tuple(_result(one) for one in trend["rows"]))
    yield from (Words(text, "quiet") for text in trend["left_out"])


def _result(one: dict[str, str]) -> tuple[str, ...]:
    value = f"{one['value']} ({one['flag']})" if one["flag"] else one["value"]
    return one["date"], "\n".join(filter(None, (value, one["status"]))), one["range"], one["place"]
