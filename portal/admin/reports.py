"""What patients do not recognize among the looks at their records, and what came of it."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from portal import look_reports
from portal.admin.acting import action, nothing
from portal.admin.house import Untouched, site
from portal.models import LookReport


@admin.register(LookReport, site=site)
class LookReportAdmin(Untouched):
    """That a patient asked about one look. Who looked is a user's number, whose records these are another."""

    section, called = "audit", gettext_lazy("“I do not recognize this”")
    about = gettext_lazy(
        "Looks that patients asked about. Ask the clinic's lead, or whoever looked, what it was for; then say"
        " here what you found. The patient reads that, in our words."
    )
    list_display = ("no", "status", "at", "patient_number", "looked_at", "looker_number", "clinic_name")
    list_filter = ("status",)
    list_select_related = ("clinic",)
    fields = readonly_fields = (
        *("status", "at", "patient_number", "look", "looked_at", "looker_number", "clinic_name"),
        *("settled_at", "settled_by"),
    )
    ordering = ("-pk",)
    actions = ("take_up", "was_right", "was_wrong")

    @admin.display(description=gettext_lazy("patient"))
    def patient_number(self, row: LookReport) -> SafeString:
        """Whose records were looked at."""
        return format_html("<a href='/admin/portal/patient/{0}/change/'>#{0}</a>", row.patient_id)

    @admin.display(description=gettext_lazy("who looked"))
    def looker_number(self, row: LookReport) -> SafeString | str:
        """A user."""
        link = "<a href='/admin/portal/user/{0}/change/'>#{0}</a>"
        return format_html(link, row.looker_id) if row.looker_id else nothing()

    @admin.display(description=gettext_lazy("for which clinic"))
    def clinic_name(self, row: LookReport) -> str:
        """The clinic they looked for."""
        return row.clinic.name if row.clinic is not None else nothing()

    @admin.display(description=gettext_lazy("the look"))
    def look(self, row: LookReport) -> SafeString:
        """The line in the list of looks."""
        return format_html("<a href='{}'>#{}</a>", _look_url(row), row.look_id)

    @action(
        gettext_lazy("Somebody looks into it"),
        gettext_lazy("The patient reads that it is being looked into."),
        "taken up",
    )
    def take_up(self, request: HttpRequest, row: LookReport) -> bool:
        """Say so."""
        return look_reports.take_up(public_id=row.public_id)

    @action(
        gettext_lazy("Settled: they were allowed to look"),
        gettext_lazy("The patient reads that it was looked into, and that they were allowed to look."),
        "settled: allowed",
    )
    def was_right(self, request: HttpRequest, row: LookReport) -> bool:
        """Say what came of it."""
        return look_reports.settle(public_id=row.public_id, by=request.user, was_right=True)  # type: ignore[arg-type]

    @action(
        gettext_lazy("Settled: it should not have happened"),
        gettext_lazy(
            "The patient reads that it was looked into, and that it should not have happened. See to it that"
            " whoever looked can do so no more: People who work at clinics, or Users."
        ),
        "settled: should not have happened",
    )
    def was_wrong(self, request: HttpRequest, row: LookReport) -> bool:
        """Say what came of it."""
        return look_reports.settle(public_id=row.public_id, by=request.user, was_right=False)  # type: ignore[arg-type]


def _look_url(row: LookReport) -> str:
    return reverse("admin:ground_look_change", args=[row.look_id])
