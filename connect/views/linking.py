"""Leave for a place's sign-in, come back, and every way in which that can go wrong."""

import logging
import re
import secrets
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from connect import gateways, services
from connect.gateway import GatewayError, TryLater
from connect.models import LinkAttempt
from connect.models.link import LIFE
from connect.services import words
from connect.views import directory
from connect.views.doorman import for_patient
from ground import counting
from ground.crypto import readable
from ground.viewer import CHOSEN

log = logging.getLogger(__name__)

COOKIE = "__Host-link"
_NONCE = re.compile(r"[A-Za-z0-9_-]{43}")


@require_http_methods(["GET", "HEAD", "POST"])
@for_patient
def place(request: HttpRequest, key: str) -> HttpResponse:
    """`/connect/place/<key>/`: explain on GET, leave on POST."""
    if request.method != "POST":
        return directory.place_page(request, key)
    found = services.place(key=key)
    if found is None:
        return directory.place_page(request, key)
    mine = str(request.patient.public_id)  # type: ignore[attr-defined]
    if request.POST.get("whose", mine) != mine:
        words = _(
            "You changed whose pages you see in another window. Please check whose records you connect."
        )
        return directory.place_page(request, key, trouble=words, status=409)
    browser = leaving_browser(request)
    try:
        attempt = services.start_link(
            patient_id=request.patient.pk,  # type: ignore[attr-defined]
            browser=browser,
            place=found,
        )
    except services.CannotRead:
        return directory.place_page(request, key)
    except services.StillLeaving:
        words = _(
            "We are still undoing your last connection to this place. Please try again in a few minutes."
        )
        return directory.place_page(request, key, trouble=words, status=409)
    except (GatewayError, services.LinkOver) as trouble:
        log.warning("departure failed", extra={"place": found.pk, "error": type(trouble).__name__})
        return directory.place_page(request, key, trouble=_no_way(trouble), status=503)
    answer = redirect("connect:leaving", attempt.public_id)
    remember(answer, browser)
    return answer


def _no_way(trouble: Exception) -> str:
    """Why nobody can leave for a place now, and what helps. Only waiting helps where we may ask again."""
    if isinstance(trouble, gateways.Resting):
        again = timezone.now() + timedelta(seconds=trouble.retry_after or 0.0)
        return _(
            "The way to their sign-in did not work several times in a row, so we leave it alone until"
            " %(time)s. Please try again then."
        ) % {"time": words.hour(again + timedelta(minutes=1))}
    if isinstance(trouble, TryLater | services.LinkOver):
        return _("We could not get the way to their sign-in just now. Please try again in a minute.")
    return _(
        "There is no way to their sign-in at present. This is nothing you did, and we have noted it."
        " Please try again tomorrow, or choose another place."
    )


