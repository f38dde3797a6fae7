"""Sharing with one person whom the patient names: asked by mail, accepted signed in, said anew each year.

What such a grant shows is decided in `records.access`; here stands who was asked, and who may answer.
"""

import logging
import secrets
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ground import jobs, outbox, scope, times
from ground.digests import digest
from ground.models import Job
from ground.viewer import Viewer, job_viewer
from portal import services
from portal.models import NamedPerson, Patient, User
from portal.models.named import ASKED_FOR
from records.models import Grant
from records.models.sharing import CONFIRMED_FOR
from records.services import sharing

log = logging.getLogger(__name__)

JOB = "still-right"
AHEAD = timedelta(days=30)
"""So long before a year is over the patient is asked whether it is still right."""
_FORGOTTEN = timedelta(days=30)
_AGAIN = 30 * 24 * 3600.0  # seconds


def prepare(*, patient_id: int, by: User, grant: Grant, email: str) -> None:
    """Note to which address a draft goes once it is confirmed."""
    NamedPerson.objects.update_or_create(
        grant=grant.public_id,
        defaults={
            "patient_id": patient_id,
            "asked_by": by.pk,
            "email": email.lower(),
            "ends_at": timezone.now() + ASKED_FOR,
        },
    )


@transaction.atomic
def offered(*, draft: uuid.UUID, grant: Grant) -> str:
    """A draft was confirmed: write to its person, unless they look already. The address that was written to,
    empty where nobody was.
    """
    asked = NamedPerson.objects.filter(grant=draft, patient_id=grant.patient_id).first()
    if asked is None:
        return ""
    NamedPerson.objects.filter(grant=grant.public_id).exclude(pk=asked.pk).delete()
    if grant.accepted_at is not None:
        asked.delete()
        return ""
    word = secrets.token_urlsafe(24)
    asked.grant, asked.word_digest, asked.ends_at = grant.public_id, digest(word), _end(grant)
    asked.save()
    _invite(asked, grant, word)
    log.info("person asked", extra={"patient": grant.patient_id, "user": asked.asked_by})
    return asked.email


def asked(user: User, word: str) -> tuple[NamedPerson, Grant] | None:
    """What this word offers, where it was sent to this user's address and still waits."""
    rows = _open().filter(word_digest=digest(word), email__iexact=user.email).select_related("patient")
    found = rows.first()
    if found is None:
        return None
    try:
        return found, sharing.waiting_for_person(patient_id=found.patient_id, public_id=found.grant)
    except sharing.NoSuchGrant:
        return None


@transaction.atomic
def accept(*, user: User, asked: NamedPerson) -> Grant:
    """Take it up. Raises NoSuchGrant, also a second time, and where they look at this patient already."""
    if not _open().filter(pk=asked.pk).update(answered_at=Now()):
        raise sharing.NoSuchGrant
    grant = sharing.accept_as_person(patient_id=asked.patient_id, public_id=asked.grant, user_id=user.pk)
    jobs.put(JOB, subject=grant.pk, patient_id=grant.patient_id, due=_ask_at(grant))
    _tell(grant, _("%(name)s accepted"), _("%(name)s accepted and sees what you share from now on."))
    log.info("person accepted", extra={"patient": grant.patient_id, "user": user.pk})
    return grant


@transaction.atomic
def decline(*, user: User, asked: NamedPerson) -> None:
    """Say no to it."""
    if _open().filter(pk=asked.pk).update(answered_at=Now()):
        sharing.decline_as_person(patient_id=asked.patient_id, public_id=asked.grant, user_id=user.pk)


def of(user: User) -> Viewer:
    """Somebody who looks at what others share with them, with nobody in reach yet."""
    return Viewer("carer", (), user.pk)


def is_asleep(grant: Grant) -> bool:
    """Whether it shows nothing because the patient has not said for a year that it is still right."""
    confirmed = grant.confirmed_at
    is_person = grant.recipient == Grant.Recipient.PERSON and grant.accepted_at is not None
    return is_person and confirmed is not None and confirmed <= timezone.now() - CONFIRMED_FOR


