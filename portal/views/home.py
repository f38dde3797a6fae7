"""The first page: a welcome for strangers, what is new and where it comes from for people who signed in."""

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ground import scope
from portal import clinics, overview
from portal.admin import site as admin_site
from portal.requests import Request


@login_not_required
@require_safe
def home(request: Request) -> HttpResponse:
    """`/`: welcome, or home."""
    if not request.user.is_authenticated:
        return render(request, "portal/welcome.html")
    if request.patient is not None:
        return _with_records(request, request.patient.pk)
    if request.user.is_staff:
        page = {
            "nav": "home",
            "administers": admin_site.has_permission(request),
            "operates": admin_site.has_permission(request),
            "has_second_step": is_mfa_enabled(request.user),
        }
        return render(request, "portal/staff.html", page)
    return redirect("portal:patients" if clinics.memberships_of(request.user) else "portal:about")


def _with_records(request: Request, patient_id: int) -> HttpResponse:
    with scope.open(request.viewer):
        page = overview.of(request.viewer, patient_id)
        greeting = overview.greeting(timezone.localtime())
        return render(request, "portal/home.html", {"nav": "home", "greeting": greeting, **page})
