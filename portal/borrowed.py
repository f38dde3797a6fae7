"""The patient's own pages (`records.views`) below addresses of those who may read them: which, and how.

Staff of a clinic (`portal.charts`) and people whom the patient named (`portal.shared`) each say who may;
none of them gets what only a patient does: their own words, letters, files made by a job, all of it at once.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern

from ground.viewer import Viewer
from portal.models import Patient
from records import addresses
from records.urls import urlpatterns as pages

View = Callable[..., HttpResponse]
_SEVERAL = ("overview", "seen", "news", "completeness", "search", "timeline", "kind", "kind_pdf", "kind_text")
_SINGLE = ("one", "one_pdf", "one_text", "together", "history", "version", "trend", "original", "download")
SHOWN = frozenset({*_SEVERAL, *_SINGLE, "paper", "paper_page", "paper_download"})


@contextmanager
def about(request: Any, patient: Patient, viewer: Viewer, chart: object, address: str) -> Iterator[None]:
    """Inside, the request is about this patient, by this viewer, and links stay below `address` (which ends
    without a slash). `chart` is what stands above each page.
    """
    before = request.viewer, request.patient
    request.viewer, request.patient, request.chart = viewer, patient, chart
    try:
        with addresses.below(address):
            yield
    except Exception:  # the page that says so is no page about the patient
        request.viewer, request.patient = before
        request.chart = None
        raise


def behind(guard: Callable[[View], View], shown: frozenset[str]) -> list[URLPattern]:
    """The pages of these names, each behind the guard."""
    return [
        URLPattern(one.pattern, guard(one.callback), one.default_args, one.name)
        for one in pages
        if one.name in shown
    ]
