"""Mails about files somebody asked for. No health data: the portal says what is ready, not the mail."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from ground import outbox


def file_ready(user: Any) -> None:
    """ "What you asked for is ready", to who asked; it is an answer, so whether or not they want news."""
    link = f"{settings.SITE_URL}{reverse('records:take')}"
    outbox.post(
        to=user.email,
        subject=_("What you asked for is ready"),
        body=_(
            "Hello,\n\nthe file you asked for is ready. Sign in to download it:\n\n%(link)s\n\n"
            "It is deleted after %(hours)d hours. If you did not ask for it, sign in and change your"
            " password.\n\n%(site)s"
        )
        % {"link": link, "hours": settings.TAKEOUT_HOURS, "site": settings.SITE_NAME},
    )
