"""Opening a patient's records in an emergency: found by name and birth date, told to whom it concerns."""

import logging
from datetime import date

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ground import outbox, times
from portal import clinics
from portal.models import Holding, Membership, Patient, Role, User
from portal.viewers import staff_of
from records.models import Grant
from records.services import emergencies

log = logging.getLogger(__name__)
_TRIES, _WITHIN = 5, 3600


class TooManyTries(Exception):
    """Whoever guesses names learns no more this hour."""


def find(*, by: Membership, given: str, family: str, born: date) -> Patient | None:
    """Who bears exactly this name and was born on this day; None where nobody does, or several do. Raises
    TooManyTries after five within the hour.
    """
    key = f"emergency:{by.user_id}"
    cache.add(key, 0, _WITHIN)
    if cache.incr(key) > _TRIES:
        log.warning("emergency refused", extra={"clinic": by.clinic_id, "user": by.user_id})
        raise TooManyTries
    named = Patient.objects.filter(
        given_name__iexact=given.strip(), family_name__iexact=family.strip(), birth_date=born
    )
    kept = named.filter(holdings__ended_at=None, holdings__user__is_active=True)
    found = list(kept.distinct()[:2])
    return found[0] if len(found) == 1 else None


@transaction.atomic
def begin(*, by: Membership, patient: Patient) -> Grant:
    """Open it for an hour, and tell the clinic's leads and the patient by mail; no mail says of whom."""
    named = _("%(who)s, %(clinic)s") % {"who": by.name, "clinic": by.clinic.name}
    grant = emergencies.begin(viewer=staff_of(by), patient_id=patient.pk, named=named)
    log.warning("emergency access", extra={"clinic": by.clinic_id, "user": by.user_id})
    for user in _leads(by):
        _tell_lead(user, by, grant)
    for holding in Holding.objects.filter(patient=patient, ended_at=None).select_related("user"):
        _tell_patient(holding.user)
    return grant


def _leads(by: Membership) -> list[User]:
    return [one.user for one in clinics.members(by.clinic) if one.role == Role.LEAD]


def _tell_lead(user: User, by: Membership, grant: Grant) -> None:
    with translation.override(user.language), timezone.override(user.time_zone):
        told = {
            "who": by.name,
            "clinic": by.clinic.name,
            "at": times.moment(timezone.now()),
            "number": grant.pk,
            "site": settings.SITE_NAME,
        }
        outbox.post(
            to=user.email,
            subject=_("Emergency access at %(clinic)s (%(number)s)") % told,
            body=_(
                "Hello,\n\n%(who)s opened a patient’s records in an emergency on %(at)s, without being asked"
                " by the patient. It ends after an hour. This is emergency access %(number)s.\n\n"
                "Please ask %(who)s what it was for. The patient is told as well.\n\n%(site)s"
            )
            % told,
        )


def _tell_patient(user: User) -> None:
    with translation.override(user.language):
        told = {"link": settings.SITE_URL + reverse("portal:sharing"), "site": settings.SITE_NAME}
        outbox.post(
            to=user.email,
            subject=_("Somebody opened records in an emergency"),
            body=_(
                "Hello,\n\nSomebody of a clinic opened records that you keep at %(site)s, because of an"
                " emergency. It ends after an hour. Sign in to see who it was and why, and to stop it:\n\n"
                "%(link)s\n\n%(site)s"
            )
            % told,
        )
