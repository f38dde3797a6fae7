"""The whole record as papers: every kind a chapter, newest first, in as many parts as its size makes needed.

A step reads some hundreds of records, each batch in a scope of its own, and sets them outside any: so a
request can make a small record at once, and a job a large one step by step.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from ground import scope
from ground.viewer import Viewer
from records import reading, typesetting
from records.fhir.kinds import KINDS, Kind
from records.models import Source
from records.taking import sheets
from records.taking.whose import Whose
from records.typesetting import Block, Document, Heading, Table, Words, weight

AT_ONCE = 1_500
"""Records that are set while somebody waits for the answer: some six seconds."""
_BATCH = 250


@dataclass(frozen=True, slots=True)
class Mark:
    """Where the walk stands: the number of the kind, how many of its records were read, how many papers were
    made. A job keeps it as a list of three numbers.
    """

    kind: int = 0
    skip: int = 0
    papers: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """Some papers, each with its number from 1, and where to go on; None at the end."""

    papers: tuple[tuple[int, bytes], ...] = field(repr=False)
    next: Mark | None


def is_small(viewer: Viewer) -> bool:
    """Whether it can be set while somebody waits."""
    with scope.open(viewer):
        return sum(one.count for one in reading.menu(viewer)) <= AT_ONCE


def papers(viewer: Viewer, whose: Whose) -> Iterator[tuple[int, bytes]]:
    """All papers as PDF, one after the other. Raises CannotSet."""
    mark: Mark | None = Mark()
    while mark is not None:
        made = step(viewer, whose, mark)
        yield from made.papers
        mark = made.next


def step(viewer: Viewer, whose: Whose, mark: Mark) -> Step:
    """The next papers from `mark` on: some seconds. The last one alone may hold few records."""
    start, places = _beginning(viewer, mark)
    blocks, after = _portion(viewer, mark)
    alone = after is None and not mark.papers
    parts = list(typesetting.parts([*start, *blocks]))
    made = tuple(
        (number, typesetting.pdf(_paper(whose, places, part, 0 if alone and len(parts) == 1 else number)))
        for number, part in enumerate(parts, start=mark.papers + 1)
    )
    return Step(made, Mark(*after, mark.papers + len(made)) if after else None)


def text(viewer: Viewer, whose: Whose) -> Iterator[str]:
    """Everything as one plain text, while it is read."""
    start, places = _beginning(viewer, Mark())
    yield from typesetting.text(sheets.document(_title(0), whose, places, start))
    at: tuple[int, int] | None = (0, 0)
    while at is not None:
        blocks, at = _portion(viewer, Mark(*at))
        yield from typesetting.lines(blocks)


def _paper(whose: Whose, places: tuple[Source, ...], part: tuple[Block, ...], number: int) -> Document:
    return sheets.document(_title(number), whose, places, part, contents=True)


def _title(number: int) -> str:
    return _("All my records, part %(number)d") % {"number": number} if number else _("All my records")


def _beginning(viewer: Viewer, mark: Mark) -> tuple[list[Block], tuple[Source, ...]]:
    """What stands before the first chapter: how many there are of each kind, and what is not on paper."""
    with scope.open(viewer):
        places = reading.places(viewer)
        if mark != Mark():
            return [], places
        rows = tuple((one.heading, str(one.count)) for one in reading.menu(viewer) if one.count)
    about = _(
        "What your places sent us, in the words of your pages. Codes, files and what was entered in error are"
        " not on this paper; the zip with everything has them. A kind that is not listed here was not sent:"
        " that does not mean there is nothing."
    )
    heading = Heading(_("What is in here"), 1)
    return [heading, Words(about), Table((_("Kind"), _("Records")), rows)], places


def _portion(viewer: Viewer, mark: Mark) -> tuple[list[Block], tuple[int, int] | None]:
    """Blocks for about one paper, and where to go on: the number of a kind and how many of it were read."""
    blocks: list[Block] = []
    at, skip, held = mark.kind, mark.skip, 0
    while at < len(KINDS) and held < typesetting.MOST // 2:
        more, count = _batch(viewer, KINDS[at], skip, is_first=not (blocks and skip))
        held += sum(weight(block) for block in more)
        _append(blocks, more)
        at, skip = (at, skip + count) if count == _BATCH else (at + 1, 0)
    return blocks, (at, skip) if at < len(KINDS) else None


def _batch(viewer: Viewer, kind: Kind, skip: int, *, is_first: bool) -> tuple[list[Block], int]:
    """Some records of a kind, under its heading where they are the first on their paper; and how many."""
    with scope.open(viewer):
        some = reading.several(viewer, kind.slug, skip=skip, most=_BATCH).found
        make = sheets.chapter if is_first else sheets.entries
        return list(make(kind, some)) if some else [], len(some)


def _append(blocks: list[Block], more: list[Block]) -> None:
    """A table that goes on stays one table."""
    last, first = blocks[-1] if blocks else None, more[0] if more else None
    if isinstance(last, Table) and isinstance(first, Table) and last.heading == first.heading:
        blocks[-1] = replace(last, rows=last.rows + first.rows)
        more = more[1:]
    blocks.extend(more)
