"""Jobs and mail: what waits, why, and what can be done about it."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ground import jobs
from ground.models import Job, Mail
from portal import operating
from portal.admin.acting import action, nothing
from portal.admin.house import Untouched, number, site, yes_no

#: What each kind of job does, for whoever does not read code.
_KINDS = {
    "alarms": gettext_lazy("looks whether an alarm fires"),
    "canary": gettext_lazy("shows that workers work"),
    "check": gettext_lazy("looks for new records at a place, again and again"),
    "clinic_account": gettext_lazy("gives a clinic a user of its own at 1upHealth"),
    "closing": gettext_lazy("closes an account"),
    "housekeeping": gettext_lazy("forgets old rows, once a day"),
    "import": gettext_lazy("collects records from a place"),
    "keys": gettext_lazy("counts which key sealed what, once a day"),
    "mail": gettext_lazy("sends a mail"),
    "mirroring": gettext_lazy("has 1upHealth let a clinic see what a patient shares, or takes it back"),
    "read-again": gettext_lazy("reads one patient's records again after an update"),
    "read-everybody-again": gettext_lazy("has everybody's records read again after an update"),
    "rotate-keys": gettext_lazy("moves sealed values to the first key"),
}


@admin.register(Job, site=site)
class JobAdmin(Untouched):
    """Work to do: rows with a due time."""

    section, called = "work", gettext_lazy("Work")
    about = gettext_lazy(
        "Everything that is done in the background. Stuck means that it gave up after five attempts and waits"
        " for you: find out why, then try again."
    )
    find_by = gettext_lazy("a number")
    list_display = ("no", "kind", "does", "state", "due_at", "attempts", "why", "ended_at")
    list_filter = ("state", "kind")
    ordering = ("-pk",)
    fields = readonly_fields = (
        *("kind", "does", "subject", "patient_id", "state", "why", "due_at", "attempts", "slices"),
        *("leased_until", "request_id", "created_at", "ended_at"),
    )
    actions = ("again", "do_now")

    def found(self, rows: "QuerySet[Any]", words: str) -> "QuerySet[Any]":
        """By number."""
        return rows.filter(pk=number(words))

    @admin.display(description=gettext_lazy("what it does"))
    def does(self, row: Job) -> str:
        """In plain words."""
        return str(_KINDS.get(row.kind, row.kind))

    @admin.display(description=gettext_lazy("why it waits or gave up"))
    def why(self, row: Job) -> str:
        """In plain words."""
        if row.state == Job.State.STUCK:
            failed = _("It failed five times, the last time with %(error)s.") % {"error": row.note}
            return failed if row.note else _("Its worker ended five times in the middle of it.")
        return row.note

    @action(
        gettext_lazy("Try again what gave up"),
        gettext_lazy("It gets five attempts more. Nothing is done twice by that."),
        "tried again",
    )
    def again(self, request: HttpRequest, row: Job) -> bool:
        """Give a stuck job its attempts back."""
        return jobs.try_again(row.pk) is not None

    @action(
        gettext_lazy("Do it now"),
        gettext_lazy("What waits for its time is done as soon as a worker is free."),
        "done now",
    )
    def do_now(self, request: HttpRequest, row: Job) -> bool:
        """Bring it forward."""
        return operating.do_now(row)


@admin.register(Mail, site=site)
class MailAdmin(Untouched):
    """The outbox: to whom, when, and whether it went. What a mail says is sealed and shown to nobody."""

    section, called = "work", gettext_lazy("Mail")
    about = gettext_lazy(
        "What is to be sent and what was. Subject and words are not shown. Sent means that our mail server"
        " took it. Deleted after 30 days."
    )
    find_by = gettext_lazy("a whole e-mail address")
    list_display = ("no", "to", "created_at", "sent_at", "next_try", "trouble")
    list_filter = (("sent_at", admin.EmptyFieldListFilter),)
    fields = readonly_fields = ("to", "created_at", "sent_at", "next_try", "trouble", "can_be_ended")
    ordering = ("-pk",)
    actions = ("send_now", "do_not_send")

    def found(self, rows: "QuerySet[Any]", words: str) -> "QuerySet[Any]":
        """By the whole address."""
        return rows.filter(to__iexact=words)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        """Without what they say."""
        return super().get_queryset(request).defer("subject", "unsubscribe_url")

    @admin.display(description=gettext_lazy("next try"))
    def next_try(self, row: Mail) -> datetime | None:
        """When, while it waits."""
        job = _job(row)
        return job.due_at if job is not None and job.state == Job.State.WAITING else None

    @admin.display(description=gettext_lazy("trouble"))
    def trouble(self, row: Mail) -> str:
        """Why it has not gone yet."""
        job = _job(row)
        if job is None or row.sent_at is not None:
            return nothing()
        return _("gave up; try again") if job.state == Job.State.STUCK else (job.note or nothing())

    @admin.display(description=gettext_lazy("the reader can end such mails"))
    def can_be_ended(self, row: Mail) -> str:
        """Whether there is a link for that in it."""
        return yes_no(row.unsubscribe_url)

    @action(
        gettext_lazy("Send now"),
        gettext_lazy("What waits for another try is tried at once."),
        "sent now",
    )
    def send_now(self, request: HttpRequest, row: Mail) -> bool:
        """Try at once."""
        return operating.send_now(row)

    @action(
        gettext_lazy("Do not send"),
        gettext_lazy(
            "What has not been sent yet is deleted. A code that somebody waits for does not come then."
        ),
        "not sent",
    )
    def do_not_send(self, request: HttpRequest, row: Mail) -> bool:
        """Delete it unsent."""
        return operating.do_not_send(row)


def _job(row: Mail) -> Job | None:
    return Job.objects.filter(kind="mail", subject=row.pk).order_by("-pk").first()
