"""What a paper says, before anything is laid out: headings, facts, tables, words, in reading order.

The same document is set as a PDF (`records.typesetting.pdf`) and written as plain text
(`records.typesetting.plain`), so that both say the same. All texts are already in the reader's language.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

Tone = Literal["plain", "quiet", "warn"]

MOST = 20_000
"""Texts on one paper: about 400 pages, 400 MB while it is set. What has more becomes several parts."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; 1 is a chapter and stands in the contents, 2 a record, 3 a part of it."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Fact:
    """One labelled line. The value may have lines of its own; `source` says where from and when, smaller."""

    name: str
    value: str
    source: str = ""

    @property
    def whole(self) -> str:
        """The value and where it is from; on one line where each has one."""
        told = [one for one in (self.value, self.source) if one]
        return ("\n" if any("\n" in one for one in told) else " · ").join(told)


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph, or several with line ends between them."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with the names of its columns; each row has as many cells."""

    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""


Block = Heading | Fact | Words | Table


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code beside the title: its drawing as SVG, and what it is, in words."""

    drawing: str = field(repr=False)
    title: str


@dataclass(frozen=True, slots=True)
class Labels:
    """Our own words that the layout adds, in the reader's language.

    unprintable  stands for letters that no font at hand has · unprintable_note  says so once, at the top
    """

    contents: str
    page: str
    unprintable: str
    unprintable_note: str


@dataclass(frozen=True, slots=True)
class Document:
    """A whole paper.

    title     its name, also in the file's properties
    whose     who it is about, on every page: "Rosa Delgado, born May 14, 1968"
    as_of     from when and where it is, on every page
    language  of the reader, as BCP 47 ("en", "es")
    contents  whether there is a table of contents
    code      a QR code on the first page; in plain text there is none
    """

    title: str
    whose: str
    as_of: tuple[str, ...]
    language: str
    labels: Labels
    blocks: tuple[Block, ...] = field(repr=False)
    contents: bool = False
    code: Code | None = None

    @property
    def weight(self) -> int:
        """How many texts are to be set: what time and memory grow with."""
        return sum(weight(block) for block in self.blocks)


def weight(block: Block) -> int:
    """How many texts a block has; a very long one counts as several."""
    if isinstance(block, Table):
        return sum(len(row) for row in block.rows) + len(block.heading)
    text = block.whole if isinstance(block, Fact) else block.text
    return 1 + len(text) // 400


def parts(blocks: Iterable[Block], most: int = MOST) -> Iterator[tuple[Block, ...]]:
    """The same blocks in portions of no more than `most` texts; a portion begins with a record or a table,
    and with the chapter's name again where a chapter goes on.
    """
    held: list[Block] = []
    total, chapter = 0, None
    for block in _small(blocks, most):
        begins = isinstance(block, Table) or (isinstance(block, Heading) and block.level < 3)
        if held and begins and total + weight(block) > most:
            yield tuple(held)
            held, total = [chapter] if chapter and _goes_on(block) else [], 0
        if isinstance(block, Heading) and block.level == 1:
            chapter = block
        held.append(block)
        total += weight(block)
    if held:
        yield tuple(held)


def _goes_on(block: Block) -> bool:
    return not (isinstance(block, Heading) and block.level == 1)


def _small(blocks: Iterable[Block], most: int) -> Iterator[Block]:
    """Tables cut so that each fits into half a portion."""
    for block in blocks:
        if not isinstance(block, Table):
            yield block
            continue
        rows = max(1, most // (2 * len(block.heading)))
        for start in range(0, max(1, len(block.rows)), rows):
            yield replace(block, rows=block.rows[start : start + rows])
