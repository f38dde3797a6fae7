"""What waits for somebody of the administration, counted for its first page."""

from dataclasses import dataclass

from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from connect.models import Breaker, PlaceRequest
from connect.services import mirroring
from ground.models import Job, Mail
from portal import look_reports
from portal.watching.alarms import firing


@dataclass(frozen=True, slots=True)
class Waits:
    """A sentence with its number, and where to see to it."""

    text: str
    url: str


def waiting() -> list[Waits]:
    """Only what there is any of."""
    stuck = Job.objects.filter(state=Job.State.STUCK).count()
    asked = look_reports.waiting().count()
    wishes = PlaceRequest.objects.filter(answered_at=None).count()
    mails = Mail.objects.filter(sent_at=None).count()
    rests = Breaker.objects.filter(open_until__gt=Now()).count()
    alarms = len(firing())
    found = (
        (alarms, ngettext("%(n)d alarm fires", "%(n)d alarms fire", alarms), "portal:ops"),
        (
            stuck,
            ngettext("%(n)d piece of work gave up", "%(n)d pieces of work gave up", stuck),
            "admin:ground_job_changelist",
        ),
        (
            asked,
            ngettext(
                "%(n)d patient does not recognize a look", "%(n)d patients do not recognize a look", asked
            ),
            "admin:portal_lookreport_changelist",
        ),
        (
            wishes,
            ngettext(
                "%(n)d wish for a place is unanswered", "%(n)d wishes for places are unanswered", wishes
            ),
            "admin:connect_placerequest_changelist",
        ),
        _not_taken_back(),
        (
            mails,
            ngettext("%(n)d mail waits to be sent", "%(n)d mails wait to be sent", mails),
            "admin:ground_mail_changelist",
        ),
        (
            rests,
            ngettext("%(n)d host or place is left alone", "%(n)d hosts or places are left alone", rests),
            "admin:connect_breaker_changelist",
        ),
    )
    return [Waits(text % {"n": n}, reverse(name)) for n, text, name in found if n] or [_nothing()]


def _nothing() -> Waits:
    return Waits(_("Nothing waits for you. How everything stands"), reverse("portal:ops"))


def _not_taken_back() -> tuple[int, str, str]:
    waiting = Job.objects.filter(kind=mirroring.JOB, state=Job.State.WAITING)
    kept = waiting.filter(note=mirroring.NOT_TAKEN_BACK).count()
    text = ngettext(
        "1upHealth has not confirmed for %(n)d patient that a clinic sees nothing there any more",
        "1upHealth has not confirmed for %(n)d patients that a clinic sees nothing there any more",
        kept,
    )
    return kept, text, "admin:ground_job_changelist"
