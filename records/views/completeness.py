"""What came from each place and what did not, what to do about it, and a letter that asks for the rest."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ground.scope import scoped
from records import addresses, reading
from records.addresses import reverse
from records.models import Source
from records.reading import Cell, Completeness, State
from records.views.visit import Visit

_TONES = {"refused": "warn", "failed": "bad", "question": "warn"}

_GAPS: tuple[State, ...] = ("failed", "refused", "question", "waiting", "none", "unshown")


@require_safe
@scoped
def completeness(request: Visit) -> HttpResponse:
    """Places by kinds."""
    found, mine = reading.completeness(request.viewer), not addresses.are_moved()
    context = {
        "nav": "records",
        "places": found.places,
        "rows": [_row(kind.slug, _(kind.heading), cells) for kind, cells in found.rows],
        "as_of": reading.as_of(found.places),
        "steps": [step for place in found.places for step in _steps(found, place)] if mine else [],
    }
    return render(request, "records/completeness.html", context)


def _row(slug: str, heading: str, cells: tuple[Cell, ...]) -> dict[str, Any]:
    return {"heading": heading, "slug": slug, "cells": [_cell(slug, cell) for cell in cells]}


def _cell(slug: str, cell: Cell) -> dict[str, Any]:
    if cell.state == "received":
        url = f"{reverse('records:kind', args=[slug])}?place={cell.place.pk}"
        return {"place": cell.place.name, "count": cell.count, "url": url}
    text = _(reading.STATES[cell.state])
    return {"place": cell.place.name, "text": text, "tone": _TONES.get(cell.state, "quiet")}


def _steps(found: Completeness, place: Source) -> list[dict[str, str]]:
    """What the patient can do about each state of this place that is not the last word."""
    places = reverse("connect:places")
    steps = []
    if found.of(place, "question"):
        text = _("%(place)s sent records that wait until you have answered a question.")
        steps.append({"text": text % {"place": place.name}, "url": places, "link": _("See the question")})
    if found.of(place, "waiting"):
        text = _("We are still collecting from %(place)s.")
        steps.append({"text": text % {"place": place.name}, "url": places, "link": _("See how it stands")})
    if found.of(place, "failed"):
        text = _("Some of what %(place)s holds could not be fetched. We try again by ourselves.")
        steps.append({"text": text % {"place": place.name}, "url": places, "link": _("See how it stands")})
    if refused := found.of(place, "refused"):
        text = _(
            "%(place)s does not send: %(kinds)s. They may hold it all the same, and you may ask for a copy."
        )
        said = text % {"place": place.name, "kinds": ", ".join(_(kind.heading) for kind in refused)}
        url = reverse("records:letter", args=[place.pk])
        steps.append({"text": said, "url": url, "link": _("A letter that asks for it")})
    return steps


_MATTERS = frozenset({"allergies", "medicines", "conditions", "vaccines", "test-results"})


def in_words(found: Completeness) -> list[str]:
    """What did not come, a sentence for each place and reason; of what a place sent none of, only what a
    clinician would ask for.
    """
    text = _("%(place)s. %(why)s: %(kinds)s.")
    said = []
    for place in found.places:
        for state in _GAPS:
            kinds = [
                one
                for one in found.of(place, state)
                if state not in ("none", "unshown") or one.slug in _MATTERS
            ]
            if kinds:
                names = get_text_list([_(one.heading) for one in kinds], _("and"))
                said.append(text % {"place": place.name, "why": _(reading.STATES[state]), "kinds": names})
    return said


@require_safe
@scoped
def letter(request: Visit, place: int) -> HttpResponse:
    """A letter to a place's records office, ready to print, that asks for what it did not send."""
    found = reading.completeness(request.viewer)
    source = next((one for one in found.places if one.pk == place), None)
    if source is None:
        raise Http404
    wanted = [*found.of(source, "refused"), *found.of(source, "none")]
    context = {"nav": "records", "place": source, "kinds": [_(kind.heading) for kind in wanted]}
    return render(request, "records/letter.html", context)
