"""Taking one's records away: the page that explains, and the files."""

from allauth.account.decorators import reauthentication_required
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ground.scope import scoped
from records import reading, taking
from records.taking import booklet
from records.views import layout
from records.views.visit import Visit


@require_safe
@scoped
def take(request: Visit) -> HttpResponse:
    """What can be taken, and what to mind."""
    places = reading.places(request.viewer)
    total = sum(one.count for one in reading.menu(request.viewer))
    context = {"total": total, "is_small": total <= booklet.AT_ONCE, "places": places}
    context["as_of"] = layout.as_of(places)
    return render(request, "records/take.html", {"nav": "records", **context})


@require_safe
@reauthentication_required  # type: ignore[untyped-decorator]
def whole(request: Visit) -> StreamingHttpResponse:
    """Everything as a zip, sent while it is made."""
    return _file(StreamingHttpResponse(taking.whole(request.viewer), content_type="application/zip"), "zip")


@require_safe
@reauthentication_required  # type: ignore[untyped-decorator]
def results(request: Visit) -> StreamingHttpResponse:
    """Results as a table."""
    lines = taking.results(request.viewer)
    return _file(StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8"), "csv")


def _file(answer: StreamingHttpResponse, ending: str) -> StreamingHttpResponse:
    """A download, called by its day: a name or a place in it would tell whoever sees the folder."""
    name = f"records-{timezone.localdate().isoformat()}.{ending}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
