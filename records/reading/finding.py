"""One row, where the viewer may reach it, and its exact bytes."""

from ground.viewer import Viewer
from records import access, bodies
from records.models import Record


class NotThere(Exception):
    """Not there, or not for this viewer: nobody is told which."""


def find(viewer: Viewer, origin_id: int, resource_type: str, fhir_id: str) -> Record:
    """The row itself, where the viewer may reach it, also one that its place no longer has; no look is
    written. Raises NotThere.
    """
    rows = access.ever_sent_to(viewer).filter(
        origin_id=origin_id, resource_type=resource_type, fhir_id=fhir_id
    )
    record = rows.select_related("origin", "source").defer("search").first()
    if record is None:
        raise NotThere
    return record


def raw(record: Record) -> bytes:
    """The exact bytes that came."""
    return bodies.unpack(record.dictionary, bytes(record.body))
