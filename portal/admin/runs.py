"""Imports: how each went, why one failed, and another try."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from connect.models import ImportRun
from connect.services import operating
from ground.models import Job
from portal.admin import reach
from portal.admin.acting import action, actor, nothing
from portal.admin.house import site


@admin.register(ImportRun, site=site)
class ImportRunAdmin(reach.InReach):
    """One import each: where it is, or how it ended, in words."""

    section, called = "places", gettext_lazy("Imports")
    about = gettext_lazy(
        "Each time records were collected from a place, and why one failed. Tick some to try again; what was"
        " kept already is not fetched twice."
    )
    list_display = ("no", "patient_number", "place_name", "why", "outcome", "started_at", "quarantined")
    list_filter = ("outcome", "phase", "error")
    ordering = ("-pk",)
    list_select_related = ("connection__place",)
    fields = readonly_fields = (
        *(
            "patient_number",
            "connection_link",
            "started_at",
            "ended_at",
            "outcome",
            "why",
            "what_to_do",
            "error",
        ),
        *(
            "phase",
            "is_first",
            "is_complete",
            "pass_number",
            "seen",
            "total",
            "new",
            "changed",
            "quarantined",
        ),
        *("troubles", "sign_ins", "unreadable", "again_at", "heartbeat_at", "work"),
    )
    actions = ("again",)

    @admin.display(description=gettext_lazy("place"))
    def place_name(self, row: ImportRun) -> str:
        """As the directory has it."""
        return row.connection.place.name

    @admin.display(description=gettext_lazy("connection"))
    def connection_link(self, row: ImportRun) -> SafeString:
        """The one it belongs to."""
        to = reverse("admin:connect_connection_change", args=[row.connection_id])
        return format_html("<a href='{}'>{}</a>", to, row.connection.place.name)

    @admin.display(description=gettext_lazy("how it stands, or why it failed"))
    def why(self, row: ImportRun) -> str:
        """In plain words."""
        return operating.why(row)

    @admin.display(description=gettext_lazy("what to do"))
    def what_to_do(self, row: ImportRun) -> str:
        """In plain words."""
        return operating.what_to_do(row) or nothing()

    @admin.display(description=gettext_lazy("its work"))
    def work(self, row: ImportRun) -> SafeString | str:
        """The jobs that do it."""
        rows = Job.objects.filter(kind="import", subject=row.pk).order_by("-pk")[:5]
        told = [(reverse("admin:ground_job_change", args=[one.pk]), one.pk, one.state) for one in rows]
        return format_html_join(", ", "<a href='{}'>#{}</a> {}", told) or nothing()

    @action(
        gettext_lazy("Try again"),
        gettext_lazy(
            "The place is looked at anew, unless that is under way. Not possible where it was asked a moment"
            " ago, or where nothing is connected any more."
        ),
        "tried again",
    )
    def again(self, request: HttpRequest, row: Any) -> bool:
        """Another import of the same connection; where its work gave up, that goes on."""
        return operating.look_now(connection=row.connection, by=actor(request))
