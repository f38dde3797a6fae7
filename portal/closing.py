"""Close an account: say before what goes, end it at once, and show the receipt (decision 0025).

From the first moment nobody signs in to it and nothing is collected. What is left to do is a checklist that
a job works through (`portal.checklist`), however long the gateway is away.
"""

import logging
import uuid
from dataclasses import dataclass
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from connect.services import closing as places
from ground import jobs, scope
from ground.models import Mail
from ground.viewer import Viewer
from portal import carers, services
from portal.models import Closure, Holding, Patient, User
from records import store
from records.services import sharing

log = logging.getLogger(__name__)

JOB = "closing"
KEPT = timedelta(days=30)
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Plan:
    """What closing an account means: whose records go, how many, and who stays with somebody else."""

    going: list[Patient]
    staying: list[Patient]
    records: int


def plan(user: User) -> Plan:
    """What would go and what would stay."""
    going, staying = _parted(user)
    records = 0
    for each in going:
        with scope.open(Viewer(kind="patient", patients=(each.pk,), user_id=user.pk)):
            records += store.held(each.pk)
    return Plan(going, staying, records)


@transaction.atomic
def begin(user: User) -> Closure:
    """End an account: no sign-in, no look for records, no mail from now on. A second call is the first one's.

    The address is free at once, for a new beginning.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    under_way = Closure.objects.filter(user_id=user.pk).first()
    if under_way is not None:
        return under_way
    going, staying = _parted(user)
    closure = Closure(
        user_id=user.pk,
        language=user.language,
        going=[each.pk for each in going],
        staying=[each.pk for each in staying],
    )
    closure.addresses = "\n".join(addresses_of(user))
    closure.save()
    for each in going:
        places.stop_all(each.pk)
        sharing.stop_all(Viewer(kind="patient", patients=(each.pk,), user_id=user.pk))
    carers.forget_user(user, addresses_of(user))
    for holding in Holding.objects.filter(user=user, patient__in=staying, ended_at=None):
        services.end_care(holding=holding)
    _lock_out(user, closure)
    jobs.put(JOB, subject=closure.pk)
    log.info("account closing", extra={"user": user.pk, "count": len(going)})
    return closure


def closure(public_id: uuid.UUID) -> Closure | None:
    """What is being closed, or was; None when there is none, or its receipt is over."""
    found = Closure.objects.filter(public_id=public_id).first()
    is_old = found is not None and found.ended_at is not None and found.ended_at < timezone.now() - KEPT
    return None if is_old else found


def forget_receipts() -> int:
    """Delete receipts of over 30 days; how many, at most a batch."""
    old = Closure.objects.filter(ended_at__lt=Now() - KEPT).values_list("pk", flat=True)[:_BATCH]
    return Closure.objects.filter(pk__in=list(old)).delete()[0]


def addresses_of(user: User) -> list[str]:
    """Every address of a user, the one we write to first."""
    others = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    return list(dict.fromkeys([user.email.lower(), *(one.lower() for one in others)]))


def forget_mails(addresses: list[str]) -> None:
    """Delete every mail to these addresses, sent or not."""
    for each in addresses:
        Mail.objects.filter(to__iexact=each).delete()


def end_sessions(user_id: int) -> None:
    """Sign a user out everywhere."""
    mine = UserSession.objects.filter(user_id=user_id)
    Session.objects.filter(session_key__in=list(mine.values_list("session_key", flat=True))).delete()
    mine.delete()


def _parted(user: User) -> tuple[list[Patient], list[Patient]]:
    """Whom the user looks after, now or once: those nobody else does, and those somebody else does too."""
    mine = list(Patient.objects.filter(holdings__user=user).order_by("holdings__created_at", "pk"))
    others = Holding.objects.filter(patient__in=mine).exclude(user=user)
    shared = set(others.values_list("patient_id", flat=True))
    return [one for one in mine if one.pk not in shared], [one for one in mine if one.pk in shared]


def _lock_out(user: User, closure: Closure) -> None:
    forget_mails(closure.addresses.splitlines())
    end_sessions(user.pk)
    Authenticator.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).delete()
    user.email = f"{closure.public_id}@closed.invalid"
    user.is_active = user.is_staff = user.is_superuser = user.news_by_mail = False
    user.set_unusable_password()
    user.save()