@require_safe
@for_patient
def leaving(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """`/connect/leaving/<id>/`: the last page of ours, with a plain link to the place's own sign-in.

    A plain link, since our policy lets no form lead away; and without our address in the referrer.
    """
    attempt = _attempt(request, public_id)
    if attempt.state == LinkAttempt.State.RETURNED:
        return _to_run(request, services.Return("back", attempt, services.run_of(attempt)))
    departure = readable(attempt, "departure")
    if attempt.is_late or not departure:
        return _ended(request, _why_over(attempt), attempt)
    context = {
        "nav": "find",
        "host": attempt.host,
        "place": attempt.place,
        "departure": departure,
        "until": services.hour(attempt.expires_at),
        "rough_day": services.trouble(attempt.place) if attempt.place else "",
    }
    answer = render(request, "connect/leaving.html", context)
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@require_safe
@login_not_required
def come_back(request: HttpRequest) -> HttpResponse:
    """`/connect/return/`: where the gateway sends the browser.

    What its query claims is a hint and no more.
    """
    found = services.record_return(
        browser=browser_of(request, nonce=nonce_of(request)),
        hint=_hint(request),
        came_from=request.GET.get("iss", "")[:500],
    )
    if found.attempt is not None and found.attempt.patient_id not in request.viewer.patients:  # type: ignore[attr-defined]
        _turn_to(request, found.attempt.patient)
    if found.what == "back":
        return _to_run(request, found)
    if found.what == "unmatched":
        log.warning("connect.unmatched")
        counting.add("mismatch", "return")
    return _ended(request, found.what, found.attempt)


@require_http_methods(["GET", "HEAD", "POST"])
@for_patient
def confirm(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """`/connect/confirm/<id>/`: "I finished there", said by somebody who has just signed in to us again."""
    attempt = _attempt(request, public_id)
    if attempt.state == LinkAttempt.State.RETURNED:
        return _to_run(request, services.Return("back", attempt, services.run_of(attempt)))
    return _claimed(request, attempt)  # type: ignore[no-any-return]


@reauthentication_required  # type: ignore[untyped-decorator]
def _claimed(request: HttpRequest, attempt: LinkAttempt) -> HttpResponse:
    if request.method != "POST":
        context = {"nav": "places", "attempt": attempt, "left": services.moment(attempt.created_at)}
        page = "connect/confirm.html" if attempt.place else "connect/confirm_search.html"
        return render(request, page, context)
    try:
        run = services.confirm_link(attempt=attempt)
    except services.LinkOver:
        return _ended(request, _why_over(attempt), attempt)
    return _to_run(request, services.Return("back", attempt, run))


def _attempt(request: HttpRequest, public_id: uuid.UUID) -> LinkAttempt:
    found = services.attempt(request.patient, int(request.user.pk or 0), public_id)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


def _turn_to(request: HttpRequest, patient: Any) -> None:
    """Show the pages of whom the departure was for, and say so."""
    request.session[CHOSEN] = str(patient.public_id)
    request.patient = patient  # type: ignore[attr-defined]
    request.viewer = replace(request.viewer, patients=(patient.pk,))  # type: ignore[attr-defined]
    messages.info(request, _("You are now looking at %(name)s’s pages.") % {"name": patient.full_name})


def _to_run(request: HttpRequest, found: services.Return) -> HttpResponse:
    if found.run is None and found.attempt is not None and found.attempt.place is None:
        return redirect("connect:picked", found.attempt.public_id)
    if found.run is None:
        return _ended(request, "late", found.attempt)
    return redirect("connect:progress", found.run.public_id)


def _why_over(attempt: LinkAttempt) -> str:
    return "replaced" if attempt.state == LinkAttempt.State.REPLACED else "late"


def _ended(request: HttpRequest, what: str, attempt: LinkAttempt | None) -> HttpResponse:
    """A page with the next step. `attempt` is given to nobody but the user who began it."""
    if attempt is not None and attempt.place is None and what != "signed_out":
        return render(request, "connect/search_over.html", {"nav": "places", "attempt": attempt})
    context = {
        "what": what,
        "place": attempt.place if attempt is not None else None,
        "attempt": attempt,
        "next": request.get_full_path(),
    }
    return render(request, "connect/ended.html", context)


def leaving_browser(request: HttpRequest) -> services.Browser:
    """The browser as it leaves: with the nonce it has, or a new one, which `remember` hands over."""
    return browser_of(request, nonce=nonce_of(request) or secrets.token_urlsafe(32))


def remember(answer: HttpResponse, browser: services.Browser) -> None:
    """Give a browser the nonce by which it is known when it comes back."""
    life = int(LIFE.total_seconds())
    answer.set_cookie(COOKIE, browser.nonce, max_age=life, secure=True, httponly=True, samesite="Lax")


def browser_of(request: HttpRequest, *, nonce: str) -> services.Browser:
    """Whose browser it is, by what it brings along."""
    last_login = request.user.last_login if request.user.is_authenticated else None
    return services.Browser(
        session_key=request.session.session_key or "",
        nonce=nonce,
        viewer=request.viewer,  # type: ignore[attr-defined]
        signed_in_at=last_login.timestamp() if last_login else 0.0,
        held=tuple(each.pk for each in getattr(request, "held", ())),
    )


def nonce_of(request: HttpRequest) -> str:
    """The nonce this browser was given; empty for none, or for what is none of ours."""
    found = request.COOKIES.get(COOKIE, "")
    return found if _NONCE.fullmatch(found) else ""


def _hint(request: HttpRequest) -> str:
    said = request.GET.get("success", "")
    return {"true": "success", "false": "declined"}.get(said, "")
