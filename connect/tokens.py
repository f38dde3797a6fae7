"""An access token that still works, however many ask for it at once.

New tokens are fetched by one caller at a time: it holds the account's row while it asks, at most one call
of some seconds, and the others find its result when the row is free. This is the only place in the house
where a transaction stays open across a call to a gateway. A refresh token that is dead (or was lost when a
process died between the gateway's answer and our commit) is healed by a new one-time code; the patient is
never bothered.
"""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import OperationalError, connection
from django.utils import timezone

from connect import gateways
from connect.gateway import AlreadyExists, NotFound, SignInAgain, Tokens, TryLater
from connect.models import Account
from ground import scope
from ground.viewer import job_viewer

_MARGIN = timedelta(seconds=60)
_LOCK_WAIT = "10s"
_ROUNDS = 4
_CODE_SETTLES = 1.0  # seconds until the token endpoint knows a new code (docs/oneup.md §2.5)


@dataclass(frozen=True, slots=True)
class Key:
    """What opens a patient's account at a gateway right now."""

    account_id: int
    external_id: str
    access: str = field(repr=False)
    version: int = 0


@dataclass(frozen=True, slots=True)
class _Request:
    patient_id: int
    gateway: str
    person: bool


def key(patient_id: int, gateway: str = gateways.USUAL, *, person: bool) -> Key:
    """A working access token of this patient, with an account opened where there is none.

    Call outside any scope. Raises `GatewayError`; `TryLater` also when the row stayed locked.
    """
    asked = _Request(patient_id, gateway, person)
    account = _account(asked)
    code = ""
    for _ in range(_ROUNDS):
        if (found := _usable(account)) is not None:
            return found
        if not account.refresh and not code:
            code = _code(asked, account)
        account, code = _renewed(asked, code)
    raise SignInAgain("tokens")


def spoil(patient_id: int, gateway: str, access: str | None = None) -> None:
    """An access token was refused although it should have lived: do not use it again.

    The refresh token stays.
    """
    with scope.open(job_viewer(patient_id)):
        account = Account.objects.of(patient_id).select_for_update().get(gateway=gateway)
        if access is None or account.access == access:
            account.access = None
            account.save(update_fields=["access_sealed"])


def spoil_short(patient_id: int, gateway: str, life: timedelta) -> None:
    """Do not use an access token again that will not live for so long; the next one asked for is new."""
    with scope.open(job_viewer(patient_id)):
        soon = Account.objects.of(patient_id).filter(access_expires_at__lt=timezone.now() + life)
        soon.filter(gateway=gateway).update(access_sealed=None)


def _account(asked: _Request) -> Account:
    """The account's row, which stands before the first call is made."""
    with scope.open(job_viewer(asked.patient_id)):
        account: Account = Account.objects.of(asked.patient_id).get_or_create(
            gateway=asked.gateway, defaults={"patient_id": asked.patient_id}
        )[0]
        return account


def _usable(account: Account) -> Key | None:
    fresh = account.access_expires_at is not None and account.access_expires_at - _MARGIN > timezone.now()
    if not fresh or account.access is None:
        return None
    return Key(account.pk, account.external_id, account.access, account.version)


def _code(asked: _Request, account: Account) -> str:
    """A one-time code, and the gateway's id of the account kept."""
    external_id, code = _account_and_code(asked, account)
    if external_id != account.external_id:
        with scope.open(job_viewer(asked.patient_id)):
            Account.objects.of(asked.patient_id).filter(pk=account.pk).update(external_id=external_id)
    return code


def _account_and_code(asked: _Request, account: Account) -> tuple[str, str]:
    """Open the account, or ask for a code where it is open.

    It may exist although we never heard so (the answer was lost), and be gone although we thought it was
    there.
    """
    gateway = gateways.of(asked.gateway, person=asked.person)
    if account.external_id:
        try:
            return gateway.new_code(account.app_user_id)
        except NotFound:
            return gateway.create_account(account.app_user_id)
    try:
        return gateway.create_account(account.app_user_id)
    except AlreadyExists:
        return gateway.new_code(account.app_user_id)


def _renewed(asked: _Request, code: str) -> tuple[Account, str]:
    """The account after one call for new tokens, or after somebody else's; and the code if it is still
    unused.

    A code the gateway does not know yet is tried once more after a second, outside the lock.
    """
    gateways.toll(asked.gateway, "redeem" if code else "refresh", person=asked.person)
    try:
        return _renew_under_lock(asked, code)
    except TryLater as trouble:
        gateways.report(asked.gateway, trouble)
        if not code or trouble.retry_after is None or trouble.retry_after > _CODE_SETTLES:
            raise
    time.sleep(_CODE_SETTLES)
    gateways.toll(asked.gateway, "redeem", person=asked.person)
    return _renew_under_lock(asked, code)


def _renew_under_lock(asked: _Request, code: str) -> tuple[Account, str]:
    try:
        with scope.open(job_viewer(asked.patient_id)):
            _limit_the_wait()
            account = Account.objects.of(asked.patient_id).select_for_update().get(gateway=asked.gateway)
            if _usable(account) is not None:
                return account, code
            return _ask(account, code)
    except OperationalError as trouble:
        raise TryLater("tokens", None, 5.0) from trouble


def _ask(account: Account, code: str) -> tuple[Account, str]:
    """One call, and its result in the row. A dead refresh token is forgotten, so that a code is used next."""
    gateway = gateways.plain(account.gateway)
    refresh = account.refresh
    if code:
        return _store(account, gateway.redeem(code)), ""
    if refresh is None:
        return account, ""
    try:
        return _store(account, gateway.refresh(refresh)), ""
    except SignInAgain:
        account.refresh = account.access = None
        account.save(update_fields=["refresh_sealed", "access_sealed"])
        return account, ""


def _store(account: Account, tokens: Tokens) -> Account:
    account.access, account.refresh = tokens.access, tokens.refresh or None
    account.access_expires_at = _expiry(tokens)
    account.version += 1
    account.save(update_fields=["access_sealed", "refresh_sealed", "access_expires_at", "version"])
    return account


def _expiry(tokens: Tokens) -> datetime:
    return timezone.now() + timedelta(seconds=tokens.expires_in)


def _limit_the_wait() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config('lock_timeout', %s, true)", [_LOCK_WAIT])
