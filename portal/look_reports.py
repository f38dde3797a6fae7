"""Asking about a look that a patient does not recognise: verbs, each one transaction.

The clinic's leads and the operators are told by mail that somebody asks, about whom and when; never whose
records these are, nor what was read.
"""

import logging
import uuid

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ground import outbox, times
from portal import clinics
from portal.lookers import Visit
from portal.models import LookReport, Patient, Role, User

log = logging.getLogger(__name__)


@transaction.atomic
def report(*, patient: Patient, by: User, visit: Visit) -> LookReport:
    """Ask about a visit. A second time it is the one that is there."""
    made, is_new = LookReport.objects.get_or_create(
        patient=patient,
        look_id=visit.look,
        defaults={
            "by": by.pk,
            "looked_at": visit.began,
            "looker_id": visit.looker_id,
            "looker": visit.who,
            "clinic_id": visit.clinic_id,
        },
    )
    if is_new:
        _tell(made)
        log.warning("look reported", extra={"report": made.pk, "look": made.look_id})
    return made


def mine(patient: Patient) -> list[LookReport]:
    """What was asked about this patient's looks, the newest first."""
    rows = LookReport.objects.filter(patient=patient).select_related("clinic")
    return list(rows.order_by("-at", "-pk"))


def waiting() -> "QuerySet[LookReport]":
    """What nobody has settled yet, the first one first: for the administration."""
    settled = (LookReport.Status.RIGHT, LookReport.Status.WRONG)
    return LookReport.objects.exclude(status__in=settled).select_related("clinic").order_by("at", "pk")


def take_up(*, public_id: uuid.UUID) -> bool:
    """Say that somebody looks into it; the patient reads so. Whether it waited."""
    rows = LookReport.objects.filter(public_id=public_id, status=LookReport.Status.SENT)
    return bool(rows.update(status=LookReport.Status.TAKEN_UP))


def settle(*, public_id: uuid.UUID, by: User, was_right: bool) -> bool:
    """Say what came of it; the patient reads so. Whether it was open."""
    status = LookReport.Status.RIGHT if was_right else LookReport.Status.WRONG
    found = waiting().filter(public_id=public_id).order_by()
    is_open = LookReport.objects.filter(pk__in=found.values("pk")).update(
        status=status, settled_at=Now(), settled_by=by.pk
    )
    log.info("look report settled", extra={"user": by.pk, "right": was_right})
    return bool(is_open)


def _tell(made: LookReport) -> None:
    """One mail to each lead of the clinic but the one it is about, and one to the operators."""
    at_work = clinics.members(made.clinic) if made.clinic is not None else []
    leads = [one.user for one in at_work if one.role == Role.LEAD and one.user_id != made.looker_id]
    for user in leads:
        with translation.override(user.language), timezone.override(user.time_zone):
            _post(user.email, made)
    _post(settings.SUPPORT_EMAIL, made)


def _post(to: str, made: LookReport) -> None:
    told = {
        "who": made.looker,
        "clinic": made.clinic.name if made.clinic is not None else settings.SITE_NAME,
        "at": times.moment(made.looked_at),
        "number": made.pk,
        "site": settings.SITE_NAME,
    }
    outbox.post(
        to=to,
        subject=_("A patient does not recognize a look at their records (%(number)s)") % told,
        body=_(
            "Hello,\n\nA patient asks why their records were looked at: by %(who)s (%(clinic)s), on %(at)s."
            " This is report %(number)s.\n\n"
            "Please ask them what it was for. Answer this mail with the number of the report and what you"
            " found; we tell the patient.\n\n%(site)s"
        )
        % told,
    )
