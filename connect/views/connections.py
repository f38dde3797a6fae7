"""My places: how each stands, how far an import is, whose records came, look again."""

import uuid
from typing import Any
from urllib.parse import urlencode

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from connect import forms, services
from connect.models import Connection, ImportRun
from connect.views.doorman import connection_of, for_patient
from ground import scope

_NOTHING_YET = (ImportRun.Phase.CONFIRMING, ImportRun.Phase.QUESTION)


@require_safe
@for_patient
@scope.scoped
def places(request: HttpRequest) -> HttpResponse:
    """`/connect/places/`: every connection and every departure without a return."""
    cards = services.full_cards(request.viewer, request.patient.pk)  # type: ignore[attr-defined]
    partings = bool(services.receipts(request.patient.pk))  # type: ignore[attr-defined]
    needing = sum(card["needs_you"] for card in cards)
    page = {"nav": "places", "cards": cards, "needing": needing, "partings": partings}
    return render(request, "connect/places.html", page)


@require_safe
@for_patient
@scope.scoped
def connection(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """`/connect/places/<id>/`: all about one connection. `?all=1`: everything that ever happened there."""
    found = services.connection(request.patient, public_id)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    page = services.connection_page(request.viewer, found, everything="all" in request.GET)  # type: ignore[attr-defined]
    page |= {"nav": "places", "dependant_url": _for_someone_else(found)}
    return render(request, "connect/connection.html", page)


@require_safe
@for_patient
@vary_on_headers("Accept")
@scope.scoped
def progress(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """`/connect/progress/<id>/`: a page for people, JSON for the progress element."""
    run = _run(request, public_id)
    if (newer := services.newer(run)) is not None:
        return redirect("connect:progress", newer.public_id)
    if request.accepts("text/html") and "X-Quiet" not in request.headers:
        return render(request, "connect/progress.html", _progress_context(run))
    state = services.progress(run)
    return JsonResponse({name: value for name, value in state.items() if name != "data_url"})


@require_http_methods(["GET", "HEAD", "POST"])
@for_patient
def question(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """`/connect/question/<id>/`: where a place's word and the patient's differ. The answer decides.

    Asked of somebody who has just shown who they are: the answer opens records.
    """
    return _asked(request, connection_of(request, public_id))  # type: ignore[no-any-return]


@reauthentication_required(app="connect")  # type: ignore[untyped-decorator]
def _asked(request: HttpRequest, connection: Connection) -> HttpResponse:
    with scope.open(request.viewer):  # type: ignore[attr-defined]
        claim = services.claim(connection)
    if claim is None:
        return redirect("connect:places")
    form = forms.AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _answered(request, connection, form.cleaned_data["answer"])
    context = {
        "nav": "places",
        "connection": connection,
        "form": form,
        "comparison": _comparison(request, claim),
    }
    return render(request, "connect/question.html", context)


@require_POST
@for_patient
def check(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """`/connect/places/<id>/check/`: look for new records now."""
    connection = connection_of(request, public_id)
    try:
        run = services.start_import(viewer=request.viewer, connection=connection)  # type: ignore[attr-defined]
    except services.NotConnected:
        messages.info(request, _("Nothing can be collected from this place now. Please connect it again."))
        return redirect("connect:places")
    except services.TooSoon:  # its page says from when on
        return redirect("connect:connection", connection.public_id)
    return redirect("connect:progress", run.public_id)


@require_safe
@for_patient
def calendar(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """`/connect/places/<id>/sign-in.ics`: the day the sign-in there ends, for a calendar."""
    words = services.calendar(connection_of(request, public_id))
    if not words:
        raise Http404
    answer = HttpResponse(words, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="sign-in-again.ics"'
    return answer


def _answered(request: HttpRequest, connection: Connection, whose: services.Whose) -> HttpResponse:
    try:
        run = services.answer(viewer=request.viewer, connection=connection, whose=whose)  # type: ignore[attr-defined]
    except services.NothingToAnswer:
        return redirect("connect:places")
    return redirect("connect:progress", run.public_id)


def _comparison(request: HttpRequest, claim: services.Claim) -> list[dict[str, Any]]:
    """What the patient told us, and whether the place says the same; never what the place said instead."""
    patient = request.patient  # type: ignore[attr-defined]
    told = {
        "name": (_("Name"), patient.full_name, _("Another name")),
        "birth date": (
            _("Date of birth"),
            services.day(patient.birth_date.isoformat()),
            _("Another date, or none"),
        ),
        "name ending": (_("Jr, Sr, II, III"), "–", _("Not the same")),
        "other": (_("Other details"), "–", _("Do not fit")),
    }
    return [
        {"name": name, "mine": mine, "theirs": other if part in claim.differs else _("The same"),
         "differs": part in claim.differs}
        for part, (name, mine, other) in told.items()
        if part in claim.differs or part in ("name", "birth date")
    ]  # fmt: skip


def _for_someone_else(connection: Connection) -> str:
    """Where to go for records of somebody the user looks after; empty where nobody can be added."""
    try:
        return f"{reverse('portal:dependant_add')}?{urlencode({'place': connection.place.key})}"
    except NoReverseMatch:
        return ""


def _progress_context(run: ImportRun) -> dict[str, Any]:
    place = run.connection.place
    title, quiet = services.heading(run)
    state = services.progress(run)
    go_url, go_text = (state["url"], state["link_text"]) if state["over"] else ("", "")
    if state["over"]:
        state["url"] = ""
    return {
        "nav": "places",
        "run": run,
        "title": title,
        "quiet": quiet,
        "place": place,
        "place_url": reverse("connect:place", args=[place.key]),
        "state": state,
        "go_url": go_url if go_url != state["data_url"] else "",
        "go_text": go_text,
        "advice": services.advice(run) if run.is_over else "",
        "withheld": services.withheld(run),
        "unlisted": services.unlisted(run),
        "dependant_url": _for_someone_else(run.connection),
        "arriving": not run.is_over and run.phase not in _NOTHING_YET,
    }


def _run(request: HttpRequest, public_id: uuid.UUID) -> ImportRun:
    run = services.run(request.patient, public_id)  # type: ignore[attr-defined]
    if run is None:
        raise Http404
    return run
