"""Patients of a clinic: the list and its search, why somebody looks, and the first page about one of them."""

import uuid

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ground.absence import or_404
from ground.scope import scoped
from portal import reasons, worklist
from portal.charts import below, chart_page, grant_of
from portal.forms_of_clinics import ReadForm, ReasonForm, ReviewForm, SearchForm
from portal.models import Role
from portal.requests import AtWork
from portal.sharing_words import scope_of
from portal.staff import staff_page
from records import reading
from records.models import Review
from records.reading import work
from records.services import mark_seen, reach, reviewing, sharing
from records.services.reach import Reached
from records.views import glance, news

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
        "urgent": request.membership.role != Role.COORDINATOR,
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
    """`/clinic/patients/<id>/`: what matters first, what changed since this reader last looked, what the
    patient wants to ask.
    """
    since = reading.since(request.viewer)
    asked = [one for one in reading.questions(request.viewer) if one.answered_at is None]
    places = reading.places(request.viewer)
    review = reviewing.reviews(request.viewer).get(request.viewer.patients[0])
    context = {
        "first": glance.sections(request.viewer),
        "differing": worklist.disagreements(request.viewer),
        "number": work.feed_number(request.viewer),
        "unreviewed": sum(work.unreviewed(request.viewer).values()),
        "review": review,
        "reviewer": _named(request, review.reviewed_by if review else None),
        "form": _review_form(request, review),
        "since": since,
        "since_text": news.sentence(since),
        "questions": asked,
        "clinic_id": request.viewer.clinic_id,
        "places": places,
        "as_of": reading.as_of(places),
    }
    return render(request, "portal/clinic/chart.html", {"nav": "chart", **context})


@require_POST
@chart_page
@scoped
def reviewed(request: AtWork) -> HttpResponse:
    """`/clinic/patients/<id>/reviewed/`: the clinic has read what came, up to what the page showed."""
    form = ReadForm(request.POST)
    if form.is_valid():
        reviewing.mark_reviewed(viewer=request.viewer, number=form.cleaned_data["number"])
        mark_seen(viewer=request.viewer, number=form.cleaned_data["number"])
        messages.success(request, _("Marked as reviewed."))
    return redirect("portal:worklist")


@require_POST
@chart_page
@scoped
def assign(request: AtWork) -> HttpResponse:
    """`/clinic/patients/<id>/assign/`: whose turn it is, and a note."""
    form = ReviewForm(request.POST, colleagues=worklist.colleagues(request.membership))
    if form.is_valid():
        to, note = form.cleaned_data["assigned"], form.cleaned_data["note"]
        reviewing.assign(viewer=request.viewer, to=to, note=note)
        messages.success(request, _("Kept."))
    else:
        messages.error(request, _("Please choose somebody who works here, and keep the note short."))
    return redirect("portal:chart", public_id=request.chart.patient.public_id)


@require_POST
@chart_page
@scoped
def question(request: AtWork, pk: int) -> HttpResponse:
    """`/clinic/patients/<id>/questions/<pk>/`: what the patient wants to ask was talked about, or was not."""
    mine = request.membership
    with or_404(reading.NotThere):
        if request.POST.get("action") == "back":
            reviewing.not_discussed(viewer=request.viewer, pk=pk)
        else:
            named = f"{mine.name}, {mine.clinic.name}"
            reviewing.discussed(viewer=request.viewer, pk=pk, named=named)
    return redirect("portal:chart", public_id=request.chart.patient.public_id)


@require_safe
@staff_page()
def work_to_do(request: AtWork) -> HttpResponse:
    """`/clinic/to-review/`: what waits to be reviewed; with `?mine` what was given to the reader. A page
    at a time.
    """
    mine, page = "mine" in request.GET, _number(request.GET.get("page", ""))
    clinic = request.membership.clinic
    found = worklist.waiting(request.viewer, clinic, timezone.now(), page=page, mine=mine)
    to = "?mine=yes&page=" if mine else "?page="
    context = {
        "found": found,
        "mine": mine,
        "previous_url": f"{to}{found.page - 1}" if found.page > 1 else "",
        "next_url": f"{to}{found.page + 1}" if found.more else "",
    }
    return render(request, "portal/clinic/work.html", {"nav": "work", **context})


@require_safe
def copy(request: AtWork) -> HttpResponse:
    """`…/records/take/`: a copy of what is shared for the clinic's own system."""
    return render(request, "portal/clinic/copy.html", {"nav": "take"})


def _rows(found: Reached) -> list[dict[str, object]]:
    return [
        {"patient": one.patient, "number": found.numbers.get(one.patient_id, ""), "scope": scope_of(one)}
        for one in found.grants
    ]


def _review_form(request: AtWork, review: Review | None) -> ReviewForm:
    said = {"assigned": review.assigned_to, "note": review.note} if review else None
    return ReviewForm(initial=said, colleagues=worklist.colleagues(request.membership))


def _named(request: AtWork, user_id: int | None) -> str:
    """A colleague by their user; "" for nobody, and for who works here no more."""
    return dict(worklist.colleagues(request.membership)).get(user_id or 0, "")


def _number(asked: str) -> int:
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 1
