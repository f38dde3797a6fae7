"""The addresses of records: a kind's word, then origin, type and id, which never change."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from records.views import (
    asking,
    cards,
    changes,
    completeness,
    contacts,
    correcting,
    links,
    news,
    opening,
    originals,
    packet,
    pages,
    papers,
    searching,
    sheets,
    speaking,
    taking,
    timeline,
    together,
    trends,
)

app_name = "records"


class _Word(StringConverter):
    """A part of an address. No row holds a null byte, and Postgres refuses to look for one."""

    regex = r"[^/\x00]+"


register_converter(_Word, "word")
_ONE = "<slug:slug>/<int:origin>/<word:name>/<word:key>/"

urlpatterns = [
    path("", pages.overview, name="overview"),
    path("seen/", pages.seen, name="seen"),
    path("new/", news.news, name="news"),
    path("take/", taking.take, name="take"),
    path("take/everything.zip", taking.whole, name="take_whole"),
    path("take/make/<slug:what>/", taking.make, name="take_make"),
    path("take/made/<uuid:public_id>/", taking.progress, name="take_progress"),
    path("take/made/<uuid:public_id>/download/", taking.made, name="take_made"),
    path("take/results.csv", taking.results, name="take_results"),
    path("take/emergency/contacts/", contacts.contacts, name="contacts"),
    path("take/<slug:which>/", cards.card, name="card"),
    path("take/<slug:which>/card.pdf", cards.pdf, name="card_pdf"),
    path("take/<slug:which>/card.txt", cards.text, name="card_text"),
    path("take/summary.json", sheets.patient_summary, name="take_summary"),
    path("take/everything.pdf", sheets.whole_pdf, name="take_pdf"),
    path("take/everything.txt", sheets.whole_text, name="take_text"),
    path("links/", links.every, name="links"),
    path("links/new/", links.new, name="link_new"),
    path("links/<uuid:public_id>/", links.link, name="link"),
    path("links/<uuid:public_id>/check/", links.check, name="link_check"),
    path("links/<uuid:public_id>/preview/", links.preview, name="link_preview"),
    path("links/<uuid:public_id>/code.<slug:kind>", links.code, name="link_code"),
    path("links/<uuid:public_id>/stop/", links.stop, name="link_stop"),
    path("open/", opening.page, name="link_open"),
    path("link/<word:word>/", opening.manifest, name="link_manifest"),
    path("link/<word:word>/<word:ticket>/", opening.file, name="link_file"),
    path("what-came/", completeness.completeness, name="completeness"),
    path("what-came/letter/<int:place>/", completeness.letter, name="letter"),
    path("visit/", packet.packet, name="visit"),
    path("visit/packet.pdf", packet.packet_pdf, name="visit_pdf"),
    path("visit/packet.txt", packet.packet_text, name="visit_text"),
    path("search/", searching.search, name="search"),
    path("timeline/", timeline.timeline, name="timeline"),
    path("wrong/", correcting.corrections, name="corrections"),
    path("wrong/<int:pk>/", correcting.correction, name="correction"),
    path("wrong/<int:pk>/letter/", correcting.letter, name="correction_letter"),
    path("questions/", asking.questions, name="questions"),
    path("questions/<int:pk>/", asking.question, name="question"),
    path("<slug:slug>/", pages.kind, name="kind"),
    path("<slug:slug>/list.pdf", sheets.kind_pdf, name="kind_pdf"),
    path("<slug:slug>/list.txt", sheets.kind_text, name="kind_text"),
    path(_ONE, pages.one, name="one"),
    path(f"{_ONE}word/", speaking.word, name="word"),
    path(f"{_ONE}wrong/", correcting.wrong, name="wrong"),
    path(f"{_ONE}ask/", asking.ask, name="ask"),
    path(f"{_ONE}together/", together.together, name="together"),
    path(f"{_ONE}history/", changes.history, name="history"),
    path(f"{_ONE}history/<int:until>/", changes.version, name="version"),
    path(f"{_ONE}record.pdf", sheets.one_pdf, name="one_pdf"),
    path(f"{_ONE}record.txt", sheets.one_text, name="one_text"),
    path(f"{_ONE}over-time/", trends.trend, name="trend"),
    path(f"{_ONE}file/<int:number>/", papers.paper, name="paper"),
    path(f"{_ONE}file/<int:number>/page/<int:page>/", papers.page, name="paper_page"),
    path(f"{_ONE}file/<int:number>/download/", papers.download, name="paper_download"),
    path(f"{_ONE}original/", originals.original, name="original"),
    path(f"{_ONE}original/download/", originals.download, name="download"),
]
