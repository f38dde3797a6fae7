"""`/connect/`: find a hospital, clinic or health plan, and the page about one."""

import logging
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from connect import forms, gateways, importing, services
from connect.gateway import GatewayError, TryLater
from connect.models import Connection
from connect.views.doorman import for_patient
from ground import scope

log = logging.getLogger(__name__)


@require_safe
@for_patient
def find(request: HttpRequest) -> HttpResponse:
    """Search words in the address, so that the page can be kept, shared and reloaded."""
    form = forms.SearchForm(request.GET)
    wanted = form.wanted()
    results, down = None, ""
    if wanted["words"] or wanted["kind"]:
        results, down = _search(request, wanted)
    context = {
        "nav": "find",
        "form": form,
        "words": wanted["words"],
        "kind": wanted["kind"],
        "results": results,
        "down": down,
        "doors": _doors(wanted),
        "again_url": _address(**wanted),
        "ask_url": _asking(wanted["words"]),
        "has_search_page": services.search_frame() is not None,
    }
    if results is not None:
        context |= _list(request, results, wanted)
    return render(request, "connect/find.html", context, status=503 if down else 200)


def _search(request: HttpRequest, wanted: dict[str, Any]) -> tuple[Any, str]:
    """What was found, and ""; where the directory gives nothing, what was found before, and why.

    "busy" where too much is asked at once, "later" where waiting helps, else "ours".
    """
    try:
        return services.search_places(patient_id=request.patient.pk, **wanted), ""  # type: ignore[attr-defined]
    except GatewayError as trouble:
        log.warning(
            "search failed",
            extra={"call": trouble.call, "status": trouble.status, "error": type(trouble).__name__},
        )
        why = "busy" if isinstance(trouble, gateways.Busy) else "later"
        why = why if isinstance(trouble, TryLater) else "ours"
        return services.places_seen_before(words=wanted["words"], kind=wanted["kind"]), why


def _list(request: HttpRequest, results: Any, wanted: dict[str, Any]) -> dict[str, Any]:
    """Cards and the line above and below them."""
    with scope.open(request.viewer):  # type: ignore[attr-defined]
        groups = services.groups(results.places, request.patient.pk)  # type: ignore[attr-defined]
    before = max(0, results.offset - forms.PAGE)
    return {
        "groups": groups,
        "count_text": _count(results),
        "previous_url": _address(**{**wanted, "offset": before}) if results.offset else "",
        "next_url": _address(**{**wanted, "offset": results.offset + forms.PAGE}) if results.has_more else "",
    }


def _count(results: Any) -> str:
    """How much of what was found is shown. The directory does not say how many places there are."""
    if results.has_more:
        found = {"start": results.offset + 1, "end": results.end}
        return _("Places %(start)s to %(end)s. There are more.") % found
    if not results.offset:
        return ngettext("%(count)s place", "%(count)s places", results.end) % {"count": results.end}
    found = {"start": results.offset + 1, "end": results.end}
    return _("Places %(start)s to %(end)s. These are the last.") % found


def _doors(wanted: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "text": text,
            "url": _address(words=wanted["words"], kind=kind, offset=0),
            "current": kind == wanted["kind"],
        }
        for kind, text in forms.KINDS
    ]


def _address(*, words: str, kind: str, offset: int) -> str:
    asked = {"q": words, "kind": kind, "offset": offset}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{reverse('connect:find')}?{query}" if query else reverse("connect:find")


def _asking(words: str) -> str:
    """Where to ask for a place that is not listed, with the words that were searched for."""
    here = reverse("connect:ask")
    return f"{here}?{urlencode({'q': words})}" if words else here


def place_page(request: HttpRequest, key: str, *, trouble: str = "", status: int = 200) -> HttpResponse:
    """What will happen, what we ask for, how to stop; and for a connected place, how it stands."""
    place = services.place(key=key)
    if place is None:
        raise Http404
    with scope.open(request.viewer):  # type: ignore[attr-defined]
        mine = services.connections(request.patient.pk)  # type: ignore[attr-defined]
        connection = next((each for each in mine if each.place_id == place.pk), None)
        mine_here = (card for card in services.cards(request.patient.pk) if card["key"] == place.key)  # type: ignore[attr-defined]
        card = next(mine_here, None)
        receipt = services.latest(connection) if connection is not None else None
    states = Connection.State
    context = {
        "nav": "find",
        "place": place,
        "connection": connection,
        "card": card,
        "receipt": receipt,
        "other_url": "" if card is None or card["action_url"] == request.path else card["action_url"],
        "portal": services.portal(place),
        "trouble": trouble,
        "rough_day": services.trouble(place),
        "unreadable": not importing.preferred_version(place.versions, place.gateway),
        "can_check": connection is not None and connection.state == states.CONNECTED,
        "can_stop": connection is not None and connection.state not in (states.ENDED, states.REFUSED),
    }
    return render(request, "connect/place.html", context, status=status)
