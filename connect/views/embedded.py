"""The gateway's own search page in a frame: an alternative that the settings keep off (decision 0013).

The key that the frame needs is in no page, address or log: a script of ours fetches it by a form of ours and
hands it to the one origin that may have it.
"""

import logging
import uuid

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from connect import services
from connect.gateway import GatewayError, SearchFrame
from connect.models import LinkAttempt
from connect.views import linking
from connect.views.doorman import for_patient

log = logging.getLogger(__name__)


@require_safe
@for_patient
def page(request: HttpRequest) -> HttpResponse:
    """`/connect/search-page/`: what it is and is given; the frame is empty until somebody agrees."""
    frame = _frame()
    answer = render(request, "connect/search_page.html", {"nav": "find", "frame": frame})
    answer._csp_update = {"frame-src": [frame.origin]}  # type: ignore[attr-defined]
    return answer


def key(request: HttpRequest) -> HttpResponse:
    """`/connect/search-page/key/`: what the frame is told, once, for the script that asked with our form."""
    _frame()
    return _key(request)


@require_POST
@for_patient
def _key(request: HttpRequest) -> HttpResponse:
    mine = request.patient  # type: ignore[attr-defined]
    if request.POST.get("whose") != str(mine.public_id):
        return JsonResponse({"text": _("You changed whose pages you see in another window.")}, status=409)
    browser = linking.leaving_browser(request)
    try:
        handed = services.hand_over_key(patient_id=mine.pk, browser=browser)
    except (GatewayError, services.LinkOver) as trouble:
        log.warning("no key for the frame", extra={"error": type(trouble).__name__})
        return JsonResponse({}, status=503)
    answer = JsonResponse({"message": handed.message, "seconds": handed.seconds})
    answer["Cache-Control"] = "no-store"
    linking.remember(answer, browser)
    return answer


@require_safe
@for_patient
@vary_on_headers("Accept")
def picked(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """`/connect/picked/<id>/`: back from such a search, until it is known where it led.

    JSON for the progress element.
    """
    attempt = services.attempt(request.patient, int(request.user.pk or 0), public_id)  # type: ignore[attr-defined]
    run = services.run_of(attempt) if attempt is not None else None
    if attempt is None or (run is None and attempt.place is not None):
        raise Http404
    state = services.standing(attempt, run)
    if "X-Quiet" in request.headers or not request.accepts("text/html"):
        return JsonResponse({name: value for name, value in state.items() if name != "data_url"})
    if run is not None:
        return redirect("connect:progress", run.public_id)
    if attempt.state in (LinkAttempt.State.OPEN, LinkAttempt.State.REPLACED):
        return render(request, "connect/search_over.html", {"nav": "places", "attempt": attempt})
    return render(request, "connect/picked.html", {"nav": "places", "state": state})


def _frame() -> SearchFrame:
    frame = services.search_frame()
    if frame is None:
        raise Http404
    return frame
