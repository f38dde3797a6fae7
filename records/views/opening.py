"""The way in for who holds a link: the page that opens one in the browser, and what it is sent.

Source: SMART Health Links (HL7, STU 1), manifest and file requests. Open to everybody and to pages of other
sites: no cookie is read here, and what is sent can be read with the link's key alone.
"""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from records.addresses import reverse
from records.services import links
from records.taking import healthlinks, summary
from records.taking.whose import Whose
from records.views import viewer_words

_FHIR = "application/fhir+json"
_LARGEST = 8 * 1024  # bytes of a request
_MINUTES = 10 * 60  # seconds in which a file can be fetched after its manifest
_SALT = "records.link.file"
View = Callable[..., HttpResponse]


def _for_other_sites(view: View) -> View:
    """A view that scripts of other sites may ask: other viewers open our links too."""

    @wraps(view)
    def inside(request: HttpRequest, **named: Any) -> HttpResponse:
        answer = HttpResponse(status=204) if request.method == "OPTIONS" else view(request, **named)
        answer["Access-Control-Allow-Origin"] = "*"
        answer["Access-Control-Allow-Methods"] = "GET, POST"
        answer["Access-Control-Allow-Headers"] = "Content-Type"
        return answer

    inside.answers_other_sites = True  # type: ignore[attr-defined]
    return inside


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page that opens a link; what stands behind the # of its address stays in the browser."""
    return render(request, "records/link_open.html", {"nav": "", "words": viewer_words.as_json()})


@csrf_exempt
@login_not_required
@_for_other_sites
def manifest(request: HttpRequest, word: str) -> HttpResponse:
    """What can be fetched, for who names themselves and knows the passcode; a browser is led to the page."""
    if request.method != "POST":
        return redirect("records:link_open")
    asked = _asked(request)
    if asked is None:
        return JsonResponse({"error": "recipient is required"}, status=400)
    try:
        opened = links.enter(word=word, recipient=asked["recipient"], passcode=asked["passcode"])
    except links.NoSuchLink:
        return JsonResponse({}, status=404)
    except links.WrongPasscode as wrong:
        return JsonResponse({"remainingAttempts": wrong.left}, status=401)
    except links.TooOften:
        return JsonResponse({}, status=429, headers={"Retry-After": "3600"})
    file = {"contentType": _FHIR, **_file(word, _content(opened), asked["most"])}
    return JsonResponse({"status": "can-change", "files": [file]})


@login_not_required
@_for_other_sites
@require_safe
def file(request: HttpRequest, word: str, ticket: str) -> HttpResponse:
    """The content by itself, for some minutes after its manifest was asked for."""
    try:
        if signing.loads(ticket, salt=_SALT, max_age=_MINUTES) != word:
            raise links.NoSuchLink
        made = _content(links.again(word))
    except (signing.BadSignature, links.NoSuchLink):
        return JsonResponse({}, status=404)
    except links.TooOften:
        return JsonResponse({}, status=429, headers={"Retry-After": "3600"})
    return HttpResponse(made, content_type="application/jose")


def _asked(request: HttpRequest) -> dict[str, Any] | None:
    """The request as the specification has it: `most` is how long an embedded file may be, None for any."""
    try:
        sent = json.loads(request.body) if len(request.body) <= _LARGEST else None
    except ValueError:
        return None
    if not isinstance(sent, dict):
        return None
    recipient, passcode = (_text(sent.get(name)) for name in ("recipient", "passcode"))
    most = sent.get("embeddedLengthMax")
    return {"recipient": recipient, "passcode": passcode, "most": most} if recipient else None


def _text(value: object) -> str:
    return value.replace("\0", "").strip() if isinstance(value, str) else ""


def _content(opened: links.Opened) -> str:
    """The summary as it is now, through the link's own grant, under its own key."""
    patient = opened.link.patient
    made = summary.summary(opened.viewer, Whose(patient.full_name, patient.birth_date))
    return healthlinks.sealed(made, opened.key, _FHIR)


def _file(word: str, made: str, most: object) -> dict[str, str]:
    if isinstance(most, int) and len(made) > most:
        ticket = signing.dumps(word, salt=_SALT)
        return {"location": settings.SITE_URL + reverse("records:link_file", args=[word, ticket])}
    return {"embedded": made}
