"""The people whose records somebody looks after: add one, say whose pages to see, mend a name, stop."""

import re
import uuid

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ground.viewer import CHOSEN
from portal import services
from portal.forms import ChangeForm, DependantForm
from portal.models import Holding, Patient
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
    """`/account/people/<id>/look/`: whose pages to see from now on; then a place, or home."""
    patient = next((each for each in request.held if each.public_id == public_id), None)
    if patient is None:
        raise Http404
    _look_at(request, patient)
    place = request.POST.get("place", "")
    return redirect("connect:place", place) if _PLACE.fullmatch(place) else redirect("portal:home")


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedIn, public_id: uuid.UUID) -> HttpResponse:
    """`/account/people/<id>/change/`: another name or birth date, for who has just shown who they are."""
    return _changed(request, _care(request, public_id))  # type: ignore[no-any-return]


@reauthentication_required(app="portal")  # type: ignore[untyped-decorator]
def _changed(request: SignedIn, holding: Holding) -> HttpResponse:
    places = services.places_of(holding)
    name = holding.patient.full_name
    form = ChangeForm(
        request.POST or None,
        instance=holding.patient,
        initial={"relation": holding.relation},
        user=request.user,
        connected=bool(places),
    )
    if request.method == "POST" and form.is_valid():
        services.change_dependant(
            holding=holding, patient=form.save(commit=False), relation=form.cleaned_data["relation"]
        )
        messages.success(request, _("Saved."))
        return redirect("portal:account")
    page = {"nav": "account", "form": form, "name": name, "places": places}
    return render(request, "portal/dependant_change.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: SignedIn, public_id: uuid.UUID) -> HttpResponse:
    """`/account/people/<id>/stop/`: say what happens to their records, and look after them no longer."""
    return _stopped(request, _care(request, public_id))  # type: ignore[no-any-return]


@reauthentication_required(app="portal")  # type: ignore[untyped-decorator]
def _stopped(request: SignedIn, holding: Holding) -> HttpResponse:
    name = holding.patient.full_name
    if request.method == "POST":
        services.end_care(holding=holding)
        messages.success(request, _("You no longer look after %(name)s’s records.") % {"name": name})
        return redirect("portal:account")
    page = {"nav": "account", "person": holding.patient, "places": services.places_of(holding)}
    return render(request, "portal/dependant_stop.html", page)


@require_POST
def again(request: SignedIn, public_id: uuid.UUID) -> HttpResponse:
    """`/account/people/<id>/again/`: look after somebody again, and see what was kept."""
    holding = _care(request, public_id, ended=True)
    services.resume_care(holding=holding)
    _look_at(request, holding.patient)
    return redirect("connect:places")


def _care(request: SignedIn, public_id: uuid.UUID, *, ended: bool = False) -> Holding:
    holding = services.care(request.user, public_id, ended=ended)
    if holding is None:
        raise Http404
    return holding


def _look_at(request: SignedIn, patient: Patient) -> None:
    request.session[CHOSEN] = str(patient.public_id)
    messages.info(request, _("You are now looking at %(name)s’s pages.") % {"name": patient.full_name})
