"""What a record was before: every state that was kept, and what differs from one to the next."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from ground import audit
from ground.viewer import Viewer
from records import access
from records.fhir.differing import Change
from records.fhir.row import Row
from records.models import Record, Version
from records.reading.finding import NotThere, find
from records.reading.lines import Line
from records.reading.states import changes, named, state

PAGE = 10


@dataclass(frozen=True, slots=True)
class Past:
    """One state of a record: when it came, and what differs from the state before it.

    `until` is its number in the address, None for the state that holds now · `is_first`: none came before it
    """

    came: datetime
    until: int | None
    changes: tuple[Change, ...] = ()
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """A page of the states of a record, newest first, of `total`."""

    line: Line
    states: tuple[Past, ...]
    page: int
    total: int


@dataclass(frozen=True, slots=True)
class Earlier:
    """A record as it was from `came` until `ended`."""

    line: Line
    row: Row
    came: datetime
    ended: datetime


def history(viewer: Viewer, origin_id: int, resource_type: str, fhir_id: str, page: int = 1) -> History:
    """The states of a record of the viewer's; a page beyond the last is the last. Raises NotThere."""
    record = find(viewer, origin_id, resource_type, fhir_id)
    total = _versions(viewer, record).count() + 1
    page = max(1, min(page, -(-total // PAGE)))
    states = _states(viewer, record, (page - 1) * PAGE, PAGE)
    _looked(viewer, record, "history", len(states))
    return History(Line(record, record.source.name), states, page, total)


def last_change(viewer: Viewer, record: Record) -> Past | None:
    """What differs between a record and its last state before; None where no other was kept.

    For the page of a record that was read already, which wrote the look.
    """
    if record.changed == record.arrived:
        return None
    now = _states(viewer, record, 0, 1)[0]
    return None if now.is_first else now


def earlier(viewer: Viewer, origin_id: int, resource_type: str, fhir_id: str, until: int) -> Earlier:
    """One state that was kept, read as a page reads it. Raises NotThere."""
    record = find(viewer, origin_id, resource_type, fhir_id)
    kept = _versions(viewer, record).filter(until__gte=until).order_by("until")[:2]
    found = list(kept)
    if not found or found[0].until != until:
        raise NotThere
    then = state(found[0], record.origin.fhir_version)
    _looked(viewer, record, "version", 1)
    ended = found[1].kept_at if len(found) > 1 else record.kept_at
    row = then.read(named(viewer, [then]))
    return Earlier(Line(record, record.source.name), row, found[0].kept_at, ended)


def _versions(viewer: Viewer, record: Record) -> QuerySet[Version]:
    return access.versions_for(viewer).filter(
        patient_id=record.patient_id,
        origin_id=record.origin_id,
        resource_type=record.resource_type,
        fhir_id=record.fhir_id,
    )


def _states(viewer: Viewer, record: Record, skip: int, most: int) -> tuple[Past, ...]:
    """Some of the states, newest first; each with the one before it, which the next page begins with."""
    versions = _versions(viewer, record).order_by("-until")[max(0, skip - 1) : skip + most]
    kept: list[Record | Version] = [*([record] if skip == 0 else []), *versions]
    read = [state(one, record.origin.fhir_version) for one in kept]
    names = named(viewer, read)
    return tuple(
        Past(
            one.kept_at,
            one.until if isinstance(one, Version) else None,
            changes(read[at + 1], read[at], names) if at + 1 < len(read) else (),
            is_first=at + 1 == len(read),
        )
        for at, one in enumerate(kept[:most])
    )


def _looked(viewer: Viewer, record: Record, what: str, rows: int) -> None:
    key = f"{record.origin_id}/{record.resource_type}/{record.fhir_id}"
    audit.looked(viewer, record.patient_id, what, kind=record.kind, key=key, rows=rows)
