"""One test over time: every result of it that the viewer may see, and those of them that can be compared."""

from collections.abc import Mapping
from dataclasses import dataclass

from ground import audit
from ground.viewer import Viewer
from records import access
from records.fhir import parsing
from records.fhir.measured import Measured, measured
from records.fhir.series import Entry, Series, series
from records.models import Record, Source
from records.reading.alike import alike, is_alike
from records.reading.finding import NotThere, find, raw
from records.reading.lines import Line, named_lines
from records.reading.unread import NEVER

MOST = 400
"""The newest so many are read: more points than that are a stain, and more rows than that no table."""
_ORDER = ("-clinical_at", "resource_type", "fhir_id", "origin_id")


@dataclass(frozen=True, slots=True)
class Taken:
    """A result: its line, and what was measured."""

    line: Line
    measured: Measured


@dataclass(frozen=True, slots=True)
class Trend:
    """The results newest first; `series` names them by their place in there.

    places    where they came from
    asked     the result whose page led here, whose unit the others are turned into
    has_more  there are older ones that were not read
    """

    asked: Line
    taken: tuple[Taken, ...]
    series: Series
    places: tuple[Source, ...]
    has_more: bool = False


def trend(viewer: Viewer, origin_id: int, resource_type: str, fhir_id: str) -> Trend:
    """The test that a record of the viewer's is a result of, over time. Raises NotThere, also for what is no
    measurement and for what its source has withdrawn. The number of queries is always the same.
    """
    record = find(viewer, origin_id, resource_type, fhir_id)
    if record.resource_type != "Observation" or record.withdrawn or record.removed_at:
        raise NotThere
    places = {one.pk: one for one in access.places_of(viewer)}
    found = trend_of(viewer, record, places)
    if found is None:
        raise NotThere
    audit.looked(
        viewer, record.patient_id, "trend", kind=record.kind, key=_key(record), rows=len(found.taken)
    )
    return found


def trend_of(viewer: Viewer, record: Record, places: Mapping[int, Source]) -> Trend | None:
    """The test that a measurement is a result of, over time; None where it has neither a code nor a name, so
    that there is nothing to call alike. One query, and no look: whoever asks for several writes one.
    """
    names = {pk: one.name for pk, one in places.items()}
    rows = alike(viewer, record).order_by(*_ORDER)[: MOST + 1]
    found = [
        one
        for one in named_lines(rows, names, NEVER, "dictionary", "body")
        if is_alike(record, one.record.title)
    ]
    if not found:
        return None
    taken = tuple(Taken(one, measured(parsing.parse(raw(one.record)))) for one in found[:MOST])
    asked = Line(record, names.get(record.source_id, ""))
    sent = tuple(places[pk] for pk in dict.fromkeys(one.line.record.source_id for one in taken))
    return Trend(asked, taken, _series(taken, record), sent, has_more=len(found) > MOST)


def _key(record: Record) -> str:
    return f"{record.origin_id}/{record.resource_type}/{record.fhir_id}"


def _series(taken: tuple[Taken, ...], record: Record) -> Series:
    keys = [_key(one.line.record) for one in taken]
    asked = keys.index(_key(record)) if _key(record) in keys else 0
    return series([Entry(one.line.record.when, one.measured) for one in taken], asked)
