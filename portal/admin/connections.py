"""Connections: how each stands and what can be done, without a word of what came."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from connect.models import Connection, Happening, ImportRun
from connect.services import operating
from portal.admin import reach
from portal.admin.acting import action, actor, nothing
from portal.admin.house import site

_LATELY = 30


@admin.register(Connection, site=site)
class ConnectionAdmin(reach.InReach):
    """That a patient's records come from a place, and how that stands. No record, no token."""

    section, called = "places", gettext_lazy("Connections")
    about = gettext_lazy(
        "Which places patients connected, by the patients' numbers, and how each stands. Open one to see what"
        " happened there. No record is shown here."
    )
    list_display = ("no", "patient_number", "place_name", "state", "last_error", "collected_at", "lapsed_at")
    list_filter = ("state",)
    ordering = ("-pk",)
    list_select_related = ("place",)
    fields = readonly_fields = (
        *(
            "patient_number",
            "place_name",
            "state",
            "last_error",
            "fhir_version",
            "created_at",
            "collected_at",
        ),
        *("complete_at", "access_state", "access_until", "lapsed_at", "asked_at", "ask_answer", "ended_at"),
        *("imports", "happened"),
    )
    actions = ("look_now", "read_everything", "look_again")

    @admin.display(description=gettext_lazy("place"), ordering="place__name")
    def place_name(self, row: Connection) -> str:
        """As the directory has it."""
        return row.place.name

    @admin.display(description=gettext_lazy("imports"))
    def imports(self, row: Connection) -> SafeString | str:
        """The latest ten, each with what came of it."""
        runs = ImportRun.objects.of(row.patient_id).filter(connection=row).order_by("-pk")[:10]
        told = [(_link(one), one.started_at, operating.why(one) or one.get_outcome_display()) for one in runs]
        return format_html_join("", "<p><a href='{}'>{:%Y-%m-%d %H:%M}</a> {}</p>", told) or nothing()

    @admin.display(description=gettext_lazy("what happened lately"))
    def happened(self, row: Connection) -> SafeString | str:
        """Codes and times; neither kinds nor counts, which say something of a patient's health."""
        rows = Happening.objects.of(row.patient_id).filter(connection=row).order_by("-at", "-pk")[:_LATELY]
        told = [(one.at, one.get_what_display(), one.note) for one in rows]
        return format_html_join("", "<p>{:%Y-%m-%d %H:%M} {} {}</p>", told) or nothing()

    @action(
        gettext_lazy("Look for new records now"),
        gettext_lazy(
            "As if the patient had asked for it. Not possible where the place was asked a moment ago."
        ),
        "looked for new records",
    )
    def look_now(self, request: HttpRequest, row: Connection) -> bool:
        """Begin an import."""
        return operating.look_now(connection=row, by=actor(request))

    @action(
        gettext_lazy("Read whole charts again now"),
        gettext_lazy("Everything the place has is read again, not only what is new. Nothing is lost by it."),
        "whole charts read again",
    )
    def read_everything(self, request: HttpRequest, row: Connection) -> bool:
        """Begin an import of everything."""
        return operating.read_everything(connection=row, by=actor(request))

    @action(
        gettext_lazy("Plan the next look anew"),
        gettext_lazy("For a connection that nobody looks at any more, whatever the reason."),
        "next look planned",
    )
    def look_again(self, request: HttpRequest, row: Connection) -> bool:
        """See that there is a next look."""
        return operating.look_tomorrow(row)


def _link(run: ImportRun) -> str:
    return reverse("admin:connect_importrun_change", args=[run.pk])
