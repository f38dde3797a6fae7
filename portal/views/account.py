"""The account: who the records are of, language and time zone, and how long this sign-in lasts."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal import clinics, services, sessions
from portal.forms import PatientForm, PreferencesForm, zone_words
from portal.requests import SignedIn


@require_http_methods(["GET", "HEAD", "POST"])
def about(request: SignedIn) -> HttpResponse:
    """`/account/about-you/`: name and birth date, asked once, before the first place is connected."""
    if request.patient is not None:
        return redirect("portal:account")
    form = PatientForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.add_own_patient(user=request.user, patient=form.save(commit=False))
        return redirect("connect:find")
    return render(request, "portal/about.html", {"form": form, "nav": "account"})


@require_safe
def account(request: SignedIn) -> HttpResponse:
    """`/account/`: everything about the account, on one page."""
    agreements = request.user.agreements.order_by("-at", "document")
    page = {
        "nav": "account",
        "agreements": agreements,
        "memberships": clinics.memberships_of(request.user),
        "ended": services.ended_care(request.user),
        "zone": zone_words(request.user.time_zone),
    }
    return render(request, "portal/account.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: SignedIn) -> HttpResponse:
    """`/account/preferences/`: language and time zone."""
    form = PreferencesForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("portal:account")
    return render(request, "portal/preferences.html", {"form": form, "nav": "account"})


@require_http_methods(["GET", "HEAD", "POST"])
def clock(request: SignedIn) -> HttpResponse:
    """`/account/clock/`: how long this sign-in lasts, for the warning before its end.

    Asked with `X-Quiet` it changes nothing; a POST without it says that somebody is here.
    """
    left, can_stay = sessions.seconds_left(request)
    return JsonResponse({"left": left, "can_stay": can_stay})
