"""What places sent and could not be kept: why, from where, and another try."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connect.services import operating
from portal.admin import reach
from portal.admin.acting import action
from portal.admin.house import site
from records.models import Quarantined

_REASONS = {
    "no-id": gettext_lazy("It has no number of its own, so it could not be found again."),
    "no-type": gettext_lazy("It does not say what kind of thing it is."),
    "not-json": gettext_lazy("It is no JSON."),
    "not-storable": gettext_lazy("The database cannot hold it."),
}


@admin.register(Quarantined, site=site)
class QuarantinedAdmin(reach.InReach):
    """That something could not be kept, and why. What it is stays shut."""

    section, called = "places", gettext_lazy("Quarantine")
    about = gettext_lazy(
        "Things that places sent and that could not be kept as records, each with the reason. Their contents"
        " are kept as they came and shown to nobody. After an update, try to keep them again."
    )
    looked = "quarantine"
    list_display = ("no", "patient_number", "place_name", "why", "at")
    list_filter = ("reason",)
    fields = readonly_fields = ("patient_number", "place_name", "why", "reason", "at")
    ordering = ("-pk",)
    actions = ("keep_again",)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        """Without what it is."""
        rows = super().get_queryset(request).select_related("source")
        return rows.defer("body", "dictionary", "resource_type", "sha256")

    @admin.display(description=gettext_lazy("place"))
    def place_name(self, row: Quarantined) -> str:
        """As its patient knows it."""
        return row.source.name

    @admin.display(description=gettext_lazy("why"))
    def why(self, row: Quarantined) -> str:
        """In plain words."""
        return str(_REASONS.get(row.reason, _("It could not be kept: %(word)s.") % {"word": row.reason}))

    @action(
        gettext_lazy("Try to keep it again"),
        gettext_lazy(
            "What can be kept now becomes a record of its patient and leaves this list. Not possible where a"
            " place has several charts of a patient: there, read whole charts again."
        ),
        "tried to keep it again",
    )
    def keep_again(self, request: HttpRequest, row: Quarantined) -> bool:
        """Once more, after a reader was mended."""
        return operating.keep_again(patient_id=row.patient_id, quarantined_id=row.pk)
