"""Everything there is, exactly as it came, in batches: for taking one's records away."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ground import audit, scope
from ground.viewer import Viewer
from records import access
from records.models import Record
from records.reading.finding import raw

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Kept:
    """A record with its exact bytes, and where they came from."""

    place: str
    place_id: int
    fhir_version: str
    record: Record = field(repr=False)
    body: bytes = field(repr=False)


def everything(viewer: Viewer, *kinds: str) -> Iterator[Kept]:
    """All records in reach, of these kinds (slugs) where any are named; those entered in error are among them
    and marked. By origin, type and id.

    Opens its own scope for each batch, so that no transaction is open while somebody's browser is slow. The
    look is written with the first.
    """
    after: tuple[object, ...] | None = None
    while batch := _batch(viewer, kinds, after):
        yield from batch
        after = batch[-1].record.pk


def _batch(viewer: Viewer, kinds: tuple[str, ...], after: tuple[object, ...] | None) -> list[Kept]:
    with scope.open(viewer):
        rows = access.within_reach_of(viewer)
        rows = rows.filter(kind__in=kinds) if kinds else rows
        if after is None:
            for patient_id in viewer.patients:
                audit.looked(viewer, patient_id, "export", kind=",".join(kinds)[:40], rows=rows.count())
        else:
            rows = rows.filter(pk__gt=after)
        found = rows.select_related("origin", "source").defer("search").order_by("pk")[:_BATCH]
        return [Kept(row.source.name, row.source_id, row.origin.fhir_version, row, raw(row)) for row in found]
