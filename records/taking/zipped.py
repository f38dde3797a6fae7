"""Everything a patient's places sent, as one zip file: byte for byte, and as a small website to read it with.

It is made in steps, each of which says where the next one goes on, so that a stream and a job make the same
file. First the exact records are copied, by their keys, which never change; then the files that came with
them; then the pages are drawn, kind by kind; the contents and the checksums come last.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Literal

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _

from ground import times
from ground.viewer import Viewer
from records import reading
from records.fhir.catalogue import BEHIND, KINDS
from records.models import Record
from records.taking import contents, naming, pages
from records.taking.parcel import Entry, Parcel, Written
from records.taking.summary import summary
from records.taking.tables import results
from records.taking.whose import Whose
from records.taking.words import your_words

ON_A_PAGE = 100
"""Records: half a megabyte of page, which any telephone opens, and a second of work."""
_AT_ONCE = 8.0  # seconds that one step gives the files of one record
_SLUGS = (*(kind.slug for kind in (*KINDS, BEHIND)), naming.WITHDRAWN)

Phase = Literal["copy", "papers", "pages", "table", "summary", "end", "over"]
STEPS: tuple[Phase, ...] = ("copy", "papers", "pages")
"""Those that take long."""


class State(msgspec.Struct, frozen=True):
    """Where the making stands. `made`: when it began; `until`: what came later is left out; `after` and
    `number`: where this phase goes on; `drawn`: the pages of each kind so far, as first and last date and
    how many records.
    """

    made: datetime
    until: int
    total: int
    papers: int
    phase: Phase = "copy"
    after: reading.Bookmark | None = None
    slug: int = 0
    number: int = 1
    done: int = 0
    drawn: dict[str, list[tuple[str, str, int]]] = {}

    def on(self, phase: Phase) -> "State":
        """The same, at the beginning of a phase."""
        return msgspec.structs.replace(self, phase=phase, after=None, number=1, done=0)


def whole(viewer: Viewer, whose: Whose) -> Iterator[bytes]:
    """The bytes of the zip, piece by piece, made while they are fetched and kept nowhere."""
    state, earlier = begin(viewer), list[Entry]()
    size = 0
    while state.phase != "over":
        state, written = step(viewer, whose, state, size, earlier.copy)
        earlier += written.entries
        size += len(written.data)
        yield written.data


def begin(viewer: Viewer) -> State:
    """The state before the first step."""
    found = reading.amounts(viewer)
    return State(timezone.now(), found.until, found.everything, found.papers)


def step(
    viewer: Viewer, whose: Whose, state: State, start: int, earlier: Callable[[], Iterable[Entry]]
) -> tuple[State, Written]:
    """Write some more. `start`: bytes written before; `earlier`: the entries of all that, asked for at the
    end alone.
    """
    with whose.spoken():
        work = _Work(viewer, whose, state, Parcel(state.made, start))
        if state.phase == "end":
            return state.on("over"), work.end(earlier)
        return _DOES[state.phase](work), work.parcel.written()


class _Work:
    """One step at one state."""

    def __init__(self, viewer: Viewer, whose: Whose, state: State, parcel: Parcel) -> None:
        self.viewer, self.state, self.parcel = viewer, state, parcel
        made = times.moment(state.made)
        self.frame = pages.Frame(whose, reading.as_of(contents.places(viewer)), made)

    def copy(self) -> State:
        """Some records, exactly as they came."""
        state = self.state
        batch = reading.some(self.viewer, state.after, until=state.until)
        for kept in batch:
            self.parcel.put(
                naming.fhir(kept.record, kept.place, kept.fhir_version),
                kept.body,
                place=kept.place,
                fhirVersion=kept.fhir_version,
                enteredInError=kept.record.withdrawn,
            )
        if not batch:
            return state.on("papers")
        return msgspec.structs.replace(state, after=batch[-1].mark, done=state.done + len(batch))

    def papers(self) -> State:
        """The files of one record, or some of them where they take long."""
        state = self.state
        batch = reading.with_files(self.viewer, state.after, 1, until=state.until)
        if not batch:
            return state.on("pages")
        number = self._files(batch[0].record, batch[0].place, state.number - 1)
        if number:
            return msgspec.structs.replace(state, number=number + 1)
        return msgspec.structs.replace(state, after=batch[0].mark, number=1, done=state.done + 1)

    def _files(self, record: Record, place: str, begin: int) -> int:
        """Write the files from this number on, and our page of each; the number to go on with, 0 for none."""
        started = time.monotonic()
        files = reading.files_of(self.viewer, record)
        for number, (title, _claimed, _state, data) in enumerate(files):
            if data is None or number < begin:
                continue
            if number > begin and time.monotonic() - started > _AT_ONCE:
                return number
            self._file(record, place, title, data, number)
        return 0

    def _file(self, record: Record, place: str, title: str, data: bytes, number: int) -> None:
        self.parcel.put(pages.sent(record, number, data), data, place=place)
        if page := pages.paper(self.frame, record, place, title, data, number):
            self.parcel.put(naming.paper(record, number), page)

    def pages(self) -> State:
        """One page of one kind, the next that there is anything of."""
        state = self.state
        for at in range(state.slug, len(_SLUGS)):
            state = msgspec.structs.replace(state, slug=at)
            name = _SLUGS[at]
            slug = "" if name == naming.WITHDRAWN else name
            part = reading.part(self.viewer, slug, state.after, ON_A_PAGE, until=state.until)
            if part.found:
                page = pages.kind(self.frame, self.viewer, name, state.number, part, *contents.heading(name))
                self.parcel.put(naming.page(name, state.number), page)
                return _turned(state, name, part)
        return state.on("table")

    def table(self) -> State:
        """Results for a spreadsheet."""
        self.parcel.put(naming.RESULTS, "".join(results(self.viewer)))
        return self.state.on("summary")

    def summary(self) -> State:
        """What another hospital reads first, and what no place sent: the patient's own words."""
        self.parcel.put(naming.SUMMARY, summary(self.viewer, self.frame.whose))
        self.parcel.put(naming.OWN, your_words(self.viewer))
        return self.state.on("end")

    def end(self, earlier: Callable[[], Iterable[Entry]]) -> Written:
        """What holds the rest together: the contents, the table, the list of all with its checksums."""
        parcel, before = self.parcel, list(earlier())
        state = self.state
        page = contents.index(self.frame, self.viewer, state.until, state.total, state.drawn)
        parcel.put(naming.INDEX, page)
        parcel.put(naming.STYLE, pages.style())
        parcel.put(naming.README, _read_me())
        parcel.put(naming.MANIFEST, _manifest(self.state.made, [*before, *parcel.entries]))
        parcel.put(naming.SUMS, "".join(f"{one.sha256}  {one.path}\n" for one in [*before, *parcel.entries]))
        return parcel.finish(before)


