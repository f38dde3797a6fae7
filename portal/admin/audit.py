"""What was looked at and what was done: read by the administration, changed by nobody."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from ground.models import Look
from portal.admin import reach
from portal.admin.house import Untouched, number, site
from portal.models import Deed


@admin.register(Deed, site=site)
class DeedAdmin(Untouched):
    """What was done in this admin, by whom. The words name deeds and fields, not values."""

    section, called = "audit", gettext_lazy("What was done here")
    about = gettext_lazy(
        "Everything that was done in the administration: when, by which user, to what. Nobody can change or"
        " delete a line, and it stays when the account of who did it is closed."
    )
    find_by = gettext_lazy("the number of the user who did it")
    list_display = ("at", "by", "about", "object_repr", "deed")
    fields = readonly_fields = ("at", "by", "about", "object_id", "object_repr", "deed")
    list_select_related = ("about",)
    ordering = ("-pk",)

    def found(self, rows: "QuerySet[Any]", words: str) -> "QuerySet[Any]":
        """By who did it."""
        return rows.filter(user_id=number(words))

    @admin.display(description=gettext_lazy("user"), ordering="user_id")
    def by(self, row: Deed) -> SafeString:
        """The number of who did it."""
        return format_html("<a href='/admin/portal/user/{0}/change/'>#{0}</a>", row.user_id)

    @admin.display(description=gettext_lazy("what"))
    def deed(self, row: Deed) -> str:
        """In words."""
        entry = LogEntry(change_message=row.what, action_flag=row.flag)
        return entry.get_change_message() or entry.get_action_flag_display()


@admin.register(Look, site=site)
class LookAdmin(reach.InReach):
    """That somebody looked at a patient's records: who and when, not at what."""

    section, called = "audit", gettext_lazy("Looks at records")
    about = gettext_lazy(
        "Who looked at a patient's records, and when. Numbers alone: what was looked at is for the patient to"
        " see. Nobody can change or delete a line."
    )
    looked = "looks"
    list_display = ("at", "patient_number", "viewer_kind", "user_id", "clinic_id", "what", "reason")
    fields = readonly_fields = (*list_display, "request_id")
    list_filter = ("viewer_kind",)
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        """Without what was looked at."""
        return super().get_queryset(request).defer("record_kind", "record_key")

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Nothing is done to looks."""
        return False
