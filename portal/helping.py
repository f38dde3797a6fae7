"""Helping with an account from outside, where its owner cannot: verbs of the administration, each telling
whether anything was done.
"""

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ground import outbox
from portal import closing
from portal.models import User


def end_sign_ins(user: User) -> bool:
    """Sign a user out everywhere."""
    closing.end_sessions(user.pk)
    return True


@transaction.atomic
def take_off_second_step(user: User) -> bool:
    """Take off every passkey, code app and recovery code of an account, end its sign-ins, and say so."""
    if not is_mfa_enabled(user):
        return False
    Authenticator.objects.filter(user=user).delete()
    closing.end_sessions(user.pk)
    _tell(
        user,
        _("Your second step was taken off"),
        _(
            "Hello,\n\nthe people who run %(site)s took the second step off your account, because we were"
            " told that you lost it. Sign in with your password and set up a new one:\n\n%(link)s\n\n"
            "If you did not ask for this, change your password now and write to %(support)s.\n\n%(site)s"
        ),
    )
    return True


def close(user: User) -> bool:
    """Close an account as its owner would. An administrator's is not closed in passing."""
    if user.is_staff or user.is_superuser or user.email.endswith("@closed.invalid"):
        return False
    closing.begin(user)
    return True


@transaction.atomic
def make_administrator(user: User) -> bool:
    """Let somebody do everything in the administration, and tell their address."""
    if user.is_superuser or not user.is_active or not is_mfa_enabled(user):
        return False
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    _tell(
        user,
        _("You are an administrator now"),
        _(
            "Hello,\n\nyour account may now open the administration of %(site)s. If you do not know why,"
            " write to %(support)s.\n\n%(site)s"
        ),
    )
    return True


def unmake_administrator(user: User) -> bool:
    """Close the administration to somebody."""
    rows = User.objects.filter(pk=user.pk, is_staff=True)
    return bool(rows.update(is_staff=False, is_superuser=False))


def _tell(user: User, subject: Promise, body: Promise) -> None:
    told = {
        "site": settings.SITE_NAME,
        "support": settings.SUPPORT_EMAIL,
        "link": settings.SITE_URL + reverse("mfa_index"),
    }
    with translation.override(user.language):
        outbox.post(to=user.email, subject=str(subject), body=str(body) % told)
