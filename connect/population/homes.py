"""Who of a clinic's patients agrees to this right now, and where their records go.

A patient counts who shares with the clinic at this moment and has a connection whose gate has let their
upstream Patient in before (decision 0012); an export opens no gate.
"""

from typing import NamedTuple

from connect.models import Connection, PopulationRun
from ground import scope
from ground.viewer import Viewer
from records import access

_OVER = (Connection.State.ENDED, Connection.State.REFUSED)


class Home(NamedTuple):
    """Where the lines of one upstream Patient go."""

    patient_id: int
    connection_id: int
    source_id: int
    upstream: str


class Homes(NamedTuple):
    """All of them, by upstream Patient, and the viewer in whose scope they are reached."""

    viewer: Viewer
    by_upstream: dict[str, Home]

    @property
    def by_connection(self) -> dict[int, Home]:
        """The same by connection; of several Patients of one, the first."""
        return {home.connection_id: home for home in reversed(self.by_upstream.values())}


def of(run: PopulationRun) -> Homes:
    """Asked anew by each slice. Whoever stopped sharing a moment ago is not among them."""
    clinic = Viewer(kind="staff", patients=(), clinic_id=run.clinic_id)
    with scope.open(clinic):
        agreed = access.patients_of(clinic)
    viewer = Viewer(kind="job", patients=agreed)
    rows = Connection.objects.filter(patient_id__in=agreed, place__gateway=run.gateway, fhir_version="r4")
    rows = rows.filter(source_id__isnull=False).exclude(state__in=_OVER).order_by("pk")
    found: dict[str, Home] = {}
    with scope.open(viewer):
        for pk, patient, source, accepted in rows.values_list("pk", "patient_id", "source_id", "accepted"):
            for upstream in accepted:
                found.setdefault(upstream, Home(patient, pk, source, upstream))
    return Homes(viewer, found)
