"""An access token that still works, however many ask for it at once.

New tokens are fetched by one caller at a time: it holds the account's row while it asks, at most one call
of some seconds, and the others find its result when the row is free, or come back when it is not free soon.
This is the only place in the house where a transaction stays open across a call to a gateway. A refresh token
that is dead (or was lost when a process died between the gateway's answer and our commit, or that no key of
ours opens any more) is healed by a new one-time code; the patient is never bothered (security rules §5.2).

Where more work is coming, tokens are renewed ahead of their end by a job (`renew_ahead`, decision 0023).
"""

import logging
import random
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import OperationalError, connection
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from connect import gateways
from connect.gateway import AlreadyExists, GatewayError, NotFound, Refused, SignInAgain, Tokens, TryLater
from connect.models import Account
from connect.models.account import random_id
from ground import counting, jobs, scope
from ground.crypto import CannotOpen
from ground.jobs import Done, Later, Outcome
from ground.models import Job
from ground.viewer import job_viewer

log = logging.getLogger(__name__)

#: The job that renews tokens ahead of their end; its subject is the account.
AHEAD = "tokens"

_MARGIN = timedelta(seconds=60)
_LOCK_WAIT = "3s"
_ROUNDS = 5
_CODES = 2
_CODE_SETTLES = 1.0  # seconds until the token endpoint knows a new code (docs/oneup.md §2.5)
_REFUSED_CODE = (200, 400)  # HTTP status of "invalid_grant" (docs/oneup.md §2.3)
_BEFORE = timedelta(minutes=10)  # how long before their end tokens are renewed, a quarter of a short life
_SPREAD = 300.0  # seconds; not everybody whose import began at the full hour at once
_LIFE = timedelta(hours=2)  # of the tokens that would come (docs/oneup.md §2.5)


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
    least: timedelta = _MARGIN
    asked: bool = False

    @property
    def errand(self) -> gateways.Errand:
        """For whom the calls are made."""
        return gateways.Errand(self.person, self.patient_id, asked=self.asked)


def key(patient_id: int, gateway: str = gateways.USUAL, *, person: bool, asked: bool = False) -> Key:
    """A working access token of this patient, with an account opened where there is none.

    `person` and `asked` as `gateways.Errand` has them: tokens come in the lane of what they are for.

    Call outside any scope. Raises `GatewayError`: `TryLater` also when the row stayed locked, `SignInAgain`
    when codes that the gateway itself just gave out are refused.
    """
    return _key(_Request(patient_id, gateway, person, asked=asked))


def renew_ahead(job: Job, kinds: Iterable[str]) -> Outcome:
    """New tokens before the old ones end, where a job of one of these kinds will want them soon.

    Both tokens of an idle account may die: the next look gets new ones by a code, for one call of user
    management more (decision 0023).
    """
    patient_id = int(job.patient_id or 0)
    account = _standing(patient_id, job.subject)
    if account is None or account.access_expires_at is None or not _is_work_coming(patient_id, kinds):
        return Done()
    if (left := account.access_expires_at - timezone.now()) > _BEFORE + timedelta(seconds=_SPREAD):
        return Later((left - _BEFORE).total_seconds())
    if left <= timedelta() or _opened(account, "refresh") is None:
        return Done()
    try:
        _key(_Request(patient_id, account.gateway, person=False, least=left + _MARGIN))
    except TryLater as trouble:
        return Later(max(trouble.retry_after or 0.0, 30.0), note="no_answer")
    except GatewayError:
        return Done()  # whoever wants tokens next tries again, and says so where it fails
    account = _standing(patient_id, job.subject)
    return Later(_until_renewal(account)) if account is not None else Done()


def spoil(patient_id: int, gateway: str, access: str | None = None) -> None:
    """An access token was refused although it should have lived: do not use it again.

    The refresh token stays.
    """
    with scope.open(job_viewer(patient_id)):
        account = Account.objects.of(patient_id).select_for_update().get(gateway=gateway)
        if access is None or _opened(account, "access") == access:
            account.access = None
            account.save(update_fields=["access_sealed"])


