"""The one admin site: for staff with a second factor, and without health data."""

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from portal.models import Agreement, Patient, User


class Site(admin.AdminSite):
    """Signing in happens at the front door; an admin without a second factor is sent to set one up."""

    site_header = site_title = "Tributary"
    index_title = "Administration"

    def has_permission(self, request: HttpRequest) -> bool:
        """Active staff whose account has a second factor."""
        return super().has_permission(request) and bool(is_mfa_enabled(request.user))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The front door's own sign-in; or the second factor, for staff who lack one."""
        if super().has_permission(request):
            return redirect("mfa_index")
        return redirect_to_login(request.GET.get("next", "/admin/"))


site = Site(name="admin")


@admin.register(User, site=site)
class UserAdmin(admin.ModelAdmin):
    """Who signs in. No health data, no passwords."""

    list_display = ("pk", "email", "is_active", "is_staff", "date_joined")
    list_filter = ("is_active", "is_staff")
    fields = ("email", "is_active", "is_staff", "language", "time_zone", "date_joined", "last_login")
    readonly_fields = ("email", "date_joined", "last_login")
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People sign up themselves."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """An account is closed by its owner."""
        return False


@admin.register(Patient, site=site)
class PatientAdmin(admin.ModelAdmin):
    """That a patient is there, and since when; names stay out of lists."""

    list_display = ("pk", "public_id", "created_at")
    fields = ("public_id", "created_at")
    readonly_fields = ("public_id", "created_at")
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Patients are added by the people who look after their records."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Patient | None = None) -> bool:
        """Records are deleted by the people they belong to."""
        return False


@admin.register(Agreement, site=site)
class AgreementAdmin(admin.ModelAdmin):
    """What was agreed to, when. Read only."""

    list_display = ("pk", "user", "document", "version", "at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only signing up agrees."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Agreement | None = None) -> bool:
        """What happened stays."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Agreement | None = None) -> bool:
        """What happened stays."""
        return False
