"""One record: the whole row, and the exact bytes it was made from."""

from collections.abc import Sequence
from dataclasses import dataclass

from ground import audit
from ground.viewer import Viewer
from records import access, bodies
from records.fhir import kinds, parsing
from records.fhir.row import Result, Row
from records.models import Record
from records.reading.lines import Line, lines

_MOST_NAMES = 100


class NotThere(Exception):
    """Not there, or not for this viewer: nobody is told which."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A result of a panel, and the line of the record it is, where it is one."""

    result: Result
    line: Line | None


@dataclass(frozen=True, slots=True)
class Found:
    """A record with everything its page says. `results` are those of a panel."""

    line: Line
    row: Row
    results: tuple[Shown, ...]

    @property
    def record(self) -> Record:
        """The record itself."""
        return self.line.record


@dataclass(frozen=True, slots=True)
class Original:
    """A record and the bytes its source sent, untouched."""

    line: Line
    raw: bytes


def one(viewer: Viewer, origin_id: int, resource_type: str, fhir_id: str) -> Found:
    """A record of the viewer's, also one that its source has withdrawn. Raises NotThere.

    The number of queries does not grow with what the record refers to.
    """
    record = _record(viewer, origin_id, resource_type, fhir_id)
    resource = parsing.parse(_raw(record))
    named = _named(viewer, record, kinds.references(resource, _MOST_NAMES))
    titles = {key: known.record.title for key, known in named.items() if known.record.title}
    row = kinds.read(resource, record.origin.fhir_version, titles)
    _looked(viewer, record, "detail")
    shown = tuple(Shown(result, named.get(result.target)) for result in row.results)
    return Found(_line(record), row, shown)


def original(viewer: Viewer, origin_id: int, resource_type: str, fhir_id: str) -> Original:
    """The exact bytes that came for a record. Raises NotThere."""
    record = _record(viewer, origin_id, resource_type, fhir_id)
    _looked(viewer, record, "original")
    return Original(_line(record), _raw(record))


def _record(viewer: Viewer, origin_id: int, resource_type: str, fhir_id: str) -> Record:
    rows = access.within_reach_of(viewer).filter(
        origin_id=origin_id, resource_type=resource_type, fhir_id=fhir_id
    )
    record = rows.select_related("origin", "source").defer("search").first()
    if record is None:
        raise NotThere
    return record


def _line(record: Record) -> Line:
    return Line(record, record.source.name, is_new=False)


def _raw(record: Record) -> bytes:
    return bodies.unpack(record.dictionary, bytes(record.body))


def _named(viewer: Viewer, record: Record, keys: Sequence[str]) -> dict[str, Line]:
    """The records of the same patient and origin that these keys ("Medication/123") name; two queries."""
    pairs = [tuple(key.split("/", 1)) for key in keys if "/" in key]
    if not pairs:
        return {}
    rows = access.visible_to(viewer).filter(
        patient_id=record.patient_id,
        origin_id=record.origin_id,
        resource_type__in={name for name, _ in pairs},
        fhir_id__in={key for _, key in pairs},
    )
    return {f"{one.record.resource_type}/{one.record.fhir_id}": one for one in lines(viewer, rows, None)}


def _looked(viewer: Viewer, record: Record, what: str) -> None:
    key = f"{record.origin_id}/{record.resource_type}/{record.fhir_id}"
    audit.looked(viewer, record.patient_id, what, kind=record.kind, key=key, rows=1)
