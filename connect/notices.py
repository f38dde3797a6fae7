"""Mails about connections. No health data: the mail says that something is here, the portal says what."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from ground import jobs, outbox, unsubscribing

NEWS = "news"
"""The job that tells whoever looks after a patient (its subject) that something new is here. Who that is the
front door knows, so its work is there (`portal.news`).
"""


def news_came(patient_id: int) -> None:
    """An import brought something new or changed: tell it, with the change that causes it."""
    jobs.put(NEWS, subject=patient_id, patient_id=patient_id)


def records_arrived(user: Any, place_name: str) -> None:
    """ "Your records from X are here", once for each new connection, in the user's language.

    Not to somebody who ended these mails.
    """
    if not user.news_by_mail:
        return
    with translation.override(user.language):
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


def something_new(user: Any) -> None:
    """ "Something new is here" and not a word more: neither what, nor from where, nor about whom.

    Not to somebody who ended these mails.
    """
    if not user.news_by_mail:
        return
    with translation.override(user.language):
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


def _post(user: Any, subject: str, body: str, **told: str) -> None:
    leave = _address("portal:unsubscribe", unsubscribing.token(user.pk))
    said = body % {"site": settings.SITE_NAME, "leave": leave, **told}
    outbox.post(to=user.email, subject=subject, body=said, unsubscribe_url=leave)


def _address(name: str, *args: str) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=args)}"
