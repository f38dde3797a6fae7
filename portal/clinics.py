"""What people of a clinic ask: join, invite, leave, and help somebody back in. Verbs, each one transaction.

Whether somebody works at a clinic is asked on each request and kept nowhere else.
"""

import logging
import secrets
import uuid
from datetime import timedelta

from allauth.mfa.models import Authenticator
from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ground import outbox
from ground.digests import digest
from portal.models import Clinic, Invitation, Membership, Role, User
from portal.models.clinic import INVITED_FOR

log = logging.getLogger(__name__)
_FORGOTTEN = timedelta(days=30)


class CannotEnd(Exception):
    """The last lead of a clinic stays: nobody else could let anybody in."""


class AlreadyThere(Exception):
    """Somebody of this address works at the clinic already."""


def memberships_of(user: User) -> tuple[Membership, ...]:
    """Where this user works now, the clinic they joined first at first. None: no staff. Which of several a
    page is about says `portal.workplaces`.
    """
    mine = Membership.objects.filter(user=user, ended_at=None, clinic__is_active=True, user__is_active=True)
    return tuple(mine.select_related("clinic", "user").order_by("started_at", "pk"))


def by_code(code: str) -> Clinic | None:
    """The clinic of a share code, however it was typed."""
    signs = "".join(sign for sign in code.upper() if sign.isascii() and sign.isalnum())
    return Clinic.objects.filter(share_code=f"{signs[:3]}-{signs[3:]}", is_active=True).first()


def by_pk(pk: int) -> Clinic | None:
    """A clinic that grants name, where it still is one."""
    return Clinic.objects.filter(pk=pk, is_active=True).first()


def are_there() -> bool:
    """Whether there is a clinic to share with."""
    return Clinic.objects.filter(is_active=True).exists()


def members(clinic: Clinic) -> list[Membership]:
    """Who works there now, leads first, then by name."""
    rows = clinic.memberships.filter(ended_at=None).select_related("user")
    return sorted(rows, key=lambda one: (one.role != Role.LEAD, one.name.casefold(), one.pk))


def invitations(clinic: Clinic) -> list[Invitation]:
    """Those that wait for an answer, the newest first."""
    return list(_open().filter(clinic=clinic).order_by("-pk"))


def member(clinic: Clinic, public_id: uuid.UUID) -> Membership | None:
    """Somebody who works there now."""
    found = clinic.memberships.filter(public_id=public_id, ended_at=None)
    return found.select_related("clinic", "user").first()


def invitation(clinic: Clinic, public_id: uuid.UUID) -> Invitation | None:
    """One that waits for an answer."""
    return _open().filter(clinic=clinic, public_id=public_id).first()


@transaction.atomic
def invite(*, clinic: Clinic, by: User, email: str, name: str, role: str) -> Invitation:
    """Ask somebody by mail to join. One that waits at this address is replaced. Raises AlreadyThere."""
    if works_there(clinic, email):
        raise AlreadyThere
    _open().filter(clinic=clinic, email__iexact=email).update(answered_at=Now())
    word = secrets.token_urlsafe(24)
    asked = Invitation.objects.create(
        clinic=clinic,
        email=email.lower(),
        name=name,
        role=role,
        word_digest=digest(word),
        invited_by=by.pk,
        ends_at=timezone.now() + INVITED_FOR,
    )
    _tell_invited(asked, word)
    log.info("clinic invited", extra={"clinic": clinic.pk, "user": by.pk})
    return asked


def works_there(clinic: Clinic, email: str) -> bool:
    """Whether somebody of this address works there now."""
    return clinic.memberships.filter(user__email__iexact=email, ended_at=None).exists()


def invited(user: User, word: str) -> Invitation | None:
    """The invitation of this word, where it was sent to this user and still waits."""
    rows = _open().filter(word_digest=digest(word), email__iexact=user.email, clinic__is_active=True)
    return rows.select_related("clinic").first()


