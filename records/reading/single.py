"""One record: the whole row, and the exact bytes it was made from."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ground import audit
from ground.viewer import Viewer
from records import access
from records.fhir import kinds, parsing
from records.fhir.attachments import Attached, attached
from records.fhir.authors import organisation
from records.fhir.flags import range_text
from records.fhir.references import Known
from records.fhir.row import Result, Row
from records.models import Record
from records.reading import visits
from records.reading.alike import OverTime, over_time
from records.reading.beside import OwnWords, beside
from records.reading.finding import find, raw
from records.reading.fresh import upto
from records.reading.lines import Line, lines
from records.reading.together import Together, together_with
from records.reading.unread import NEVER
from records.reading.visits import NOTHING, VISIT, Held

_MOST_NAMES = 100


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
    files: tuple[Attached, ...]
    """What it carries or names beside itself: notes, letters, pictures."""
    over_time: OverTime | None = None
    """How many results of the same test there are to compare it with, None where there is no other."""
    together: Together | None = None
    """The fact it states and what else states it, for the kinds that are grouped."""
    held: Held = NOTHING
    """What belongs to it, where it is a visit."""
    visit: Line | None = None
    """The visit it belongs to, where that is among the records."""
    own: OwnWords = field(default_factory=OwnWords)
    """What the patient says beside it."""

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
    """A record of the viewer's, also one that its source has withdrawn or no longer has. Raises NotThere.

    The number of queries does not grow with what the record refers to.
    """
    record = find(viewer, origin_id, resource_type, fhir_id)
    resource, version = parsing.parse(raw(record)), record.origin.fhir_version
    targets = [result.target for result in kinds.read(resource, version).results if result.target]
    visit = f"{VISIT}/{record.visit}" if record.visit else ""
    named = _named(viewer, record, {visit, *kinds.references(resource, _MOST_NAMES), *targets[:_MOST_NAMES]})
    row = kinds.read(resource, version, {key: line.record.title for key, line in named.items()})
    _looked(viewer, record, "detail")
    results = tuple(shown(result, named.get(result.target)) for result in row.results)
    same = together_with(viewer, record)
    held = _held(viewer, record)
    return Found(
        *(_line(record), row, results, attached(resource), over_time(viewer, record), same),
        held=held,
        visit=named.get(visit),
        own=beside(viewer).of(record),
    )


def named(viewer: Viewer, origin_id: int, resource_type: str, fhir_id: str) -> Line:
    """The line of a record alone, for a page about it. Raises NotThere."""
    record = find(viewer, origin_id, resource_type, fhir_id)
    _looked(viewer, record, "name")
    return _line(record)


def answering(viewer: Viewer, line: Line) -> str:
    """Who answers for a record: the organisation it names as its author, else its place. One more query."""
    resource = parsing.parse(raw(line.record))
    called = _named(viewer, line.record, kinds.references(resource, _MOST_NAMES))
    titles = {key: one.record.title for key, one in called.items()}
    return organisation(resource, Known(resource, titles)) or line.place


def original(viewer: Viewer, origin_id: int, resource_type: str, fhir_id: str) -> Original:
    """The exact bytes that came for a record. Raises NotThere."""
    record = find(viewer, origin_id, resource_type, fhir_id)
    _looked(viewer, record, "original")
    return Original(_line(record), raw(record))


def _held(viewer: Viewer, record: Record) -> Held:
    """What belongs to a visit; of no other record a question is asked."""
    if record.resource_type != VISIT:
        return NOTHING
    names = dict(access.places_of(viewer).values_list("pk", "name"))
    found = visits.held(viewer, [record], names, upto(viewer), visits.MOST)
    return found.get((record.origin_id, record.fhir_id), NOTHING)


def shown(result: Result, line: Line | None) -> Shown:
    """A result of a panel, with what the panel leaves out taken from the record of the measurement itself."""
    if line is None:
        return Shown(result, None)
    measured = Result(
        result.name or line.title,
        result.value or line.record.value,
        result.range or range_text(parsing.parse(raw(line.record))),
        result.flag or line.record.flag,
        target=result.target,
    )
    return Shown(measured, line)


def _line(record: Record) -> Line:
    return Line(record, record.source.name)


def _named(viewer: Viewer, record: Record, keys: Iterable[str]) -> dict[str, Line]:
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
    found = lines(viewer, rows, NEVER, "dictionary", "body")
    return {f"{one.record.resource_type}/{one.record.fhir_id}": one for one in found}


def _looked(viewer: Viewer, record: Record, what: str) -> None:
    key = f"{record.origin_id}/{record.resource_type}/{record.fhir_id}"
    audit.looked(viewer, record.patient_id, what, kind=record.kind, key=key, rows=1)
