"""The files of a record: what there is of each, and its bytes."""

from dataclasses import dataclass
from typing import Literal

from django.db.models import QuerySet

from ground import audit
from ground.viewer import Viewer
from records import access, bodies
from records.fhir import attachments, parsing
from records.fhir.attachments import Attached
from records.models import ASKED, Record, Wanted
from records.reading.finding import NotThere, find, raw
from records.reading.lines import Line

State = Literal["here", "waiting", "missing", "refused", "too_large", "failed", "elsewhere", "nothing"]


@dataclass(frozen=True, slots=True)
class Paper:
    """One file of a record, of all of its `files`. `data` is there when `state` is "here"."""

    line: Line
    files: tuple[Attached, ...]
    file: Attached
    state: State
    data: bytes | None


def paper(viewer: Viewer, origin_id: int, resource_type: str, fhir_id: str, number: int) -> Paper:
    """The file of that number, from 0, of a record of the viewer's. Raises NotThere."""
    record = find(viewer, origin_id, resource_type, fhir_id)
    files = attachments.attached(parsing.parse(raw(record)))
    if number >= len(files):
        raise NotThere
    audit.looked(viewer, record.patient_id, "file", kind=record.kind,
                 key=f"{record.origin_id}/{record.resource_type}/{record.fhir_id}", rows=1)  # fmt: skip
    state, data = content(viewer, record, files[number])
    return Paper(Line(record, record.source.name), files, files[number], state, data)


def content(
    viewer: Viewer, record: Record, file: Attached, *, somebody_waits: bool = True
) -> tuple[State, bytes | None]:
    """The bytes of a file of a record, or why there are none; the look is the caller's. One that is still to
    be fetched goes before others where `somebody_waits`.
    """
    if file.data is not None:
        return "here", file.data
    if not file.binary:
        return ("elsewhere" if file.address else "nothing"), None
    if file.names_a_server and record.source.collected_at and not _of(record, file).exists():
        return "elsewhere", None  # a whole pass has found that the server it names is another
    sent = access.files_for(viewer, record).filter(fhir_id=file.binary)
    for dictionary, body in sent.values_list("dictionary", "body"):
        held = attachments.attached(parsing.parse(bodies.unpack(dictionary, bytes(body))))
        data = held[0].data if held else None
        return ("here" if data is not None else "nothing"), data
    return _wanted(record, file, somebody_waits=somebody_waits), None


def is_named(record: Record) -> bool:
    """Whether a Binary is the file of another record, which was seen to name it."""
    if record.resource_type != "Binary":
        return False
    return Wanted.objects.filter(
        patient_id=record.patient_id, origin_id=record.origin_id, fhir_id=record.fhir_id
    ).exists()


def _of(record: Record, file: Attached) -> QuerySet[Wanted]:
    return Wanted.objects.filter(
        patient_id=record.patient_id, origin_id=record.origin_id, fhir_id=file.binary
    )


def _wanted(record: Record, file: Attached, *, somebody_waits: bool) -> State:
    """Why it is not here."""
    noted = _of(record, file)
    if somebody_waits:
        noted.filter(state=Wanted.State.WAITING).update(changed_at=ASKED)
    states: dict[str, State] = {
        Wanted.State.MISSING: "missing",
        Wanted.State.REFUSED: "refused",
        Wanted.State.TOO_LARGE: "too_large",
        Wanted.State.FAILED: "failed",
        Wanted.State.HERE: "failed",  # what came under its name was another
    }
    return states.get(noted.values_list("state", flat=True).first() or "", "waiting")
