"""What ends at the gateways when a patient is deleted altogether: steps for the front door's checklist.

Each may be done twice, calls the gateway at most once, and raises `GatewayError` where it could not.
"""

from django.db.models import Q
from django.db.models.functions import Now

from connect import gateways, tokens
from connect.gateway import NotFound, SignInAgain
from connect.models import Account, Connection, LinkAttempt, Mirrored, Parting
from connect.services import leaving
from ground import scope
from ground.viewer import job_viewer


def stop_all(patient_id: int) -> int:
    """Collect nothing more from anywhere, and have every permission taken back; how many places that were.

    Ways to a sign-in that are open are closed.
    """
    with scope.open(job_viewer(patient_id)):
        scope.alone(patient_id)
        LinkAttempt.objects.of(patient_id).delete()
        mine = Connection.objects.of(patient_id)
        taken_back = Q(state=Connection.State.ENDED, access_state=Connection.Access.REVOKED)
        leaving.stop_each(mine.exclude(taken_back).select_related("place").order_by("pk"))
        return int(mine.values("place").distinct().count())


def all_confirmed(patient_id: int) -> bool:
    """Whether the gateway has confirmed every stop and every deletion, and that no clinic sees anything."""
    with scope.open(job_viewer(patient_id)):
        open_ones = (each.objects.of(patient_id).filter(ended_at=None) for each in (Parting, Mirrored))
        return not any(rows.exists() for rows in open_ones)


def stores(patient_id: int) -> list[tuple[str, str]]:
    """(gateway, FHIR version) of every store at a gateway that may hold something of this patient."""
    with scope.open(job_viewer(patient_id)):
        open_ones = _open_accounts(patient_id)
        known = {one.gateway for one in open_ones if one.external_id}
        used = set(Connection.objects.of(patient_id).values_list("place__gateway", "fhir_version"))
        used |= set(Parting.objects.of(patient_id).values_list("place__gateway", "fhir_version"))
    return sorted(one for one in used if one[0] in known)


def purge(patient_id: int, gateway: str, fhir_version: str) -> None:
    """Delete all of a patient in one store at a gateway. Where it was cut off half-way: `TryLater`."""
    access = tokens.key(patient_id, gateway, person=False, asked=True).access
    try:
        gateways.eraser(gateway, person=False, whose=patient_id).purge(access, fhir_version)
    except NotFound:
        return  # nothing there
    except SignInAgain:
        tokens.spoil(patient_id, gateway, access)
        raise


def close_accounts(patient_id: int) -> None:
    """Switch the patient's accounts at gateways off, and forget their tokens; `connect.tokens` asks for none.

    One whose opening we never heard the end of is looked for first: it may be there.
    """
    with scope.open(job_viewer(patient_id)):
        accounts = _open_accounts(patient_id)
    for account in accounts:
        _switch_off(account)
        with scope.open(job_viewer(patient_id)):
            Account.objects.of(patient_id).filter(pk=account.pk).update(
                closed_at=Now(), access_sealed=None, refresh_sealed=None
            )


def _switch_off(account: Account) -> None:
    try:
        if not account.external_id:
            _look_for(account)
        eraser = gateways.eraser(account.gateway, person=False, whose=account.patient_id)
        eraser.close_account(account.external_id, account.app_user_id)
    except NotFound:
        return  # it never was, or is closed


def _look_for(account: Account) -> None:
    """The gateway's id of an account, kept before it is used. Raises `NotFound`."""
    gateway = gateways.of(account.gateway, person=False, whose=account.patient_id, asked=True)
    account.external_id = gateway.new_code(account.app_user_id)[0]
    with scope.open(job_viewer(account.patient_id)):
        Account.objects.of(account.patient_id).filter(pk=account.pk).update(external_id=account.external_id)


def _open_accounts(patient_id: int) -> list[Account]:
    return list(Account.objects.of(patient_id).filter(closed_at=None).order_by("pk"))
