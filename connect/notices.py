"""Mails about connections. No health data: the mail says that something is here, the portal says what."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from ground import outbox, unsubscribing


def records_arrived(user: Any, place_name: str) -> None:
    """ "Your records from X are here", once for each new connection, in the user's language.

    Not to somebody who ended these mails.
    """
    if not user.news_by_mail:
        return
    with translation.override(user.language):
        leave = f"{settings.SITE_URL}{reverse('portal:unsubscribe', args=[unsubscribing.token(user.pk)])}"
        link = f"{settings.SITE_URL}{reverse('records:overview')}"
        outbox.post(
            to=user.email,
            subject=_("Your records from %(place)s are here") % {"place": place_name},
            body=_(
                "Hello,\n\nwe have collected your records from %(place)s. Sign in to read them:\n\n"
                "%(link)s\n\n"
                "If you did not connect this place, sign in and open My places.\n\n%(site)s\n\n"
                "No more of these mails:\n%(leave)s"
            )
            % {"place": place_name, "link": link, "site": settings.SITE_NAME, "leave": leave},
            unsubscribe_url=leave,
        )
