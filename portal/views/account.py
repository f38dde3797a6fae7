"""The account: who the records are of, language and time zone, and the way to password and second factors."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from portal import services
from portal.forms import PatientForm, PreferencesForm


def about(request: HttpRequest) -> HttpResponse:
    """`/account/about-you/`: name and birth date, asked once, before the first place is connected."""
    if request.patient is not None:
        return redirect("portal:account")
    form = PatientForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.add_own_patient(user=request.user, patient=form.save(commit=False))
        return redirect("connect:find")
    return render(request, "portal/about.html", {"form": form, "nav": "account"})


def account(request: HttpRequest) -> HttpResponse:
    """`/account/`: everything about the account, on one page."""
    agreements = request.user.agreements.order_by("-at", "document")
    return render(request, "portal/account.html", {"nav": "account", "agreements": agreements})


def preferences(request: HttpRequest) -> HttpResponse:
    """`/account/preferences/`: language and time zone."""
    form = PreferencesForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("portal:account")
    return render(request, "portal/preferences.html", {"form": form, "nav": "account"})
