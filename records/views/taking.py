"""Taking one's records away: the page that explains, what a job makes for it, and the files."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ground import times
from ground.scope import scoped
from records import reading, taking
from records.addresses import reverse
from records.models import Takeout
from records.taking import booklet
from records.views import layout
from records.views.confirming import CONFIRMED, confirmed
from records.views.visit import Visit

_FILE_COUNTS_AS = 25
"""Records: reading one file takes as long as drawing so many of them."""


@require_safe
@scoped
def take(request: Visit) -> HttpResponse:
    """What can be taken, and what to mind."""
    places = reading.places(request.viewer)
    found = reading.amounts(request.viewer) if places else None
    mine = taking.mine(request.viewer)
    context = {
        "nav": "take",
        "confirmed": CONFIRMED in request.GET,
        "total": found.everything if found else 0,
        "unlisted": found.everything - _listed(request) if found else 0,
        "at_once": found is None or _is_small(found),
        "is_small": found is None or found.everything <= booklet.AT_ONCE,
        "whole": _state(mine.get("zip")),
        "paper": _state(mine.get("pdf")),
        "places": places,
        "as_of": layout.as_of(places),
    }
    return render(request, "records/take.html", context)


def _listed(request: Visit) -> int:
    """How many records the lists show between them."""
    return sum(kind.count for kind in reading.menu(request.viewer))


def _is_small(found: reading.Amounts) -> bool:
    """Whether a browser need not wait long for everything."""
    return found.everything + _FILE_COUNTS_AS * found.papers <= settings.TAKEOUT_AT_ONCE


@require_POST
def make(request: Visit, what: str) -> HttpResponse:
    """Have a job make a file; one at a time."""
    if what not in taking.MAKERS or not request.viewer.patients:
        raise Http404
    _takeout, is_new = taking.ask(request.viewer, what)
    if not is_new:
        messages.info(request, _("This file is being made already. There is nothing you need to do."))
    return redirect("records:take")


@require_safe
@scoped
def progress(request: Visit, public_id: uuid.UUID) -> HttpResponse:
    """How far a file is, for the progress element; for people the page that shows it."""
    takeout = taking.find(request.viewer, public_id)
    if takeout is None:
        raise Http404
    if "X-Quiet" not in request.headers:
        return redirect("records:take")
    state = _state(takeout) or {}
    return JsonResponse({name: state[name] for name in ("text", "value", "max", "over", "url", "link_text")})


@require_safe
def made(request: Visit, public_id: uuid.UUID) -> HttpResponseBase:
    """A file that a job has made, for who asked for it and has just shown who they are."""
    takeout = taking.find(request.viewer, public_id)
    if takeout is None or takeout.state != Takeout.State.READY:
        raise Http404
    return _made(request, takeout)


@confirmed
def _made(request: Visit, takeout: Takeout) -> StreamingHttpResponse:
    maker = taking.MAKERS[takeout.what]
    pieces = taking.pieces(request.viewer, takeout)
    answer = _file(StreamingHttpResponse(pieces, content_type=maker.content_type), maker.ending)
    answer["Content-Length"] = str(takeout.size)
    return answer


@require_safe
@confirmed
def whole(request: Visit) -> StreamingHttpResponse:
    """Everything as a zip, sent while it is made."""
    if not request.viewer.patients:
        raise Http404
    zipped = taking.whole(request.viewer, _whose(request))
    return _file(StreamingHttpResponse(zipped, content_type="application/zip"), "zip")


@require_safe
@confirmed
def results(request: Visit) -> StreamingHttpResponse:
    """Results as a table."""
    lines = taking.results(request.viewer)
    return _file(StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8"), "csv")


def _whose(request: Visit) -> taking.Whose:
    patient, user = request.patient, request.user
    return taking.Whose(
        patient.full_name,
        patient.birth_date,
        getattr(user, "language", settings.LANGUAGE_CODE),
        getattr(user, "time_zone", settings.TIME_ZONE),
    )


def _state(takeout: Takeout | None) -> dict[str, Any] | None:
    """How a file that was asked for stands: parameters of components/progress.html, and what comes next."""
    if takeout is None:
        return None
    making = takeout.state == Takeout.State.MAKING
    return {
        "state": takeout.state,
        "text": _said(takeout),
        "value": takeout.done,
        "max": takeout.total or None,
        "over": not making,
        "url": reverse("records:take"),
        "link_text": _("Look again") if making else _("Go on"),
        "data_url": reverse("records:take_progress", args=[takeout.public_id]),
        "file_url": reverse("records:take_made", args=[takeout.public_id]),
        "size": takeout.size,
    }


def _said(takeout: Takeout) -> str:
    if takeout.state == Takeout.State.READY and takeout.ends_at:
        until = times.moment(takeout.ends_at)
        return _("It is ready. You can download it until %(time)s; then we delete it.") % {"time": until}
    if takeout.state == Takeout.State.LARGE:
        return _("It is larger than we can keep here. You can download it while it is made.")
    if takeout.state == Takeout.State.FAILED:
        return _("We could not make it. That is our fault; please try again, or write to us.")
    return _progress(takeout)


def _progress(takeout: Takeout) -> str:
    steps = taking.MAKERS[takeout.what].steps
    if not takeout.step:
        return _("It begins in a moment. You can leave; we will send you a mail when it is ready.")
    told = {"step": takeout.step, "steps": steps, "done": takeout.done, "total": takeout.total}
    if steps == 1:
        return (
            _("%(done)d of %(total)d records. You can leave; we will send you a mail when it is ready.")
            % told
        )
    return (
        _(
            "Step %(step)d of %(steps)d: %(done)d of %(total)d records."
            " You can leave; we will send you a mail when it is ready."
        )
        % told
    )


def _file(answer: StreamingHttpResponse, ending: str) -> StreamingHttpResponse:
    """A download, called by its day: a name or a place in it would tell whoever sees the folder."""
    name = f"records-{timezone.localdate().isoformat()}.{ending}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
