"""Mails about connections. No health data: the mail says that something is here, the portal says what."""

import uuid
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from ground import jobs, outbox, times, unsubscribing

What = ParamSpec("What")

NEWS = "news"
"""The job that tells whoever looks after a patient (its subject) that something new is here. Who that is the
front door knows, so its work is there (`portal.news`).
"""

LAPSED = "lapsed"
"""The job that tells them that a sign-in (its subject: the connection) is over (`portal.renewals`)."""
REMIND = "remind"
"""The job that tells them that it will be over soon."""


def news_came(patient_id: int) -> None:
    """An import brought something new or changed: tell it, with the change that causes it."""
    jobs.put(NEWS, subject=patient_id, patient_id=patient_id)


def _mail(write: Callable[Concatenate[Any, What], None]) -> Callable[Concatenate[Any, What], None]:
    """A mail to a user (its first argument), in their language; not to somebody who ended these mails."""

    @wraps(write)
    def written(user: Any, /, *args: What.args, **named: What.kwargs) -> None:
        if user.news_by_mail:
            with translation.override(user.language):
                write(user, *args, **named)

    return written


@_mail
def records_arrived(user: Any, place_name: str) -> None:
    """ "Your records from X are here", once for each new connection."""
    _post(
        user,
        _("Your records from %(place)s are here") % {"place": place_name},
        _(
            "Hello,\n\nwe have collected your records from %(place)s. Sign in to read them:\n\n"
            "%(link)s\n\n"
            "If you did not connect this place, sign in and open My places.\n\n%(site)s\n\n"
            "No more of these mails:\n%(leave)s"
        ),
        place=place_name,
        link=_address("records:overview"),
    )


@_mail
def something_new(user: Any) -> None:
    """ "Something new is here" and not a word more: neither what, nor from where, nor about whom."""
    _post(
        user,
        _("Something new is in your records"),
        _(
            "Hello,\n\nsomething new has come into the records you read here. Sign in to see it:\n\n"
            "%(link)s\n\n%(site)s\n\n"
            "No more of these mails:\n%(leave)s"
        ),
        link=_address("records:news"),
    )


@_mail
def sign_in_over(user: Any) -> None:
    """ "Please sign in again at one of your places", once for each time; not which: the portal says that."""
    _post(
        user,
        _("Please sign in again at one of your places"),
        _(
            "Hello,\n\nto go on keeping records up to date, one of the places you connected needs you to"
            " sign in there again. Until then nothing new comes from it. What is here stays here.\n\n"
            "My places shows which one it is:\n\n%(link)s\n\n%(site)s\n\n"
            "No more of these mails:\n%(leave)s"
        ),
        link=_address("connect:places"),
    )


@_mail
def sign_in_ends(user: Any, when: date, connection_id: uuid.UUID) -> None:
    """ "A sign-in ends soon", with the day and a calendar file behind a sign-in of ours; not which."""
    _post(
        user,
        _("A sign-in at one of your places ends soon"),
        _(
            "Hello,\n\nyour sign-in at one of the places you connected ends on %(day)s. Sign in there"
            " again by then, and its records stay up to date. My places shows which one it is:\n\n"
            "%(link)s\n\n"
            "A note for your calendar:\n\n%(calendar)s\n\n%(site)s\n\n"
            "No more of these mails:\n%(leave)s"
        ),
        day=times.day(when),
        link=_address("connect:places"),
        calendar=_address("connect:calendar", str(connection_id)),
    )


def _post(user: Any, subject: str, body: str, **told: str) -> None:
    leave = _address("portal:unsubscribe", unsubscribing.token(user.pk))
    said = body % {"site": settings.SITE_NAME, "leave": leave, **told}
    outbox.post(to=user.email, subject=subject, body=said, unsubscribe_url=leave)


def _address(name: str, *args: str) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=args)}"
