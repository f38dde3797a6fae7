"""The job that repeats at the gateway what a patient shares with a clinic that has an account there.

The gateway knows one yes for a whole Patient (docs/oneup.md §13), so only what leaves nothing out is
repeated, and only what the patient agreed to after the clinic had its account (decision 0039). A row stands
before the gateway is asked, and is over when it has confirmed; it is asked until it does. Here everything
holds at once and does not wait for any of this.
"""

import logging
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from connect import exporters, gateways, tokens
from connect.gateway import GatewayError, NotFound, SignInAgain
from connect.models import ClinicAccount, Connection, Mirrored
from connect.services.asking_again import wait_after
from ground import jobs, scope
from ground.jobs import Done, Later, More, Outcome
from ground.models import Job
from ground.viewer import job_viewer
from records.services import whole

log = logging.getLogger(__name__)

JOB = whole.CHANGED
NOT_TAKEN_BACK = "not_taken_back"
"""The note of a job that waits because the gateway has not confirmed that a clinic sees something no more."""

_AFTER_CRASHES = timedelta(hours=1)


class Sight(NamedTuple):
    """One account of a clinic, and one upstream Patient it sees."""

    account_id: int
    fhir_version: str
    upstream: str


def one_slice(job: Job) -> Outcome:
    """Compare what should be seen with what is, and ask the gateway for one difference. May run twice."""
    found = _next(job, int(job.patient_id or 0))
    if not isinstance(found, Mirrored):
        return found
    try:
        _ask(found)
    except gateways.Busy as busy:
        return Later(busy.retry_after or 1.0, note="budget")
    except GatewayError as trouble:
        return _not_yet(job, found, trouble)
    return _confirmed(job, found)


def give_up(job: Job) -> None:
    """It crashed too often: operators see that job, and another one begins anew in an hour. Never none."""
    log.error("mirroring crashed", extra={"job": job.pk})
    jobs.put(JOB, subject=job.subject, patient_id=job.patient_id, due=timezone.now() + _AFTER_CRASHES)


def wanted(patient_id: int) -> dict[Sight, datetime]:
    """What should be seen at the gateway now, each until when. Inside the patient's scope."""
    found: dict[Sight, datetime] = {}
    accounts = {one.clinic_id: one for one in switched_on().exclude(external_id="")}
    for agreed in whole.shared(patient_id) if accounts else ():
        account = accounts.get(agreed.clinic_id)
        if account is None or account.on_since is None or agreed.agreed_at < account.on_since:
            continue
        here = Connection.objects.of(patient_id).filter(place__gateway=account.gateway)
        for one in here.filter(source_id__in=agreed.sources):
            for upstream in one.accepted:
                found[Sight(account.pk, one.fhir_version, upstream)] = agreed.ends_at
    return found


def switched_on() -> "QuerySet[ClinicAccount]":
    """The accounts of clinics for which grants are mirrored."""
    return ClinicAccount.objects.filter(on_since__isnull=False, clinic__is_active=True)


def _next(job: Job, patient_id: int) -> Mirrored | Outcome:
    """What to ask the gateway for next, or when to look again.

    The latter is settled where it is found, so that what changes at this moment is not forgotten.
    """
    with scope.open(job_viewer(patient_id)):
        jobs.renew(job)
        should = wanted(patient_id)
        _take_back(patient_id, should)
        row = _due(patient_id) or _begun(patient_id, should)
        if row is not None:
            return row
        outcome = _rest(patient_id, should)
        jobs.settle(job, outcome)
        return outcome


def _open(patient_id: int) -> "QuerySet[Mirrored]":
    rows = Mirrored.objects.of(patient_id).filter(ended_at=None)
    return rows.select_related("account")


def _take_back(patient_id: int, should: dict[Sight, datetime]) -> None:
    """Note which are to be taken back from now on: for good, whatever is agreed meanwhile."""
    over = [row.pk for row in _open(patient_id).filter(taking_since=None) if sight(row) not in should]
    Mirrored.objects.of(patient_id).filter(pk__in=over).update(taking_since=Now(), again_at=None, troubles=0)


def _due(patient_id: int) -> Mirrored | None:
    """What the gateway has not confirmed and may be asked for now; first what is to be taken back."""
    rows = _unconfirmed(patient_id).filter(Q(again_at=None) | Q(again_at__lte=timezone.now()))
    return rows.order_by(F("taking_since").asc(nulls_last=True), "pk").first()


def _unconfirmed(patient_id: int) -> "QuerySet[Mirrored]":
    return _open(patient_id).filter(Q(given_at=None) | Q(taking_since__isnull=False))


def _begun(patient_id: int, should: dict[Sight, datetime]) -> Mirrored | None:
    """The row of something to be seen that has none yet. One that is being taken back is waited for."""
    there = {sight(row) for row in _open(patient_id)}
    missing = sorted(set(should) - there)
    if not missing:
        return None
    row: Mirrored = Mirrored.objects.create(patient_id=patient_id, **missing[0]._asdict())
    return row


def _rest(patient_id: int, should: dict[Sight, datetime]) -> Outcome:
    """Until something is over, or may be asked for again."""
    again = list(_unconfirmed(patient_id))
    times = [*should.values(), *(row.again_at for row in again if row.again_at is not None)]
    if not times:
        return Done()
    wait = (min(times) - timezone.now()).total_seconds() + 1
    taking = any(row.taking_since is not None for row in again)
    return Later(max(1.0, wait), note=NOT_TAKEN_BACK if taking else "not_given" if again else "")


def _ask(row: Mirrored) -> None:
    """Raises `GatewayError`. That there is nothing (any more) to take back is as good as a yes."""
    gateway, told = row.account.gateway, (row.upstream, row.fhir_version, row.account.external_id)
    access = tokens.key(row.patient_id, gateway, person=False, asked=True).access
    sharer = exporters.sharer(gateway, whose=row.patient_id)
    try:
        if row.taking_since is None:
            sharer.permit(access, *told)
        else:
            sharer.withdraw(access, *told)
    except NotFound:
        if row.taking_since is None:
            raise
    except SignInAgain:
        tokens.spoil(row.patient_id, gateway, access)
        raise


def _confirmed(job: Job, row: Mirrored) -> Outcome:
    kept = {"given_at": Now()} if row.taking_since is None else {"ended_at": Now()}
    with scope.open(job_viewer(row.patient_id)):
        jobs.renew(job)
        Mirrored.objects.of(row.patient_id).filter(pk=row.pk).update(**kept, troubles=0, again_at=None)
    return More()


def _not_yet(job: Job, row: Mirrored, trouble: GatewayError) -> Outcome:
    """Not confirmed: ask again."""
    wait = wait_after(trouble, row.troubles, job)
    with scope.open(job_viewer(row.patient_id)):
        jobs.renew(job)
        Mirrored.objects.of(row.patient_id).filter(pk=row.pk).update(
            troubles=min(row.troubles + 1, 1000), again_at=timezone.now() + timedelta(seconds=wait)
        )
    return More()


def sight(row: Mirrored) -> Sight:
    """What a row is about."""
    return Sight(row.account_id, row.fhir_version, row.upstream)
