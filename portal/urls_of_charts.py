"""The addresses of a patient's records as staff of a clinic open them: the same pages, behind the same rule.

Left out is what only a patient does: their own words, letters, files made by a job, all of it at once.
"""

from django.urls import URLPattern, path

from portal.charts import chart_page
from portal.views import charts
from records.urls import urlpatterns as pages

_SEVERAL = ("overview", "seen", "news", "completeness", "search", "timeline", "kind", "kind_pdf", "kind_text")
_SINGLE = ("one", "one_pdf", "one_text", "together", "history", "version", "trend", "original", "download")
_FILES = ("paper", "paper_page", "paper_download")
_TAKEN = ("visit", "visit_pdf", "visit_text", "card", "card_pdf", "card_text", "take_summary")
SHOWN = frozenset({*_SEVERAL, *_SINGLE, *_FILES, *_TAKEN})

chart_urls = (
    [
        path("take/", chart_page(charts.copy), name="take"),
        *(
            URLPattern(one.pattern, chart_page(one.callback), one.default_args, one.name)
            for one in pages
            if one.name in SHOWN
        ),
    ],
    "chart",
)
