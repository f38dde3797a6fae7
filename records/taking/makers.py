"""What a job can make: by its word, one function each that makes some of the file and says where to go on."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from django.utils import timezone

from ground import scope
from ground.viewer import Viewer
from records import reading
from records.taking import booklet, parcel, zipped
from records.taking.whose import Whose


@dataclass(frozen=True, slots=True)
class Asked:
    """One slice of work: for whom, where to go on (empty at the beginning), how many bytes were made before,
    and what the slices before noted, in order.
    """

    viewer: Viewer
    whose: Whose
    cursor: dict[str, Any] = field(repr=False)
    start: int
    noted: Callable[[], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Made:
    """Some of the file, what to note of it, and where to go on. `step`: from 1; `done` of `total` records."""

    data: bytes = field(repr=False)
    noted: bytes = field(repr=False)
    cursor: dict[str, Any] = field(repr=False)
    step: int = 1
    done: int = 0
    total: int = 0
    over: bool = False


@dataclass(frozen=True, slots=True)
class Maker:
    """One kind of file. `make` takes at most some ten seconds and may be called twice for the same slice."""

    make: Callable[[Asked], Made]
    ending: str
    content_type: str
    steps: int = 1


def _zip(asked: Asked) -> Made:
    state = (
        msgspec.convert(asked.cursor, zipped.State, strict=False)
        if asked.cursor
        else zipped.begin(asked.viewer)
    )
    after, written = zipped.step(
        asked.viewer,
        asked.whose,
        state,
        asked.start,
        lambda: _earlier(asked),
    )
    return Made(
        written.data,
        parcel.pack(written.entries),
        msgspec.to_builtins(after),
        step=_step(after.phase),
        done=after.done if after.phase in zipped.STEPS else after.total,
        total=after.papers if after.phase == "papers" else after.total,
        over=after.phase == "over",
    )


def _pdf(asked: Asked) -> Made:
    """The whole record as papers, in a zip of their own: a step makes one or two."""
    kept = asked.cursor
    made = datetime.fromisoformat(kept["made"]) if kept else timezone.now()
    mark = booklet.Mark(*kept["mark"]) if kept else booklet.Mark()
    with asked.whose.spoken():
        step = booklet.step(asked.viewer, asked.whose, mark)
    zipped_up = parcel.Parcel(made, asked.start)
    for number, paper in step.papers:
        zipped_up.put(f"records-{number}.pdf", paper)
    last = step.next is None
    written = zipped_up.finish(_earlier(asked)) if last else zipped_up.written()
    after = step.next or mark
    counts = _counts(asked)
    return Made(
        written.data,
        parcel.pack(written.entries),
        {"made": made.isoformat(), "mark": [after.kind, after.skip, after.papers]},
        done=sum(counts) if last else sum(counts[: after.kind]) + after.skip,
        total=sum(counts),
        over=last,
    )


def _counts(asked: Asked) -> list[int]:
    with scope.open(asked.viewer):
        return [one.count for one in reading.menu(asked.viewer)]


def _earlier(asked: Asked) -> Iterator[parcel.Entry]:
    return (entry for noted in asked.noted() for entry in parcel.unpack(noted))


def _step(phase: zipped.Phase) -> int:
    return zipped.STEPS.index(phase) + 1 if phase in zipped.STEPS else len(zipped.STEPS)


MAKERS: dict[str, Maker] = {
    "zip": Maker(_zip, "zip", "application/zip", steps=len(zipped.STEPS)),
    "pdf": Maker(_pdf, "zip", "application/zip"),
}
