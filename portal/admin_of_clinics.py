"""Clinics in the administration: made here, with their first lead; everything later their leads do."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal import clinics
from portal.admin import Untouched, site
from portal.models import Clinic, Invitation, Membership

__all__ = ["site"]


class Made(Untouched):
    """Rows that whoever may adds and changes here, and that nobody deletes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever may."""
        return admin.ModelAdmin.has_add_permission(self, request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whoever may."""
        return admin.ModelAdmin.has_change_permission(self, request, obj)


@admin.register(Clinic, site=site)
class ClinicAdmin(Made):
    """A clinic and the code patients share by. One that is not active shows its staff nothing."""

    list_display = ("name", "share_code", "is_active", "created_at")
    fields = ("name", "is_active", "share_code", "created_at")
    readonly_fields = ("share_code", "created_at")


@admin.register(Membership, site=site)
class MembershipAdmin(Made):
    """Who works where. People join by invitation; here that can be ended, and a lost second step taken off
    where a clinic has nobody left who could.
    """

    list_display = ("pk", "clinic", "name", "role", "started_at", "ended_at")
    list_filter = ("role",)
    fields = ("clinic", "user", "name", "role", "started_at", "ended_at")
    readonly_fields = ("clinic", "user", "name", "started_at")
    actions = ("give_back",)  # type: ignore[assignment]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: people are invited."""
        return False

    @admin.action(description="Take off a lost second step", permissions=["change"])
    def give_back(self, request: HttpRequest, rows: "QuerySet[Membership]") -> None:
        """For each of the chosen who works there still, but nobody for themselves."""
        for member in rows.filter(ended_at=None).select_related("clinic", "user"):
            if member.user_id != request.user.pk:
                clinics.give_back_second_step(member=member, by=request.user)  # type: ignore[arg-type]
                self.log_change(request, member, "second step taken off")
        messages.success(request, _("Done. We wrote to them how to go on."))


class AskForm(forms.ModelForm):  # type: ignore[type-arg]
    """Whom to ask: not who works there already."""

    class Meta:
        model = Invitation
        fields = ("clinic", "email", "name", "role")

    def clean(self) -> dict[str, Any]:
        """The same, checked."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and clinics.works_there(cleaned["clinic"], cleaned["email"]):
            self.add_error("email", _("Somebody with this address works at that clinic already."))
        return cleaned


@admin.register(Invitation, site=site)
class InvitationAdmin(Untouched):
    """Who was asked to join, and asking the first lead of a clinic."""

    list_display = ("pk", "clinic", "role", "created_at", "ends_at", "answered_at")
    form = AskForm

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever may."""
        return admin.ModelAdmin.has_add_permission(self, request)

    def save_model(self, request: HttpRequest, obj: Invitation, form: Any, change: bool) -> None:
        """As a lead would ask: with the mail."""
        asked = {"email": obj.email, "name": obj.name, "role": obj.role}
        obj.pk = clinics.invite(clinic=obj.clinic, by=request.user, **asked).pk  # type: ignore[arg-type]
