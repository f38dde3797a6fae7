"""What a scope has read, so that no look is forgotten.

The models that hold health data say here whose row was read (`records.models.witnessed`), and `ground.audit`
says here which looks it wrote. When a scope closes, whoever was read without a look gets one: before the
transaction commits, so that nothing leaves the store unseen, whatever a page forgot (decision 0031).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from ground.viewer import Viewer

Forgotten = Callable[[Viewer, int, frozenset[str]], None]


@dataclass(slots=True)
class _Notes:
    """Of one scope: which kinds of whom were read, and of whom a look was written."""

    viewer: Viewer
    seen: dict[int, set[str]] = field(default_factory=dict)
    noted: set[int] = field(default_factory=set)


_notes: ContextVar[_Notes | None] = ContextVar("ground.witness", default=None)
_forgotten: list[Forgotten] = []


def when_forgotten(write: Forgotten) -> None:
    """Have `write` called with the viewer, the patient and the kinds of which no look was written."""
    _forgotten[:] = [write]


def saw(patient_id: int, kind: str) -> None:
    """A row of this patient was read; `kind`: its slug, empty where it has none."""
    notes = _notes.get()
    if notes is not None:
        notes.seen.setdefault(patient_id, set()).add(kind)


def noted(patient_id: int) -> frozenset[str]:
    """A look at this patient is being written: the kinds that were read so far."""
    notes = _notes.get()
    if notes is None:
        return frozenset()
    notes.noted.add(patient_id)
    return frozenset(notes.seen.get(patient_id, ())) - {""}


@contextmanager
def watching(viewer: Viewer) -> Iterator[None]:
    """Around what happens inside one scope. What a scope inside another has read for the same viewer is
    answered for by the outer one. Jobs look for nobody.
    """
    outer, mine = _notes.get(), _Notes(viewer)
    token = _notes.set(mine)
    try:
        yield
        if outer is not None and outer.viewer == viewer:
            _hand_over(mine, outer)
        elif viewer.kind != "job":
            _settle(mine)
    finally:
        _notes.reset(token)


@contextmanager
def counting() -> Iterator[None]:
    """Inside, rows are read by a program to be counted: what comes of it is shown as a number, and no word of
    a record (decision 0040). As the work of jobs it is nobody's look.
    """
    token = _notes.set(_Notes(Viewer("job", ())))
    try:
        yield
    finally:
        _notes.reset(token)


def _hand_over(inner: _Notes, outer: _Notes) -> None:
    outer.noted |= inner.noted
    for patient_id, kinds in inner.seen.items():
        outer.seen.setdefault(patient_id, set()).update(kinds)


def _settle(notes: _Notes) -> None:
    for patient_id in notes.seen.keys() - notes.noted:
        for write in _forgotten:
            write(notes.viewer, patient_id, frozenset(notes.seen[patient_id]) - {""})
