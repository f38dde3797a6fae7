"""A document as plain text: what a screen reader, an old computer or a fax machine can take.

UTF-8, 78 columns, tables as one paragraph for each row, because columns made of spaces are read aloud as a
jumble and break where letters have other widths.
"""

import textwrap
from collections.abc import Iterable, Iterator

from records.typesetting.document import Block, Document, Fact, Heading, Table, Words

_WIDE = 78


def text(document: Document) -> Iterator[str]:
    """The document line by line, each with its line end."""
    yield from _lined(document.title, "=")
    for line in (document.whose, *document.as_of):
        yield from _wrapped(line)
    yield from _contents(document)
    yield from lines(document.blocks)


def lines(blocks: Iterable[Block]) -> Iterator[str]:
    """What stands under the title, for a document that is too long to be held at once."""
    for block in blocks:
        yield from _block(block)


def _contents(document: Document) -> Iterator[str]:
    chapters = [one.text for one in document.blocks if isinstance(one, Heading) and one.level == 1]
    if not document.contents or not chapters:
        return
    yield "\n"
    yield f"{document.labels.contents}:\n"
    for number, chapter in enumerate(dict.fromkeys(chapters), start=1):
        yield from _wrapped(f"{number}. {chapter}", indent="  ")


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(words, level):
            yield "\n"
            yield from (
                _lined(words, "=") if level == 1 else _lined(words, "-") if level == 2 else [f"{words}:\n"]
            )
        case Fact(name):
            yield from _fact(name, block.whole)
        case Words(words):
            yield "\n"
            for line in words.splitlines():
                yield from _wrapped(line)
        case Table():
            yield from _table(block)


def _fact(name: str, value: str) -> Iterator[str]:
    """ "Name: value"; further lines of the value stand under it, a step in."""
    first, *more = value.splitlines() or [""]
    yield from _wrapped(f"{name}: {first}", later="    ")
    for line in more:
        yield from _wrapped(line, indent="    ")


def _table(table: Table) -> Iterator[str]:
    if table.caption:
        yield "\n"
        yield from _wrapped(table.caption)
    for row in table.rows:
        yield "\n"
        for name, cell in zip(table.heading, row, strict=True):
            if cell:
                yield from _fact(name, cell)


def _lined(words: str, under: str) -> Iterator[str]:
    lines = textwrap.wrap(words, _WIDE) or [""]
    yield from (f"{line}\n" for line in lines)
    yield f"{under * max(len(line) for line in lines)}\n"


def _wrapped(line: str, indent: str = "", later: str = "") -> Iterator[str]:
    """A line broken between words; words longer than a line stay whole, an address must not be cut."""
    wrapped = textwrap.wrap(
        line,
        _WIDE,
        initial_indent=indent,
        subsequent_indent=later or indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    yield from (f"{one}\n" for one in wrapped or [""])
