"""The people whose records somebody looks after: add one, and say whose pages to see."""

import re
import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ground.viewer import CHOSEN
from portal import services
from portal.forms import DependantForm
from portal.models import Patient
from portal.requests import SignedIn

_PLACE = re.compile(r"[A-Za-z0-9_-]{1,64}")


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedIn) -> HttpResponse:
    """`/account/people/add/`: a child, or somebody one cares for. `?place=` is where their records are."""
    form = DependantForm(request.POST or None)
    place = request.GET.get("place", "")
    if request.method == "POST" and form.is_valid():
        patient = services.add_dependant(
            user=request.user, patient=form.save(commit=False), relation=form.cleaned_data["relation"]
        )
        _look_at(request, patient)
        return redirect("connect:place", place) if _PLACE.fullmatch(place) else redirect("connect:find")
    return render(request, "portal/dependant.html", {"form": form, "nav": "account", "place": place})


@require_POST
def look_at(request: SignedIn, public_id: uuid.UUID) -> HttpResponse:
    """`/account/people/<id>/look/`: whose pages to see from now on, in this sign-in."""
    patient = next((each for each in request.held if each.public_id == public_id), None)
    if patient is None:
        raise Http404
    _look_at(request, patient)
    return redirect("portal:home")


def _look_at(request: SignedIn, patient: Patient) -> None:
    request.session[CHOSEN] = str(patient.public_id)
    messages.info(request, _("You are now looking at %(name)s’s pages.") % {"name": patient.full_name})
