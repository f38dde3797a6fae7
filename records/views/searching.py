"""Search over all kinds of record."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from ground.scope import scoped
from records import reading
from records.addresses import reverse
from records.forms import Asked, ListForm
from records.models import Source
from records.views import choice, layout
from records.views.visit import Visit


@require_safe
@scoped
def search(request: Visit) -> HttpResponse:
    """What fits, by kind, with a way to all of each."""
    asked = ListForm.asked(request.GET)
    found = reading.search(request.viewer, asked.sift)
    context = {
        "found": found,
        "choice": choice.shown(request.path, asked, found.places) if found.everything else None,
        "count": _count(found) if asked.sift.active else "",
        "hits": [_hits(one, asked) for one in found.hits],
        "among": _among(found) if asked.sift.active and not found.total else "",
        "as_of": layout.as_of(found.places),
        "nav_kinds": tuple(one for one in found.menu if one.count),
    }
    return render(request, "records/search.html", {"nav": "search", **context})


def _hits(hits: reading.Hits, asked: Asked) -> dict[str, Any]:
    """One section: its list with the same choice is where the link leads."""
    return {
        "slug": hits.kind.slug,
        "heading": _(hits.kind.heading),
        "total": hits.total,
        "more": hits.total > len(hits.rows),
        "url": choice.address(reverse("records:kind", args=[hits.kind.slug]), asked),
        "rows": hits.rows,
    }


def _count(found: reading.Searched) -> str:
    """How many fit, in words; nothing where none do."""
    if not found.total:
        return ""
    lists = ngettext("on one list", "on %(lists)s lists", len(found.hits)) % {"lists": len(found.hits)}
    records = ngettext("One record fits", "%(total)s records fit", found.total) % {"total": found.total}
    return _("%(records)s, %(lists)s, newest first.") % {"records": records, "lists": lists}


def _among(found: reading.Searched) -> str:
    """What was searched, where nothing was found."""
    names = [one.name for one in found.places if one.gate == Source.Gate.OPEN]
    return ngettext(
        "We looked through your one record, from %(places)s: its name, value, notes and comments.",
        "We looked through your %(all)s records, from %(places)s: their names, values, notes and comments.",
        found.everything,
    ) % {"all": found.everything, "places": get_text_list(names, _("and"))}
