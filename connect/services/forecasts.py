"""What comes next at a place, in words: when we look again, how long access is good, when to sign in."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from connect import weather
from connect.models import Connection, Place
from ground import times
from ground.models import Job

#: The kind of job that looks at a connection (its subject) again by itself.
CHECK = "check"
_EVENING, _MORNING, _WEEK = 17, 6, 7  # hours of the day, days
_SOON = timedelta(days=14)
Access = Connection.Access


def next_looks(connections: Iterable[Connection]) -> dict[int, datetime]:
    """When each of these is looked at next, by primary key; nothing for those nobody will look at."""
    waiting = Job.objects.filter(
        kind=CHECK, subject__in=[each.pk for each in connections], state=Job.State.WAITING
    )
    return dict(waiting.values_list("subject", "due_at"))


def again(due: datetime | None) -> str:
    """ "We will look again tonight."; empty where nothing is planned."""
    if due is None:
        return ""
    if due <= timezone.now():
        return _("We are about to look again.")
    return _("We will look again %(when)s.") % {"when": when(due)}


def retry(due: datetime) -> str:
    """ "We will try again tonight." """
    if due <= timezone.now():
        return _("We are about to try again.")
    return _("We will try again %(when)s.") % {"when": when(due)}


def when(due: datetime) -> str:
    """A time to come as people say it: "later today", "tonight", "tomorrow", "on Tuesday", "on 5 May"."""
    local, today = timezone.localtime(max(due, timezone.now())), timezone.localdate()
    days = (local.date() - today).days
    if (days == 0 and local.hour >= _EVENING) or (days == 1 and local.hour < _MORNING):
        return _("tonight")
    if days <= 0:
        return _("later today")
    if days == 1:
        return _("tomorrow")
    if days < _WEEK:
        return _("on %(day)s") % {"day": date_format(local, "l")}
    return _("on %(day)s") % {"day": times.day(local)}


def access(connection: Connection) -> str:
    """How long the place lets us read, as far as it says; empty where it says nothing."""
    until = _date(connection.access_until)
    match connection.access_state:
        case Access.ACTIVE if until:
            return _("Access good until %(date)s.") % {"date": until}
        case Access.ACTIVE:
            return _("Access is good. They do not say until when.")
        case Access.EXPIRED if until:
            return _("Access ended on %(date)s.") % {"date": until}
        case Access.EXPIRED:
            return _("Access has ended.")
        case Access.REVOKED:
            return _("Access was taken back.")
    return ""


def sign_in(connection: Connection) -> str:
    """When the patient will have to sign in there again, as far as anybody can say."""
    if connection.state == Connection.State.LAPSED or connection.access_state in (
        Access.EXPIRED,
        Access.REVOKED,
    ):
        return _("Now, to keep this up to date.")
    if connection.access_renewable:
        return _("Not soon: they lengthen your access by themselves.")
    if connection.access_until:
        return _("By %(date)s. We will remind you.") % {"date": _date(connection.access_until)}
    return _("They do not say. We will tell you when they want it.")


def trouble(place: Place) -> str:
    """That a place is having trouble today, from how it answers for everybody; empty where it is not."""
    if not weather.trouble_today(place):
        return ""
    return _(
        "This place is having trouble today, not only for you. It is nothing you did, and it usually passes."
    )


def troubles(places: Iterable[Place]) -> dict[int, str]:
    """The same of several places, by primary key; asked only of those where something failed lately."""
    by_key = {place.pk: place for place in places}
    suspected = weather.failed_lately(by_key)
    return {pk: text for pk in suspected if (text := trouble(by_key[pk]))}


def soon(connection: Connection) -> str:
    """That the sign-in there ends within two weeks and does not lengthen itself; empty where it does not."""
    until, now = connection.access_until, timezone.now()
    if until is None or connection.access_renewable or not now < until < now + _SOON:
        return ""
    return _("Your sign-in there ends on %(date)s. Sign in again before, and nothing is missed.") % {
        "date": _date(until)
    }


def _date(when: datetime | None) -> str:
    return times.day(when) if when else ""
