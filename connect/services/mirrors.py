"""Which clinics have an account of their own at the gateway, and what a patient is told about it.

Operators switch it on and off; a job makes the account, and has every patient concerned looked at anew
(`connect.services.mirroring`).
"""

import logging
from datetime import timedelta
from typing import Literal

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from connect import gateways
from connect.gateway import AlreadyExists, GatewayError, Refused
from connect.models import ClinicAccount, Mirrored
from connect.models.account import random_id
from connect.services import mirroring
from connect.services.asking_again import wait_after
from ground import jobs, scope
from ground.jobs import Done, Later, Outcome
from ground.models import Job
from ground.viewer import Viewer
from records import access
from records.models import Grant
from records.services import whole

log = logging.getLogger(__name__)

JOB = "clinic_account"

Stands = Literal["sees", "ending"]


def account_of(clinic_id: int) -> ClinicAccount | None:
    """A clinic's account, also one that is switched off or not made yet."""
    return ClinicAccount.objects.filter(clinic_id=clinic_id, gateway=gateways.USUAL).first()


@transaction.atomic
def switch_on(clinic_id: int) -> bool:
    """Mirror what is agreed with this clinic from now on; whether it was off. A job makes its account."""
    account, _made = ClinicAccount.objects.get_or_create(clinic_id=clinic_id, gateway=gateways.USUAL)
    changed = ClinicAccount.objects.filter(pk=account.pk, on_since=None).update(on_since=Now())
    jobs.put(JOB, subject=account.pk)
    return bool(changed)


@transaction.atomic
def switch_off(clinic_id: int) -> bool:
    """Have all that this clinic's account sees taken back; whether it was on."""
    mine = ClinicAccount.objects.filter(clinic_id=clinic_id, on_since__isnull=False)
    changed = mine.update(on_since=None)
    clinic_changed(clinic_id)
    return bool(changed)


def clinic_changed(clinic_id: int) -> None:
    """A clinic was switched on or off as a whole: look at its patients anew."""
    for account in ClinicAccount.objects.filter(clinic_id=clinic_id):
        jobs.put(JOB, subject=account.pk)


def one_slice(job: Job) -> Outcome:
    """Make the account where there is none, then have every patient it may concern looked at."""
    account = ClinicAccount.objects.get(pk=job.subject)
    try:
        if account.on_since is not None and not account.external_id:
            _make(account)
    except gateways.Busy as busy:
        return Later(busy.retry_after or 1.0, note="budget")
    except GatewayError as trouble:
        return _postponed(job, account, trouble)
    staff = Viewer("staff", (), clinic_id=account.clinic_id)
    with scope.open(staff):
        jobs.renew(job)
        waiting = Job.objects.filter(kind=mirroring.JOB, state=Job.State.WAITING)
        waiting_for = waiting.values_list("subject", flat=True)
        jobs.put_for_each(mirroring.JOB, {*access.patients_of(staff), *waiting_for})
        jobs.settle(job, Done())
    return Done()


def give_up(job: Job) -> None:
    """It crashed too often: operators see that job, and another one begins anew in an hour. Never none."""
    log.error("clinic account crashed", extra={"job": job.pk})
    jobs.put(JOB, subject=job.subject, due=timezone.now() + timedelta(hours=1))


def says(grant: Grant) -> bool:
    """Whether a draft would let a clinic see it at the gateway too, which is to be said before anybody
    agrees; or whether what was agreed to does.
    """
    on = mirroring.switched_on().filter(clinic_id=grant.clinic_id or 0)
    if grant.offered_at is not None:
        on = on.filter(on_since__lte=grant.confirmed_at) if grant.confirmed_at else on.none()
    return whole.leaves_nothing_out(grant) and on.exists()


def stands(viewer: Viewer) -> dict[int, Stands]:
    """Which clinics see something at the gateway, or have not been confirmed to see it no more. Inside the
    patient's scope.
    """
    found: dict[int, Stands] = {}
    for patient_id in viewer.patients:
        should = mirroring.wanted(patient_id)
        rows = Mirrored.objects.of(patient_id).filter(ended_at=None).select_related("account")
        for row in rows:
            clinic, is_over = row.account.clinic_id, mirroring.sight(row) not in should
            if is_over or row.taking_since is not None:
                found[clinic] = "ending"
            elif row.given_at is not None:
                found.setdefault(clinic, "sees")
    return found


def _make(account: ClinicAccount) -> None:
    """Open the account, or find it where the answer was lost: our id of it is stored, and that we asked.

    One that is there before we ever asked is somebody else's and never used, as with a patient's. The code
    that comes is thrown away: nothing is read by this account.
    """
    first = ClinicAccount.objects.filter(pk=account.pk, asked_at=None).update(asked_at=Now())
    gateway = gateways.of(account.gateway, person=False, whose=None, asked=True)
    try:
        number, _code = gateway.create_account(account.app_user_id)
    except AlreadyExists:
        if first:
            ClinicAccount.objects.filter(pk=account.pk).update(app_user_id=random_id(), asked_at=None)
            log.error("clinic account id was taken", extra={"account": account.pk})
            raise Refused("create_account") from None
        number, _code = gateway.new_code(account.app_user_id)
    mine = ClinicAccount.objects.filter(pk=account.pk, app_user_id=account.app_user_id)
    mine.update(external_id=number, troubles=0)


def _postponed(job: Job, account: ClinicAccount, trouble: GatewayError) -> Outcome:
    wait = wait_after(trouble, account.troubles, job)
    ClinicAccount.objects.filter(pk=account.pk).update(troubles=min(account.troubles + 1, 1000))
    return Later(wait, note=type(trouble).__name__)
