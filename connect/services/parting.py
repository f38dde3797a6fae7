"""The job that finishes a parting: delete here in batches, have the gateway forget its key, delete there.

Each slice keeps what it did before the next begins. The gateway is asked until it confirms: trouble
postpones, nothing ends the asking but a confirmation or the patient, who may connect the place again.
"""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db.models.functions import Now
from django.utils import timezone

from connect import gateways, tokens
from connect.gateway import CannotIngest, GatewayError, NotFound, SignInAgain
from connect.models import Account, Connection, Happening, ImportRun, LinkAttempt, Mirrored, Parting
from connect.services import leaving
from connect.services.asking_again import wait_after
from ground import jobs, scope
from ground.jobs import Done, Later, More, Outcome
from ground.models import Job
from ground.viewer import job_viewer
from records import store

log = logging.getLogger(__name__)

What, Phase, Ended = Parting.What, Parting.Phase, Parting.Ended

_AFTER_CRASHES = timedelta(hours=1)
_OTHERS_WAIT = 5.0  # seconds
_OTHERS_FIRST = timedelta(minutes=15)
"""How long what a clinic was let see is taken back before it is deleted; what is gone is seen by nobody."""
_NOTHING_LEFT = ("no_sign_in", "not_connected")


def one_slice(job: Job) -> Outcome:
    """One batch here or one call to the gateway. May run twice."""
    patient_id = int(job.patient_id or 0)
    with scope.open(job_viewer(patient_id)):
        parting = _load(patient_id, job.subject)
    if parting is None or parting.is_over:
        return Done()
    try:
        return _STEPS[parting.phase](job, parting)
    except gateways.Busy as busy:
        return Later(busy.retry_after or 1.0, note="budget")
    except GatewayError as trouble:
        return _postponed(job, parting, trouble)


def give_up(job: Job) -> None:
    """It crashed too often: operators see that job, and another one begins anew in an hour. Never none."""
    log.error("parting crashed", extra={"job": job.pk})
    jobs.put(leaving.JOB, subject=job.subject, patient_id=job.patient_id, due=timezone.now() + _AFTER_CRASHES)


def _here(job: Job, parting: Parting) -> Outcome:
    """Delete one batch of what is here, and count it."""
    with scope.open(job_viewer(parting.patient_id)):
        jobs.renew(job)
        parting = _locked(parting)
        gone = store.erase(parting.patient_id, parting.source_id) if parting.source_id else None
        if gone is not None:
            parting.removed = (store.Count(**parting.removed) + gone).as_dict()
            parting.save(update_fields=["removed"])
            return More()
        for told in (Happening, ImportRun):
            told.objects.of(parting.patient_id).filter(connection_id=parting.connection_id).delete()
        parting.phase, parting.removed_at, parting.source_id = Phase.REVOKING, Now(), None
        parting.save(update_fields=["phase", "removed_at", "source_id"])
    return More()


def _revoking(job: Job, parting: Parting) -> Outcome:
    """Have the gateway forget its key to the place, unless somebody is on the way to give it a new one."""
    with scope.open(job_viewer(parting.patient_id)):
        scope.alone(parting.patient_id)
        until = leaving.awaited_until(parting)
        account = _account(parting)
    if until is not None:
        return Later((until - timezone.now()).total_seconds() + 1, note="awaited")
    if account is not None and account.external_id and account.closed_at is None:
        _revoke(parting, account.external_id)
    return _revoked(job, parting)


def _revoke(parting: Parting, external_id: str) -> None:
    """Raises `GatewayError`. That there is nothing to forget is as good as a yes."""
    gateway = gateways.of(parting.place.gateway, person=False, whose=parting.patient_id, asked=True)
    try:
        gateway.revoke(external_id, parting.place.key, parting.fhir_version)
    except CannotIngest as no:
        if no.reason not in _NOTHING_LEFT:
            raise


def _revoked(job: Job, parting: Parting) -> Outcome:
    with scope.open(job_viewer(parting.patient_id)):
        scope.alone(parting.patient_id)
        jobs.renew(job)
        parting = _locked(parting)
        if parting.is_over:
            return Done()
        parting.revoked_at, parting.troubles = Now(), 0
        Connection.objects.of(parting.patient_id).filter(pk=parting.connection_id).update(
            access_state=Connection.Access.REVOKED
        )
        if parting.what == What.STOP or not parting.upstream:
            return _over(parting)
        parting.phase = Phase.THERE
        parting.save(update_fields=["phase", "revoked_at", "troubles"])
    return More()


def _there(job: Job, parting: Parting) -> Outcome:
    """Delete one upstream Patient, with all that belongs to it, once nobody else is let see it there."""
    gateway, patient = parting.place.gateway, parting.upstream[0]
    if _is_seen(parting, patient) and timezone.now() - parting.stopped_at < _OTHERS_FIRST:
        return Later(_OTHERS_WAIT, note="permissions")
    access = tokens.key(parting.patient_id, gateway, person=False, asked=True).access
    eraser = gateways.eraser(gateway, person=False, whose=parting.patient_id)
    try:
        eraser.erase_patient(access, patient, parting.fhir_version)
    except NotFound:
        pass  # what was to be: it is not there
    except SignInAgain:
        tokens.spoil(parting.patient_id, gateway, access)
        raise
    with scope.open(job_viewer(parting.patient_id)):
        scope.alone(parting.patient_id)
        jobs.renew(job)
        parting = _locked(parting)
        if patient in parting.upstream:
            parting.upstream.remove(patient)
            parting.erased, parting.troubles = parting.erased + 1, 0
        if not parting.upstream:
            return _over(parting)
        parting.save(update_fields=["upstream", "erased", "troubles"])
    return More()


_STEPS: dict[str, Callable[[Job, Parting], Outcome]] = {
    Phase.HERE: _here,
    Phase.REVOKING: _revoking,
    Phase.THERE: _there,
}


def _over(parting: Parting) -> Outcome:
    """Confirmed. After a deletion nothing is left of the connection: the next one begins anew."""
    parting.phase, parting.ended, parting.ended_at = Phase.OVER, Ended.CONFIRMED, Now()
    parting.save()
    if parting.what == What.DELETE:
        LinkAttempt.objects.of(parting.patient_id).filter(place_id=parting.place_id).delete()
        Connection.objects.of(parting.patient_id).filter(pk=parting.connection_id).delete()
    return Done()


def _postponed(job: Job, parting: Parting, trouble: GatewayError) -> Outcome:
    """Not confirmed: ask again."""
    wait = wait_after(trouble, parting.troubles, job)
    with scope.open(job_viewer(parting.patient_id)):
        jobs.renew(job)
        Parting.objects.of(parting.patient_id).filter(pk=parting.pk).update(troubles=parting.troubles + 1)
    return Later(wait, note=type(trouble).__name__)


def _load(patient_id: int, pk: int) -> Parting | None:
    mine = Parting.objects.of(patient_id).select_related("place")
    found: Parting | None = mine.filter(pk=pk).first()
    return found


def _locked(parting: Parting) -> Parting:
    mine = Parting.objects.of(parting.patient_id).select_related("place").select_for_update(of=("self",))
    found: Parting = mine.get(pk=parting.pk)
    return found


def _is_seen(parting: Parting, upstream: str) -> bool:
    with scope.open(job_viewer(parting.patient_id)):
        mine = Mirrored.objects.of(parting.patient_id).filter(upstream=upstream, ended_at=None)
        return bool(mine.exists())


def _account(parting: Parting) -> Account | None:
    mine = Account.objects.of(parting.patient_id).filter(gateway=parting.place.gateway)
    found: Account | None = mine.first()
    return found
