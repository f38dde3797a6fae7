"""Everything on one line of time, newest first, a heading for each month."""

from collections import defaultdict
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ground.scope import scoped
from records import reading
from records.fhir.kinds import KINDS
from records.forms import ListForm
from records.reading import NOTHING, VISIT, Held, Listing, Row
from records.templatetags.records_words import month
from records.views import choice, layout
from records.views.visit import Visit


@require_safe
@scoped
def timeline(request: Visit) -> HttpResponse:
    """A page of it, of the kinds that were chosen."""
    asked = ListForm.asked(request.GET, kinds=[one.slug for one in KINDS])
    found = reading.timeline(request.viewer, asked.page, asked.sift)
    present = tuple(one for one in found.menu if one.count)
    context = {
        "found": found,
        "months": months(found),
        "long": len(found.rows) > layout.SHORT,
        "pager": layout.pager(found, asked, request.path),
        "choice": choice.shown(request.path, asked, found.places, kinds=present) if present else None,
        "undated": found.undated if asked.sift.dated else 0,
        "empties": layout.empties(found, (), request.path) if present else [],
        "as_of": layout.as_of(found.places),
        "nav_kinds": present,
    }
    return render(request, "records/timeline.html", {"nav": "timeline", **context})


def months(found: Listing) -> list[dict[str, Any]]:
    """The lines of a page by month, as their dates were recorded; a year without a month is a heading too.
    Each line comes with its anchor and with what stands under it.
    """
    by_month: dict[str, list[tuple[str, Row, Held]]] = defaultdict(list)
    for anchor, line in layout.anchored(found):
        record = line.record
        held = found.held.get((record.origin_id, record.fhir_id)) if record.resource_type == VISIT else None
        by_month[month(record.when)].append((anchor, line, held or NOTHING))
    return [{"heading": heading, "rows": lines} for heading, lines in by_month.items()]