def spoil_short(patient_id: int, gateway: str, life: timedelta) -> None:
    """Do not use an access token again that will not live for so long; the next one asked for is new."""
    with scope.open(job_viewer(patient_id)):
        soon = Account.objects.of(patient_id).filter(access_expires_at__lt=timezone.now() + life)
        soon.filter(gateway=gateway).update(access_sealed=None)


def _key(asked: _Request) -> Key:
    (account, is_new), code, codes, used = _account(asked), "", 0, ""
    for _ in range(_ROUNDS):
        if (found := _usable(account, asked.least)) is not None:
            if used:
                counting.add("tokens", used)
            return found
        if not code and _opened(account, "refresh") is None:
            if codes == _CODES:
                break
            code, codes = _code(asked, account, is_new=is_new), codes + 1
            is_new = False
        used = "by a code" if code else "refreshed"
        account, code = _renewed(asked, code)
    counting.add("tokens", "failed")
    raise SignInAgain("tokens")


def _account(asked: _Request) -> tuple[Account, bool]:
    """The account's row, which stands before the first call is made; and whether it was made just now."""
    with scope.open(job_viewer(asked.patient_id)):
        found: tuple[Account, bool] = Account.objects.of(asked.patient_id).get_or_create(
            gateway=asked.gateway, defaults={"patient_id": asked.patient_id}
        )
        if found[0].closed_at is not None:
            raise SignInAgain("tokens")  # a late worker must not open again what its patient has closed
        return found


def _standing(patient_id: int, pk: int) -> Account | None:
    with scope.open(job_viewer(patient_id)):
        found: Account | None = Account.objects.of(patient_id).filter(pk=pk).first()
        return found


def _is_work_coming(patient_id: int, kinds: Iterable[str]) -> bool:
    soon = Job.objects.filter(patient_id=patient_id, kind__in=tuple(kinds), state=Job.State.WAITING)
    return soon.filter(due_at__lt=timezone.now() + _LIFE).exists()


def _usable(account: Account, least: timedelta) -> Key | None:
    fresh = account.access_expires_at is not None and account.access_expires_at - least > timezone.now()
    access = _opened(account, "access") if fresh else None
    return Key(account.pk, account.external_id, access, account.version) if access else None


def _opened(account: Account, column: str) -> str | None:
    """A token as it was kept; None where there is none, or no key of ours opens it: a code heals both."""
    try:
        found: str | None = getattr(account, column)
    except CannotOpen:
        log.warning("token does not open", extra={"account": account.pk, "kind": column})
        return None
    return found


def _code(asked: _Request, account: Account, *, is_new: bool) -> str:
    """A one-time code, and the gateway's id of the account kept, unless we have left that account by now."""
    external_id, code = _account_and_code(asked, account, is_new=is_new)
    if external_id != account.external_id:
        with scope.open(job_viewer(asked.patient_id)):
            ours = Account.objects.of(asked.patient_id).filter(pk=account.pk, app_user_id=account.app_user_id)
            if not ours.update(external_id=external_id):
                raise TryLater("create_account", None, _CODE_SETTLES)
    return code


def _account_and_code(asked: _Request, account: Account, *, is_new: bool) -> tuple[str, str]:
    """Open the account, or ask for a code where it is open.

    It may exist although we never heard so (the answer was lost), and be gone although we thought it was
    there. One whose id we have only just made up is not ours: see `_not_ours`.
    """
    gateway = gateways.of(asked.gateway, person=asked.person, whose=asked.patient_id, asked=asked.asked)
    if account.external_id:
        try:
            return gateway.new_code(account.app_user_id)
        except NotFound:
            return gateway.create_account(account.app_user_id)
    try:
        return gateway.create_account(account.app_user_id)
    except AlreadyExists:
        if is_new and _not_ours(asked, account):
            raise Refused("create_account") from None
        return gateway.new_code(account.app_user_id)


