"""The visit packet: a form for the day and the parts, on the same page what was asked for, and its papers."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ground import scope
from ground.scope import scoped
from records import addresses, reading, typesetting
from records.addresses import reverse
from records.forms import VisitForm
from records.models import Source
from records.reading import TOPICS, Line, Packet
from records.templatetags.records_words import when
from records.views import layout, packet_paper, sheets
from records.views.packet_parts import TITLES, day_words, sections
from records.views.visit import Visit


@require_safe
@scoped
def packet(request: Visit) -> HttpResponse:
    """`/records/visit/`: the form; and the packet, where a day was given."""
    asked = VisitForm.asked(request.GET)
    found = reading.packet(request.viewer, asked.plan) if asked.plan and request.patient else None
    places = found.places if found else reading.places(request.viewer)
    here = reverse("records:visit")
    context = {
        "asked": asked,
        "places": [one for one in places if one.gate == Source.Gate.OPEN],
        "connected": bool(places),
        "parts": [{"part": one, "text": TITLES[one], "checked": one in asked.parts} for one in TOPICS],
        "ahead": [_ahead(one) for one in reading.ahead(request.viewer, timezone.localdate())],
        "whose": _whose(request) if found else "",
        "title": title(found) if found else _("A packet for your visit"),
        "about": about(found) if found else "",
        "sections": sections(request.viewer, found) if found else [],
        "save": {"pdf": f"{here}packet.pdf?{asked.query}", "text": f"{here}packet.txt?{asked.query}"},
        "as_of": layout.as_of(places),
    }
    return render(request, "records/packet.html", {"nav": "visit", **context})


@require_safe
def packet_pdf(request: Visit) -> HttpResponse:
    """`/records/visit/packet.pdf`: the same on paper."""
    made = _document(request)
    back = f"{reverse('records:visit')}?{request.GET.urlencode()}"
    return sheets.pdf(request, made, _called(), back) if made else redirect(back)


@require_safe
def packet_text(request: Visit) -> HttpResponse:
    """`/records/visit/packet.txt`: the same as plain text."""
    made = _document(request)
    if made is None:
        return redirect(f"{reverse('records:visit')}?{request.GET.urlencode()}")
    return sheets.text(typesetting.text(made), _called())


def _document(request: Visit) -> typesetting.Document | None:
    """The paper; None where the page has to say first what is wrong. Read in a scope of its own: setting
    takes a while, and no transaction waits for it.
    """
    asked = VisitForm.asked(request.GET)
    if asked.plan is None:
        return None
    with scope.open(request.viewer):
        found = reading.packet(request.viewer, asked.plan)
        told = sections(request.viewer, found)
        whose = sheets.whose(request)
        return packet_paper.document(title(found), whose, found.places, about(found), told)


def _whose(request: Visit) -> str:
    """As it stands on a paper too."""
    told = sheets.whose(request)
    return _("%(name)s, born %(day)s") % {"name": told.name, "day": day_words(told.born)}


def _called() -> str:
    return f"visit-{timezone.localdate().isoformat()}"


def title(found: Packet) -> str:
    """For which visit it is."""
    said = {"day": day_words(found.plan.on), "place": found.place.name if found.place else ""}
    if addresses.are_moved():
        return (_("For a visit on %(day)s, %(place)s") if found.place else _("For a visit on %(day)s")) % said
    if found.place:
        return _("For my visit on %(day)s, %(place)s") % said
    return _("For my visit on %(day)s") % said


def about(found: Packet) -> str:
    """From when on it counts changes, and why from then."""
    if found.last:
        visit = {"visit": found.last.title, "place": found.last.place, "day": when(found.last.record.when)}
        return _("The last visit before it: %(visit)s, %(place)s, %(day)s.") % visit
    if found.since:
        return _("Changes are counted from %(day)s on.") % {"day": day_words(found.since)}
    return _("No place has sent an earlier visit, so nothing can be counted from there.")


def _ahead(line: Line) -> dict[str, str]:
    """A planned visit as a link that fills in the form."""
    day = line.record.when[:10]
    parts = "".join(f"&with={one}" for one in TOPICS if one != "vaccines")
    url = f"{reverse('records:visit')}?on={day}&place={line.record.source_id}{parts}"
    return {"text": f"{line.title}, {line.source}", "url": url}
