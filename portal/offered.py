"""The mail to a clinic that somebody offers it records: to leads and coordinators, once a day at most, with
no word of who it is or of their health.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ground import jobs, outbox
from ground.models import Job
from ground.viewer import Viewer
from portal import clinics
from portal.models import Clinic, Membership, Role
from records.models import Grant
from records.services import sharing

log = logging.getLogger(__name__)

JOB = "offered"
_DAY = timedelta(days=1)
_TOLD = (Role.LEAD, Role.COORDINATOR)


def put(grant: Grant) -> None:
    """Somebody offered records: have their clinic told, now or a day after it was told last."""
    clinic = clinics.by_pk(grant.clinic_id or 0)
    if clinic is not None:
        jobs.put(JOB, subject=clinic.pk, due=_next(clinic))


def tell(job: Job) -> jobs.Outcome:
    """Write to a clinic where an offer waits that it was not told of."""
    clinic = clinics.by_pk(job.subject)
    if clinic is None or not _news(clinic):
        return jobs.Done()
    due = _next(clinic)
    if due is not None:
        return jobs.Later((due - timezone.now()).total_seconds() + 1)
    Clinic.objects.filter(pk=clinic.pk).update(told_at=Now())
    for one in clinics.members(clinic):
        if one.role in _TOLD:
            _write(clinic, one)
    log.info("clinic told of offers", extra={"clinic": clinic.pk})
    return jobs.Done()


def _next(clinic: Clinic) -> datetime | None:
    """When the clinic may be told again; None for now."""
    at = clinic.told_at + _DAY if clinic.told_at else None
    return at if at and at > timezone.now() else None


def _news(clinic: Clinic) -> bool:
    """Whether an offer waits that came after the clinic was last told."""
    waiting = sharing.offered_to(Viewer("staff", (), None, clinic.pk))
    told_at = clinic.told_at
    return any(told_at is None or (one.offered_at and one.offered_at > told_at) for one in waiting)


def _write(clinic: Clinic, member: Membership) -> None:
    told = {
        "clinic": clinic.name,
        "link": settings.SITE_URL + reverse("portal:clinic_offers"),
        "site": settings.SITE_NAME,
    }
    with translation.override(member.user.language):
        outbox.post(
            to=member.user.email,
            subject=_("Records are offered to %(clinic)s") % told,
            body=_(
                "Hello,\n\nSomebody would like to share their records with %(clinic)s at %(site)s. Sign in"
                " and open this page to see who, and to accept or decline:\n\n%(link)s\n\n"
                "We write about this once a day at most. Nothing is shared before you accept.\n\n%(site)s"
            )
            % told,
        )


jobs.register(JOB, tell)