def _not_ours(asked: _Request, account: Account) -> bool:
    """Whether an account that is there before our first call is somebody else's: then it is never used.

    Another worker may have been quicker with the same row, and says so in it soon. Else the patient gets
    another id, and an operator is told: 128 random bits do not come twice by chance.
    """
    time.sleep(_CODE_SETTLES)
    with scope.open(job_viewer(asked.patient_id)):
        unheard = Account.objects.of(asked.patient_id).filter(pk=account.pk, external_id="")
        if not unheard.update(app_user_id=random_id()):
            return False
    counting.add("tokens", "id taken")
    log.error("account id was taken", extra={"account": account.pk})
    return True


def _renewed(asked: _Request, code: str) -> tuple[Account, str]:
    """The account after one call for new tokens, or after somebody else's; and the code if it is unused.

    A code the gateway does not know yet is tried once more after a second, outside the lock; then it counts
    as used up, and is no longer there.
    """
    try:
        return _one_call(asked, code)
    except TryLater as trouble:
        if not _is_refused_code(trouble):
            raise
    time.sleep(_CODE_SETTLES)
    try:
        return _one_call(asked, code)
    except TryLater as trouble:
        if not _is_refused_code(trouble):
            raise
    return _account(asked)[0], ""


def _one_call(asked: _Request, code: str) -> tuple[Account, str]:
    """The toll first: nobody waits for it with the row in hand."""
    call = "redeem" if code else "refresh"
    with gateways.crossing(asked.gateway, call, asked.errand):
        return _renew_under_lock(asked, code)


def _is_refused_code(trouble: TryLater) -> bool:
    return trouble.call == "redeem" and trouble.status in _REFUSED_CODE and trouble.retry_after is not None


def _renew_under_lock(asked: _Request, code: str) -> tuple[Account, str]:
    """Hold the row for one call at most. Who does not get it within three seconds comes back later."""
    try:
        with scope.open(job_viewer(asked.patient_id)):
            _limit_the_wait()
            account = Account.objects.of(asked.patient_id).select_for_update().get(gateway=asked.gateway)
            if _usable(account, asked.least) is not None:
                return account, code
            return _ask(account, code)
    except OperationalError as trouble:
        if isinstance(trouble.__cause__, LockNotAvailable):
            raise gateways.Busy("tokens", None, 5.0) from trouble
        raise


def _ask(account: Account, code: str) -> tuple[Account, str]:
    """One call, and its result in the row. A dead refresh token is forgotten, so that a code is used next."""
    gateway = gateways.plain(account.gateway)
    refresh = _opened(account, "refresh")
    if code:
        return _store(account, gateway.redeem(code), "redeem"), ""
    if refresh is None:
        return account, ""
    try:
        return _store(account, gateway.refresh(refresh), "refresh"), ""
    except SignInAgain:
        gateways.note("refresh", "sign in", later=True)
        account.refresh = account.access = None
        account.save(update_fields=["refresh_sealed", "access_sealed"])
        return account, ""


def _store(account: Account, tokens: Tokens, call: str) -> Account:
    gateways.note(call, "ok", later=True)
    account.access, account.refresh = tokens.access, tokens.refresh or None
    account.access_expires_at = timezone.now() + timedelta(seconds=tokens.expires_in)
    account.version += 1
    account.save(update_fields=["access_sealed", "refresh_sealed", "access_expires_at", "version"])
    due = timezone.now() + timedelta(seconds=_until_renewal(account))
    jobs.put(AHEAD, subject=account.pk, patient_id=account.patient_id, due=due)
    return account


def _until_renewal(account: Account) -> float:
    """Seconds until these tokens are renewed ahead of their end."""
    left = (account.access_expires_at - timezone.now()).total_seconds() if account.access_expires_at else 0.0
    early = min(_BEFORE.total_seconds() + random.uniform(0, _SPREAD), left / 4)  # noqa: S311 (nothing secret)
    return max(30.0, left - early)


def _limit_the_wait() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config('lock_timeout', %s, true)", [_LOCK_WAIT])