@transaction.atomic
def join(*, user: User, invitation: Invitation) -> Membership:
    """Take an invitation up. A second time it is the membership that is there already."""
    taken = _open().filter(pk=invitation.pk).update(answered_at=Now())
    mine = Membership.objects.filter(clinic_id=invitation.clinic_id, user=user, ended_at=None)
    if taken:
        try:
            with transaction.atomic():
                role, name = invitation.role, invitation.name
                Membership.objects.create(clinic_id=invitation.clinic_id, user=user, role=role, name=name)
                log.info("clinic joined", extra={"clinic": invitation.clinic_id, "user": user.pk})
        except IntegrityError:
            pass  # two clicks at once
    return mine.select_related("clinic").get()


def take_back(invitation: Invitation) -> None:
    """Nobody can join by it any more."""
    _open().filter(pk=invitation.pk).update(answered_at=Now())


@transaction.atomic
def end(*, member: Membership, by: User) -> None:
    """Somebody works there no more: on their next request they see nothing of it. Raises CannotEnd."""
    Clinic.objects.select_for_update().get(pk=member.clinic_id)
    leads = Membership.objects.filter(clinic_id=member.clinic_id, role=Role.LEAD, ended_at=None)
    if not leads.exclude(pk=member.pk).exists():
        raise CannotEnd
    rows = Membership.objects.filter(pk=member.pk, ended_at=None)
    rows.update(ended_at=Now(), ended_by=by.pk)
    log.info("clinic left", extra={"clinic": member.clinic_id, "user": member.user_id})


def end_from_outside(*, member: Membership, by: User) -> bool:
    """The same by the administration, also for the last lead; whether they worked there."""
    rows = Membership.objects.filter(pk=member.pk, ended_at=None)
    return bool(rows.update(ended_at=Now(), ended_by=by.pk))


@transaction.atomic
def give_back_second_step(*, member: Membership, by: User) -> None:
    """Take off the second step that a member lost. They sign in with their password and set up a new one
    before any staff page answers; whoever is signed in to the account is signed out.
    """
    Authenticator.objects.filter(user_id=member.user_id).delete()
    get_adapter().end_sessions(UserSession.objects.filter(user_id=member.user_id))
    helper = membership_at(member.clinic, by)
    with translation.override(member.user.language):
        told = {
            "who": helper.name if helper else member.clinic.name,
            "clinic": member.clinic.name,
            "link": settings.SITE_URL + reverse("mfa_index"),
            "support": settings.SUPPORT_EMAIL,
            "site": settings.SITE_NAME,
        }
        outbox.post(
            to=member.user.email,
            subject=_("Your second step was taken off"),
            body=_(
                "Hello,\n\n%(who)s of %(clinic)s took the second step off your account, because you lost it."
                " Sign in with your password and set up a new one:\n\n%(link)s\n\n"
                "If you did not ask for this, change your password now and write to %(support)s.\n\n%(site)s"
            )
            % told,
        )
    log.info("second step given back", extra={"clinic": member.clinic_id, "user": member.user_id})


def membership_at(clinic: Clinic, user: User) -> Membership | None:
    """That a user works at this clinic now."""
    return clinic.memberships.filter(user=user, ended_at=None).first()


def forget_invitations() -> int:
    """Delete those that were good 30 days ago; how many."""
    return Invitation.objects.filter(ends_at__lt=Now() - _FORGOTTEN).delete()[0]


def _open() -> "QuerySet[Invitation]":
    return Invitation.objects.filter(answered_at=None, ends_at__gt=Now())


def _tell_invited(asked: Invitation, word: str) -> None:
    told = {
        "clinic": asked.clinic.name,
        "email": asked.email,
        "link": settings.SITE_URL + reverse("portal:clinic_join", args=[word]),
        "site": settings.SITE_NAME,
    }
    outbox.post(
        to=asked.email,
        subject=_("%(clinic)s invites you to %(site)s") % told,
        body=_(
            "Hello,\n\n%(clinic)s asks you to join its team at %(site)s. Sign in, or make an account, with"
            " this address (%(email)s), and open this page within a week:\n\n%(link)s\n\n"
            "If you do not work there, do nothing.\n\n%(site)s"
        )
        % told,
    )