_DOES: dict[Phase, Callable[[_Work], State]] = {
    "copy": _Work.copy,
    "papers": _Work.papers,
    "pages": _Work.pages,
    "table": _Work.table,
    "summary": _Work.summary,
}


def _turned(state: State, name: str, part: reading.Part) -> State:
    """The state after a page of this kind."""
    ends = (part.found[0].record.when, part.found[-1].record.when, len(part.found))
    drawn = {**state.drawn, name: [*state.drawn.get(name, []), ends]}
    state = msgspec.structs.replace(state, drawn=drawn, done=state.done + len(part.found), after=part.next)
    if part.next:
        return msgspec.structs.replace(state, number=state.number + 1)
    return msgspec.structs.replace(state, number=1, slug=state.slug + 1)


def _manifest(made: datetime, entries: Iterable[Entry]) -> str:
    listed: list[dict[str, Any]] = [{"path": one.path, "sha256": one.sha256, **one.about} for one in entries]
    told = {
        "made": made.isoformat(timespec="seconds"),
        "check": f"sha256sum --check {naming.SUMS}",
        "files": listed,
    }
    return json.dumps(told, indent=1, ensure_ascii=False)


def _read_me() -> str:
    lines = (
        _("These are your health records, as your places sent them to us."),
        _("Open index.html in any browser: it needs no connection, and nothing in it runs."),
        _("fhir/ holds one file for each record, in the FHIR format that other apps and hospitals read."),
        _("results.csv holds test results and vital signs as a table for any spreadsheet."),
        _("patient-summary.json is an International Patient Summary, which hospital computers read."),
        _("your-words.json holds what you said yourself: on a record, on what looks wrong, to ask."),
        _("files/ holds the documents and pictures that came with your records."),
        _("manifest.json and SHA256SUMS list every file with its checksum (SHA-256)."),
        _("Nobody but you protects this file: keep it where you keep other private papers."),
    )
    return "\n\n".join(lines) + "\n"
