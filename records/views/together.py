"""The page of a fact: every record that states it, side by side."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ground.absence import or_404
from ground.scope import scoped
from records import reading, services
from records.reading import Together
from records.views import counting, layout, speaking
from records.views.visit import Visit


@require_safe
@scoped
def together(request: Visit, slug: str, origin: int, name: str, key: str) -> HttpResponse:
    """All records of one fact. A record that has moved to another kind is found from its old address too."""
    with or_404(reading.NotThere):
        found = reading.together(request.viewer, origin, name, key)
    if found.first.record.kind != slug:
        return redirect(found.together_url)
    services.mark_opened(viewer=request.viewer, records=[line.record for line in found.lines])
    sent = {line.record.source_id for line in found.lines}
    as_of = layout.as_of(one for one in reading.places(request.viewer) if one.pk in sent)
    return render(
        request,
        "records/together.html",
        {
            "nav": slug,
            "as_of": as_of,
            "yours": speaking.yours(request.viewer, found.record, back="?from=together"),
            **_page(found),
        },
    )


def _page(found: Together) -> dict[str, Any]:
    kind, total = found.first.kind, found.total
    more = total - len(found.lines)
    return {
        "found": found,
        "kind": kind,
        "heading": _(kind.heading),
        "count": counting.records_of(total, found.places),
        "more": _("Only the newest are shown here. The others are in the list.") if more else "",
    }
