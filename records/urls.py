"""The addresses of records: a kind's word, then origin, type and id, which never change."""

from django.urls import path

from records.views import originals, pages

app_name = "records"

_ONE = "<slug:slug>/<int:origin>/<str:name>/<str:key>/"

urlpatterns = [
    path("", pages.overview, name="overview"),
    path("seen/", pages.seen, name="seen"),
    path("<slug:slug>/", pages.kind, name="kind"),
    path(_ONE, pages.one, name="one"),
    path(f"{_ONE}original/", originals.original, name="original"),
    path(f"{_ONE}original/download/", originals.download, name="download"),
]
