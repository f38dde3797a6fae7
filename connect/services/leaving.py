"""Stop updates from a place, or delete its records: two wishes, each done here at once (decision 0024).

What is then asked of the gateway is a job (`connect.services.parting`) that ends when it is confirmed. A
patient's places change one at a time (`scope.alone`), so that of two tabs one comes after the other.
"""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from connect.importing import end, history
from connect.models import Connection, Happening, ImportRun, LinkAttempt, Parting
from connect.services.imports import NotConnected
from ground import jobs, scope
from ground.models import Job
from ground.viewer import Viewer
from records import store
from records.services import whole

log = logging.getLogger(__name__)

JOB = "parting"

What, Phase, Ended = Parting.What, Parting.Phase, Parting.Ended
_GONE = {
    "accepted": [],
    "others": 0,
    "said_sealed": None,
    "source_id": None,
    "last_error": "",
    "confirmed_at": None,
    "collected_at": None,
    "collected_since": None,
    "complete_at": None,
    "chart_totals": {},
    "new_records": 0,
}
"""What a connection still says of a place whose records are deleted: nothing."""


def stop(*, viewer: Viewer, connection: Connection) -> Parting:
    """Collect nothing more from this place from now on, and have the gateway forget its key to it.

    Every record stays. Where that is under way already, how it stands. Raises `NotConnected`.
    """
    with scope.open(viewer):
        scope.alone(connection.patient_id)
        under_way = _open(connection)
        if under_way is not None:
            return under_way
        partings = [_parted(each, What.STOP) for each in _of_the_place(connection)]
    log.info("updates stopped", extra={"user": viewer.user_id, "count": len(partings)})
    return partings[0]


def delete(*, viewer: Viewer, connection: Connection) -> Parting:
    """Delete all that came from this place, here and at the gateway, and collect nothing more there.

    Nothing of it is shown from now on; a job takes it away. Who comes back from signing in there meanwhile is
    told to begin again. Raises `NotConnected`.
    """
    with scope.open(viewer):
        scope.alone(connection.patient_id)
        under_way = _open(connection)
        if under_way is not None and under_way.what == What.DELETE:
            return under_way
        source_id, gone = store.begin_erasing(connection.patient_id, connection.place.source_key)
        partings = [_parted(each, What.DELETE) for each in _of_the_place(connection)]
        Parting.objects.of(connection.patient_id).filter(pk=partings[0].pk).update(
            source_id=source_id, removed=gone.as_dict()
        )
    log.info("records deleted", extra={"user": viewer.user_id, "count": len(partings)})
    return partings[0]


def stop_each(connections: Iterable[Connection]) -> None:
    """Inside a scope that is `alone`: as `stop`, for those that are not being ended already."""
    for each in connections:
        if _open(each) is None:
            _parted(each, What.STOP)


def would_delete(connection: Connection) -> store.Count:
    """What `delete` takes away, inside the viewer's scope."""
    return store.would_erase(connection.patient_id, connection.place.source_key)


def parting(patient: Any, public_id: Any) -> Parting | None:
    """One of a patient's own, inside the viewer's scope."""
    mine = Parting.objects.of(patient).select_related("place", "connection")
    found: Parting | None = mine.filter(public_id=public_id).first()
    return found


def latest(connection: Connection) -> Parting | None:
    """How a connection was last ended, where it still is; inside the viewer's scope."""
    if connection.state != Connection.State.ENDED:
        return None
    mine = Parting.objects.of(connection.patient_id).filter(connection=connection)
    found: Parting | None = mine.select_related("place").order_by("-pk").first()
    return found


def may_depart(patient_id: int, place_id: int | None) -> bool:
    """Inside a scope that is `alone`: whether one may leave for this place now (None: for any).

    Not while its records are deleted, at the gateway too, or new ones would go with the old; and not in the
    seconds in which the gateway is asked to forget the key that a new sign-in would give it.
    """
    here = Parting.objects.of(patient_id).filter(ended_at=None)
    if place_id is not None:
        here = here.filter(place_id=place_id)
    if here.filter(what=What.DELETE).exists():
        return False
    asked = Job.objects.filter(kind=JOB, patient_id=patient_id, leased_until__gt=Now())
    return not here.filter(pk__in=asked.values("subject")).exists()


def connected_again(connection: Connection) -> bool:
    """Inside a scope that is `alone`: the patient signed in there anew. What was not confirmed yet of a stop
    is called off; False where its records are being deleted, which is not.
    """
    mine = _open(connection)
    if mine is None:
        return True
    if mine.what == What.DELETE:
        return False
    _close(mine, Ended.CONNECTED)
    return True


def awaited_until(parting: Parting) -> datetime | None:
    """Until when somebody may come back from signing in there; the key they bring is not to be taken."""
    away = LinkAttempt.objects.of(parting.patient_id).filter(
        Q(place_id=parting.place_id) | Q(place=None),
        state=LinkAttempt.State.OPEN,
        expires_at__gt=timezone.now(),
    )
    found: datetime | None = away.order_by("-expires_at").values_list("expires_at", flat=True).first()
    return found


def _of_the_place(connection: Connection) -> list[Connection]:
    """The connection and its siblings in other FHIR versions, which share their records' place; itself first.

    Raises `NotConnected` where it is not there any more.
    """
    mine = Connection.objects.of(connection.patient_id).filter(place_id=connection.place_id)
    found = sorted(mine.select_related("place"), key=lambda each: (each.pk != connection.pk, each.pk))
    if not found or found[0].pk != connection.pk:
        raise NotConnected
    return found


def _parted(connection: Connection, what: Parting.What) -> Parting:
    """End everything that goes on at a connection, and write down what is left to do."""
    run = _going(connection)
    if run is not None:
        end(run, ImportRun.Outcome.STOPPED)
        run.save()
    elif connection.state != Connection.State.ENDED:
        history.act(connection, Happening.What.STOPPED, about=f"at:{timezone.now().isoformat()}")
    before = _open(connection)
    if before is not None:
        _close(before, Ended.JOINED)
    deleting = what == What.DELETE
    made: Parting = Parting.objects.create(
        patient_id=connection.patient_id,
        connection=connection,
        place=connection.place,
        fhir_version=connection.fhir_version,
        what=what,
        phase=Phase.HERE if deleting else Phase.REVOKING,
        upstream=connection.accepted if deleting else [],
    )
    mine = Connection.objects.of(connection.patient_id).filter(pk=connection.pk)
    mine.update(state=Connection.State.ENDED, ended_at=Now(), **(_GONE if deleting else {}))
    if deleting:
        whole.changed(connection.patient_id)
    jobs.put(JOB, subject=made.pk, patient_id=connection.patient_id)
    return made


def _going(connection: Connection) -> ImportRun | None:
    runs = ImportRun.objects.of(connection.patient_id).select_related("connection__place")
    going = runs.select_for_update(of=("self",)).filter(connection=connection, ended_at=None)
    found: ImportRun | None = going.first()
    return found


def _open(connection: Connection) -> Parting | None:
    mine = Parting.objects.of(connection.patient_id).filter(connection=connection, ended_at=None)
    found: Parting | None = mine.select_related("place").first()
    return found


def _close(parting: Parting, ended: Parting.Ended) -> None:
    Parting.objects.of(parting.patient_id).filter(pk=parting.pk, ended_at=None).update(
        phase=Phase.OVER, ended=ended, ended_at=Now(), upstream=[]
    )
