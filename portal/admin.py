"""The one admin site: for staff with a second factor, and without health data."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from csp.decorators import csp_replace
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme

from connect.models import PlaceRequest
from portal.models import Agreement, Patient, User

# Django's own admin scripts build pages from HTML, which Trusted Types would refuse. The rest stays.
_POLICY = {"require-trusted-types-for": None}


class Site(admin.AdminSite):
    """Signing in happens at the front door; staff without a second factor are sent to set one up."""

    site_header = site_title = "Tributary"
    index_title = "Administration"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Active staff whose account has a second factor."""
        return super().has_permission(request) and bool(is_mfa_enabled(request.user))

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The front door's own sign-in; or the second factor, for staff who lack one."""
        wanted = request.GET.get("next", "")
        is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, None)
        onward = wanted if is_ours else reverse("admin:index")
        if self.has_permission(request):
            return HttpResponseRedirect(onward)  # `redirect` would take some words for names of pages
        if super().has_permission(request):
            return redirect("mfa_index")
        return redirect("portal:home") if request.user.is_authenticated else redirect_to_login(onward)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """One page changes passwords: the account's own, which also tells the address that it happened."""
        return redirect("account_change_password")

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """As Django's, with the policy that its scripts can live with."""
        return csp_replace(_POLICY)(super().admin_view(view, cacheable))


site = Site(name="admin")


class Untouched(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that the admin shows and that nobody adds, changes or deletes here."""

    show_full_result_count = False
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False


@admin.register(User, site=site)
class UserAdmin(Untouched):
    """Who signs in. People sign up and close accounts themselves; here they are stopped, or made staff."""

    list_display = ("pk", "email", "is_active", "is_staff", "date_joined")
    list_filter = ("is_active", "is_staff")
    fields = ("email", "is_active", "is_staff", "language", "time_zone", "date_joined", "last_login")
    readonly_fields = ("email", "language", "time_zone", "date_joined", "last_login")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whoever may change users, but nobody themselves: nobody should lock themselves out."""
        return admin.ModelAdmin.has_change_permission(self, request) and obj != request.user


@admin.register(Patient, site=site)
class PatientAdmin(Untouched):
    """That a patient is there, and since when. Never who, and nothing of their records."""

    list_display = fields = readonly_fields = ("public_id", "created_at")


@admin.register(Agreement, site=site)
class AgreementAdmin(Untouched):
    """What was agreed to, when."""

    list_display = fields = readonly_fields = ("user", "document", "version", "at")


@admin.register(PlaceRequest, site=site)
class PlaceRequestAdmin(Untouched):
    """Places that people looked for in vain. Who asked is a number: where somebody is treated is private."""

    list_display = ("name", "where", "address", "created_at", "answered_at")
    list_filter = ("answered_at",)
    fields = ("name", "where", "address", "user_id", "created_at", "answered_at")
    readonly_fields = ("name", "where", "address", "user_id", "created_at")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whoever may change requests says when one was dealt with."""
        return admin.ModelAdmin.has_change_permission(self, request)


@admin.register(LogEntry, site=site)
class LogEntryAdmin(Untouched):
    """What was done in this admin, by whom. The words are Django's own: they name fields, not values."""

    list_display = fields = readonly_fields = (
        "action_time",
        "user",
        "content_type",
        "object_id",
        "action_flag",
    )
