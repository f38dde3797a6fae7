"""The addresses of a patient's records as staff of a clinic open them: what all may who read for somebody
(`portal.borrowed`), and what staff take to a visit or into their own system.
"""

from django.urls import path

from portal import borrowed
from portal.charts import chart_page
from portal.views import charts

_TAKEN = ("visit", "visit_pdf", "visit_text", "card", "card_pdf", "card_text", "take_summary")
SHOWN = borrowed.SHOWN.union(_TAKEN)

chart_urls = (
    [
        path("take/", chart_page(charts.copy), name="take"),
        *borrowed.behind(chart_page, SHOWN),
    ],
    "chart",
)