def wants_word(grant: Grant) -> bool:
    """Whether it is time to ask the patient if it is still right."""
    return (
        grant.recipient == Grant.Recipient.PERSON
        and grant.accepted_at is not None
        and timezone.now() >= _ask_at(grant)
        and grant.ends_at > _asleep_at(grant)
    )


def remind(job: Job) -> jobs.Outcome:
    """Ask by mail whether it is still right, a month before a year is over; go on for as long as it lasts."""
    patient_id = int(job.patient_id or 0)
    with scope.open(job_viewer(patient_id)):
        jobs.renew(job)
        grant = Grant.objects.of(patient_id).filter(pk=job.subject, stopped_at=None).first()
        if grant is None or grant.ends_at <= timezone.now():
            return jobs.Done()
        if timezone.now() < _ask_at(grant):
            return jobs.Later((_ask_at(grant) - timezone.now()).total_seconds() + 1)
        if is_asleep(grant) or not wants_word(grant):
            return jobs.Later(_AGAIN)
        _tell(grant, _("Is it still right that %(name)s sees your records?"), _still())
    return jobs.Later((_asleep_at(grant) - timezone.now()).total_seconds() + 1)


@transaction.atomic
def forget_user(user: User, addresses: list[str]) -> None:
    """An account is closed: they look at nobody's records any more, and nobody's mail waits for them."""
    sharing.stop_as_person(of(user))
    for each in addresses:
        NamedPerson.objects.filter(email__iexact=each).delete()


def forget() -> int:
    """Delete those that were good 30 days ago; how many."""
    return NamedPerson.objects.filter(ends_at__lt=Now() - _FORGOTTEN).delete()[0]


def _still() -> str:
    return _(
        "It will soon be a year since you said that %(name)s may see your records. If that is still right,"
        " say so on the page below by %(day)s; if you do not, they see nothing from then on. You can stop it"
        " there as well, at once."
    )


def _ask_at(grant: Grant) -> datetime:
    return _asleep_at(grant) - AHEAD


def _asleep_at(grant: Grant) -> datetime:
    return (grant.confirmed_at or grant.ends_at) + CONFIRMED_FOR


def _end(grant: Grant) -> datetime:
    return min(timezone.now() + ASKED_FOR, grant.ends_at)


def _open() -> "QuerySet[NamedPerson]":
    return NamedPerson.objects.filter(answered_at=None, ends_at__gt=Now())


def _invite(asked: NamedPerson, grant: Grant, word: str) -> None:
    told = {
        "patient": Patient.objects.get(pk=grant.patient_id).full_name,
        "email": asked.email,
        "link": settings.SITE_URL + reverse("portal:shared_join", args=[word]),
        "site": settings.SITE_NAME,
    }
    outbox.post(
        to=asked.email,
        subject=_("%(patient)s wants to share records with you") % told,
        body=_(
            "Hello,\n\n%(patient)s would like you to see some of their records at %(site)s. Sign in, or make"
            " an account, with this address (%(email)s), and open this page within two weeks:\n\n%(link)s\n\n"
            "If you do not know them, do nothing.\n\n%(site)s"
        )
        % told,
    )


def _tell(grant: Grant, subject: str, text: str) -> None:
    """Write to each who looks after the patient; no word of what is shared."""
    told = {"name": grant.named, "day": times.day(_asleep_at(grant))}
    link = settings.SITE_URL + reverse("portal:sharing")
    for each in services.looking_after(grant.patient_id):
        with translation.override(each.user.language):
            body = _("Hello,\n\n%(text)s\n\n%(link)s\n\n%(site)s")
            words = {"text": text % told, "link": link, "site": settings.SITE_NAME}
            outbox.post(to=each.user.email, subject=subject % told, body=body % words)


jobs.register(JOB, remind)
