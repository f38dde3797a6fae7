"""The vaccine card and the emergency page: on the screen, as PDF and as plain text; what is ticked stands in
the address and nowhere else.
"""

from dataclasses import replace
from itertools import groupby
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ground import qr, scope, times
from records import reading, typesetting
from records.addresses import reverse
from records.models import HealthLink
from records.services import links
from records.taking import cards
from records.taking.cards import Card
from records.typesetting import Block, Code, Document, Fact, Heading, Table
from records.views import layout, sheets
from records.views.links import address_of
from records.views.visit import Visit

_CHOSEN = "chosen"
"""Stands in the address once somebody has ticked, so that nothing ticked is told from not asked yet."""


@require_safe
def card(request: Visit, which: str) -> HttpResponse:
    """What stands on it, what else could, and how to take it along."""
    asked, document = _made(request, which)
    with scope.open(request.viewer):
        places = reading.places(request.viewer)
    query = f"?{request.GET.urlencode()}" if _CHOSEN in request.GET else ""
    context = {
        "title": _(asked.title),
        "purpose": _(asked.purpose),
        "whose": document.whose,
        "parts": _parts(request, asked),
        "codes": _codes(request) if asked is cards.EMERGENCY else [],
        "contacts_url": _contacts_url(request, asked),
        "as_of": layout.as_of(places),
        "chapters": _chapters(document),
        "save": {
            "pdf": reverse("records:card_pdf", args=[which]) + query,
            "text": reverse("records:card_text", args=[which]) + query,
        },
    }
    return render(request, "records/card.html", {"nav": "take", **context})


@require_safe
def pdf(request: Visit, which: str) -> HttpResponse:
    """The same on paper."""
    asked, document = _made(request, which)
    if asked is cards.EMERGENCY:
        document = replace(document, code=_code(request))
    back = f"{reverse('records:card', args=[which])}?{request.GET.urlencode()}"
    return sheets.pdf(request, document, sheets.today(asked.slug), back)


@require_safe
def text(request: Visit, which: str) -> HttpResponse:
    """The same as plain text."""
    asked, document = _made(request, which)
    return sheets.text(typesetting.text(document), sheets.today(asked.slug))


def _made(request: Visit, which: str) -> tuple[Card, Document]:
    asked = cards.CARDS.get(which)
    if asked is None or not request.viewer.patients:
        raise Http404
    ticked = [part["slug"] for part in _parts(request, asked) if part["ticked"]]
    return asked, cards.card(request.viewer, sheets.whose(request), which, ticked)


def _code(request: Visit) -> Code | None:
    """The code that was chosen, for paper: of a link of the patient's own that opens now."""
    chosen = next((one for one in _links(request) if str(one.public_id) == request.GET.get("code", "")), None)
    if chosen is None:
        return None
    title = _("This code opens a summary of these records, until %(day)s.")
    if chosen.passcode:
        title = _("This code opens a summary of these records, until %(day)s, and asks for its passcode.")
    drawing = qr.svg(address_of(chosen)).decode()
    return Code(drawing, title % {"day": times.day(chosen.grant.ends_at)})


def _links(request: Visit) -> list[HealthLink]:
    """The patient's links that open now."""
    if request.viewer.kind != "patient":
        return []
    with scope.open(request.viewer):
        return [one for one in links.mine(request.viewer) if one.is_good]


def _codes(request: Visit) -> list[dict[str, Any]]:
    """The patient's links that open now: the code of one can be printed beside what stands here."""
    chosen = request.GET.get("code", "")
    return [
        {
            "value": str(one.public_id),
            "text": _("%(name)s (whoever helps has to know its passcode)") % {"name": one.grant.named}
            if one.passcode
            else one.grant.named,
            "url": reverse("records:link_code", args=[one.public_id, "svg"]),
            "ticked": chosen == str(one.public_id),
        }
        for one in _links(request)
    ]


def _contacts_url(request: Visit, asked: Card) -> str:
    """Where whom to call is written down; empty for all but the patient's own emergency page."""
    is_mine = asked is cards.EMERGENCY and request.viewer.kind == "patient"
    return reverse("records:contacts") if is_mine else ""


def _parts(request: Visit, asked: Card) -> list[dict[str, Any]]:
    """What can be ticked, and whether it is."""
    sent = request.GET.getlist("part") if _CHOSEN in request.GET else None
    return [
        {
            "slug": part.slug,
            "name": _(part.name),
            "ticked": part.ticked if sent is None else part.slug in sent,
        }
        for part in asked.parts
    ]


def _chapters(document: Document) -> list[dict[str, Any]]:
    """The document for its page: each heading with what stands under it."""
    found: list[dict[str, Any]] = [{"title": "", "pieces": []}]
    for is_fact, some in groupby(document.blocks, key=lambda block: isinstance(block, Fact)):
        blocks = list(some)
        if is_fact:
            found[-1]["pieces"].append({"facts": [_fact(one) for one in blocks if isinstance(one, Fact)]})
            continue
        for block in blocks:
            if isinstance(block, Heading):
                found.append({"title": block.text, "pieces": []})
            else:
                found[-1]["pieces"].append(_piece(block))
    return [chapter for chapter in found if chapter["title"] or chapter["pieces"]]


def _piece(block: Block) -> dict[str, Any]:
    if isinstance(block, Table):
        rows = [[cell.splitlines() for cell in row] for row in block.rows]
        return {"heading": block.heading, "rows": rows}
    return {"words": getattr(block, "text", ""), "tone": getattr(block, "tone", "plain")}


def _fact(fact: Fact) -> dict[str, Any]:
    """The name, what is said of it, and where from and when: what the eye must find comes first."""
    return {"name": fact.name, "lines": fact.value.splitlines(), "sources": fact.source.splitlines()}
