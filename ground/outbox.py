"""Mail goes out through rows: written with the change that causes it, sent by a job, kept until sent.

`Backend` is Django's EMAIL_BACKEND, so that allauth's mails take the same way. What really sends is
settings.OUTBOX_BACKEND. In the demo nothing is sent and the words stay readable on the mail page.
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models.functions import Now

from ground import jobs
from ground.models import Job, Mail

_MAIL_JOB = "mail"


class Backend(BaseEmailBackend):
    """Writes mails down instead of sending them."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Put each message to each of its addresses into the outbox."""
        return sum(_keep(message, to) for message in email_messages for to in message.to)


def post(*, to: str, subject: str, body: str, unsubscribe_url: str = "") -> Mail:
    """Write one mail and the job that sends it. `body`: plain text without health data.

    `unsubscribe_url` is where one POST ends mails of this sort (RFC 8058); empty where they cannot be ended.
    """
    with transaction.atomic():
        mail = Mail(to=to, subject=" ".join(subject.split())[:200], unsubscribe_url=unsubscribe_url)
        mail.body = body
        mail.save()
        jobs.put(_MAIL_JOB, subject=mail.pk)
    return mail


def send(job: Job) -> jobs.Outcome:
    """Send the mail of a job and wipe its words. A mail server in trouble postpones it."""
    mail = Mail.objects.filter(pk=job.subject, sent_at=None).first()
    if mail is None or mail.body is None:
        return jobs.Done()
    message = EmailMultiAlternatives(
        subject=mail.subject, body=mail.body, to=[mail.to], headers=_headers(mail.unsubscribe_url)
    )
    try:
        get_connection(settings.OUTBOX_BACKEND).send_messages([message])
    except OSError as trouble:
        return jobs.Later(60 * min(30, 2**job.attempts), note=type(trouble).__name__)
    _sent(mail)
    return jobs.Done()


def _headers(unsubscribe_url: str) -> dict[str, str]:
    if not unsubscribe_url:
        return {}
    return {
        "List-Unsubscribe": f"<{unsubscribe_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _sent(mail: Mail) -> None:
    changes: dict[str, Any] = {"sent_at": Now()}
    if not settings.DEMO:
        changes["body_sealed"] = None
    Mail.objects.filter(pk=mail.pk).update(**changes)


def _keep(message: EmailMessage, to: str) -> int:
    post(to=to, subject=str(message.subject), body=str(message.body))
    return 1


jobs.register(_MAIL_JOB, send)
