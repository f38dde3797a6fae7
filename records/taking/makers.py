"""What a job can make: by its word, one function each that makes some of the file and says where to go on."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ground.viewer import Viewer
from records.taking import parcel, zipped
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
        lambda: (entry for noted in asked.noted() for entry in parcel.unpack(noted)),
    )
    return Made(
        written.data,
        parcel.pack(written.entries),
        msgspec.to_builtins(after),
        step=_step(after.phase),
        done=after.done,
        total=after.papers if after.phase == "papers" else after.total,
        over=after.phase == "over",
    )


def _step(phase: zipped.Phase) -> int:
    return zipped.STEPS.index(phase) + 1 if phase in zipped.STEPS else len(zipped.STEPS)


MAKERS: dict[str, Maker] = {"zip": Maker(_zip, "zip", "application/zip", steps=len(zipped.STEPS))}
