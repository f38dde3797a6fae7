"""What everybody who signs in is told for a while."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.admin.acting import action
from portal.admin.house import Made, site
from portal.models import Announcement


@admin.register(Announcement, site=site)
class AnnouncementAdmin(Made):
    """A banner on every page, until a time."""

    section, called = "work", gettext_lazy("Announcements")
    about = gettext_lazy(
        "A sentence or two at the top of every page, for everybody who is signed in, until the time you say."
        " Each reader can put it away."
    )
    list_display = ("text", "tone", "begins_at", "ends_at", "stands", "readers")
    fields = ("text", "tone", "begins_at", "ends_at")
    ordering = ("-ends_at",)
    actions = ("end_now",)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        """With how many put it away."""
        rows: QuerySet[Any] = super().get_queryset(request).annotate(away=Count("put_away"))
        return rows

    @admin.display(description=gettext_lazy("put away by"))
    def readers(self, row: Any) -> int:
        """How many."""
        return int(row.away)

    @admin.display(description=gettext_lazy("now"))
    def stands(self, row: Announcement) -> str:
        """Whether it is shown."""
        now = timezone.now()
        if row.begins_at > now:
            return _("not yet")
        return _("is shown") if row.ends_at > now else _("over")

    @action(
        gettext_lazy("Take down now"),
        gettext_lazy("Nobody is shown these any more."),
        "taken down",
    )
    def end_now(self, request: HttpRequest, row: Model) -> bool:
        """End it before its time."""
        now = timezone.now()
        return bool(Announcement.objects.filter(pk=row.pk, ends_at__gt=now).update(ends_at=now))
