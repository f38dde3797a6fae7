"""Places as the directory has them, with what we put right; those that people looked for in vain; and what is
left alone.
"""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connect import weather
from connect.models import Breaker, Pacing, Place, PlaceRequest
from connect.services import operating
from portal.admin.acting import action
from portal.admin.house import Untouched, site, yes_no

_DAY = 24


class Corrected(Untouched):
    """Rows that whoever may puts right."""

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whoever may."""
        return admin.ModelAdmin.has_change_permission(self, request)


@admin.register(Place, site=site)
class PlaceAdmin(Corrected):
    """A hospital, clinic or health plan. What is changed here stands over what the directory says."""

    section, called = "places", gettext_lazy("Directory of places")
    about = gettext_lazy(
        "Hospitals, clinics and plans that a search has found. Change a name, an address or the kind and it"
        " stays so, whatever the directory says; everybody who connected the place sees it."
    )
    find_by = gettext_lazy("a part of the name, or the place's number at 1up")
    list_display = ("name", "where", "kind", "is_corrected", "is_hidden", "held", "has_trouble")
    list_filter = ("kind", "is_hidden")
    ordering = ("name", "pk")
    readonly_fields = (
        "gateway",
        "key",
        "ehr",
        "fhir_versions",
        "is_hidden",
        "is_corrected",
        "seen_at",
        "held",
    )
    fields = (*operating.CORRECTABLE, *readonly_fields)
    actions = ("hide", "show_again", "leave_alone", "leave_alone_for_a_day", "ask_again", "uncorrect")

    def found(self, rows: "QuerySet[Any]", words: str) -> "QuerySet[Any]":
        """By its number, else by a part of its name."""
        by_key = rows.filter(key=words)
        return by_key if by_key.exists() else rows.filter(name__icontains=words)

    def save_model(self, request: HttpRequest, obj: Place, form: Any, change: bool) -> None:
        """Keep what was changed as words of ours."""
        operating.correct(obj, form.changed_data)

    @admin.display(description=gettext_lazy("corrected by us"))
    def is_corrected(self, row: Place) -> str:
        """Which columns."""
        return ", ".join(sorted(row.corrected)) or yes_no(False)

    @admin.display(description=gettext_lazy("left alone until"))
    def held(self, row: Place) -> datetime | None:
        """Where one of us said so."""
        return weather.held_until(row)

    @admin.display(description=gettext_lazy("trouble today"))
    def has_trouble(self, row: Place) -> str:
        """For several patients."""
        return yes_no(weather.trouble_today(row))

    @action(
        gettext_lazy("Leave out of searches"),
        gettext_lazy("Nobody finds these places any more. Who is connected there stays connected."),
        "left out of searches",
    )
    def hide(self, request: HttpRequest, row: Place) -> bool:
        """A double, or one that is closed."""
        return operating.show(row, hidden=True)

    @action(
        gettext_lazy("Show in searches again"),
        gettext_lazy("People find these places again."),
        "shown in searches",
    )
    def show_again(self, request: HttpRequest, row: Place) -> bool:
        """Undo the same."""
        return operating.show(row, hidden=False)

    @action(
        gettext_lazy("Leave alone for an hour"),
        gettext_lazy("Nothing is asked of these places. Imports wait, and go on by themselves."),
        "left alone for an hour",
    )
    def leave_alone(self, request: HttpRequest, row: Place) -> bool:
        """Where a place asks us for it."""
        operating.hold(row, 1)
        return True

    @action(
        gettext_lazy("Leave alone for a day"),
        gettext_lazy("Nothing is asked of these places. Imports wait, and go on by themselves."),
        "left alone for a day",
    )
    def leave_alone_for_a_day(self, request: HttpRequest, row: Place) -> bool:
        """The same for longer."""
        operating.hold(row, _DAY)
        return True

    @action(
        gettext_lazy("Ask again now"),
        gettext_lazy("Ends the time for which these places are left alone, whoever began it."),
        "asked again",
    )
    def ask_again(self, request: HttpRequest, row: Place) -> bool:
        """End a hold, and a rest after failures."""
        return weather.ask_again(row)

    @action(
        gettext_lazy("Let the directory's words back in"),
        gettext_lazy("Our corrections are forgotten. The directory's words come with the next search."),
        "corrections forgotten",
    )
    def uncorrect(self, request: HttpRequest, row: Place) -> bool:
        """Undo corrections."""
        return operating.uncorrect(row)


@admin.register(PlaceRequest, site=site)
class PlaceRequestAdmin(Corrected):
    """Places that people looked for in vain. Who asked is a number: where somebody is treated is private."""

    section, called = "places", gettext_lazy("Places people missed")
    about = gettext_lazy("What people looked for and did not find. Say when one was dealt with.")
    list_display = ("name", "where", "address", "created_at", "answered_at")
    list_filter = ("answered_at",)
    fields = ("name", "where", "address", "user_id", "created_at", "answered_at")
    readonly_fields = ("name", "where", "address", "user_id", "created_at")
    ordering = ("-pk",)
    actions = ("dealt_with",)

    @action(
        gettext_lazy("Dealt with"),
        gettext_lazy("Notes that somebody saw to these wishes. Nobody is written to."),
        "dealt with",
    )
    def dealt_with(self, request: HttpRequest, row: PlaceRequest) -> bool:
        """Note the time."""
        rows = PlaceRequest.objects.filter(pk=row.pk, answered_at=None)
        return bool(rows.update(answered_at=timezone.now()))


@admin.register(Breaker, site=site)
class BreakerAdmin(Untouched):
    """Hosts and places of which calls came to nothing, and what is left alone."""

    section, called = "places", gettext_lazy("Left alone")
    about = gettext_lazy(
        "Hosts and places that failed several times in a row, and those that one of us put on hold. Each is"
        " asked again by itself when its time is over."
    )
    list_display = fields = readonly_fields = ("name", "since_when", "failures", "open_until")
    ordering = ("name",)
    actions = ("ask_again",)

    @admin.display(description=gettext_lazy("why"))
    def since_when(self, row: Breaker) -> str:
        """Whose doing it is."""
        return _("put on hold here") if row.name.startswith("hold ") else _("calls that came to nothing")

    @action(
        gettext_lazy("Ask again now"),
        gettext_lazy("The next call is made at once. If it fails too, the rest begins anew."),
        "asked again",
    )
    def ask_again(self, request: HttpRequest, row: Breaker) -> bool:
        """Forget its failures."""
        return bool(Breaker.objects.filter(pk=row.pk).delete()[0])


@admin.register(Pacing, site=site)
class PacingAdmin(Untouched):
    """How many calls each budget lets through."""

    section, called = "places", gettext_lazy("Budgets of calls")
    about = gettext_lazy(
        "Each budget shrinks when 1up says that it is asked too often, and grows back by itself. How large it"
        " is altogether stands in the settings."
    )
    list_display = fields = readonly_fields = ("credential", "percent", "shrunk_at", "closed_until")
    ordering = ("credential",)
    actions = ("whole_again",)

    @action(
        gettext_lazy("Use the whole budget again now"),
        gettext_lazy("Only when 1up has said that it is all right; else it says again that it is too much."),
        "whole budget again",
    )
    def whole_again(self, request: HttpRequest, row: Pacing) -> bool:
        """Forget what 1up said."""
        shrunk = Pacing.objects.filter(pk=row.pk).exclude(percent=100, closed_until=None)
        return bool(shrunk.update(percent=100, closed_until=None))
