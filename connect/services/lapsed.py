"""Connections from which nothing new comes until their patient signs in again, for many patients at once."""

from collections import defaultdict
from collections.abc import Iterable

from connect.models import Connection
from ground.viewer import Viewer


def lapsed(viewer: Viewer, sources: Iterable[int]) -> dict[int, list[str]]:
    """The names of such places by patient, among those of `sources` (places as `records` knows them). Inside
    the scope of who looks.
    """
    found: dict[int, list[str]] = defaultdict(list)
    rows = Connection.objects.filter(patient_id__in=viewer.patients, state=Connection.State.LAPSED)
    rows = rows.filter(source_id__in=list(sources))
    for patient_id, name in rows.order_by("pk").values_list("patient_id", "place__name"):
        found[patient_id].append(name)
    return found
