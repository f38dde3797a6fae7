"""Patients of a clinic: the list and its search, why somebody looks, and the first page about one of them."""

import uuid

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from ground.scope import scoped
from portal import reasons
from portal.charts import below, chart_page, grant_of
from portal.forms_of_clinics import ReasonForm, SearchForm
from portal.requests import AtWork
from portal.sharing_words import scope_of
from portal.staff import staff_page
from records import reading
from records.services import reach, sharing
from records.services.reach import Reached
from records.views import news

_FORM = ["GET", "HEAD", "POST"]


@require_http_methods(_FORM)
@staff_page()
def patients(request: AtWork) -> HttpResponse:
    """`/clinic/patients/`: whose records this clinic may see. What is searched for is sent, and stands in no
    address.
    """
    form = SearchForm(request.POST or None)
    page = _number(request.GET.get("page", ""))
    if request.method == "POST" and form.is_valid():
        found, searched = reach.search(request.viewer, form.sought()), True
    else:
        found, searched = reach.patients(request.viewer, page), False
    context = {
        "form": form,
        "searched": searched,
        "rows": _rows(found),
        "more": found.more,
        "page": page,
        "waiting": len(sharing.offered_to(request.viewer)),
        "clinic": request.membership.clinic,
    }
    return render(request, "portal/clinic/patients.html", {"nav": "patients", **context})


@require_http_methods(_FORM)
@staff_page()
def why(request: AtWork, public_id: uuid.UUID) -> HttpResponse:
    """`/clinic/patients/<id>/why/`: asked before the first page of a visit, and changed here."""
    grant = grant_of(request, public_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reasons.give(request, public_id, form.why())
        to = request.GET.get("to", "")
        return HttpResponseRedirect(to if to.startswith(f"{below(public_id)}/") else f"{below(public_id)}/")
    page = {"nav": "patients", "grant": grant, "scope": scope_of(grant), "form": form}
    return render(request, "portal/clinic/why.html", page)


@require_safe
@chart_page
@scoped
def chart(request: AtWork) -> HttpResponse:
    """`/clinic/patients/<id>/`: what changed since this reader last looked, what the patient wants to ask."""
    since = reading.since(request.viewer)
    asked = [one for one in reading.questions(request.viewer) if one.answered_at is None]
    places = reading.places(request.viewer)
    context = {
        "since": since,
        "since_text": news.sentence(since),
        "questions": asked,
        "places": places,
        "as_of": reading.as_of(places),
    }
    return render(request, "portal/clinic/chart.html", {"nav": "chart", **context})


@require_safe
def copy(request: AtWork) -> HttpResponse:
    """`…/records/take/`: a copy of what is shared for the clinic's own system."""
    return render(request, "portal/clinic/copy.html", {"nav": "take"})


def _rows(found: Reached) -> list[dict[str, object]]:
    return [
        {"patient": one.patient, "number": found.numbers.get(one.patient_id, ""), "scope": scope_of(one)}
        for one in found.grants
    ]


def _number(asked: str) -> int:
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 1
