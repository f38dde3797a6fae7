"""The small website in a take-out zip: whole, readable, inert, and complete in itself."""

import posixpath
import re
from base64 import b64decode
from html import unescape

import pytest

from ground import scope
from ground.viewer import job_viewer
from records import papers, store
from records.taking import naming, zipped
from tests import factories as make
from tests.fuzz.polyglots import documents
from tests.unit.records.test_taking import unzipped

pytestmark = pytest.mark.django_db
_LEADS = re.compile(r'(?:href|src)="([^"]*)"')
EVIL = '<script>hit()</script><img src=x onerror="hit()">'


@pytest.fixture
def rosa():
    return make.patient()


def html(parcel):
    return {name: parcel.read(name).decode() for name in parcel.namelist() if name.endswith(".html")}


def one_of_each_form():
    """A hostile document for each thing a file can turn out to be."""
    sent = {papers.sniff(b64decode(each["content"][0]["attachment"]["data"])): each for each in documents()}
    return sent.values()


def astray(parcel):
    """Where links lead that do not lead to a file in the zip."""
    there = set(parcel.namelist())
    for name, page in html(parcel).items():
        for leads in _LEADS.findall(page):
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), unescape(leads)))
            if target not in there:
                yield name, leads


def test_every_record_stands_on_a_page_in_words_with_a_way_to_what_was_sent(rosa):
    make.records(rosa, make.condition("c", text="Sarcoidosis"), make.observation("o"))
    parcel = unzipped(rosa)
    pages = html(parcel)
    assert "Sarcoidosis" in pages["pages/conditions.html"]
    assert "/r4/Condition/c.json" in pages["pages/conditions.html"]
    assert all(
        word in pages["pages/test-results.html"]
        for word in ("Hemoglobin A1c", "6.1 %", "High", "March 4, 2026")
    )
    assert "Rosa Delgado" in pages["index.html"]
    assert "Lakeside Clinic" in pages["index.html"]
    assert "None sent" in pages["index.html"]
    assert list(astray(parcel)) == []


def test_a_long_list_is_split_into_pages_that_lead_to_each_other(rosa, monkeypatch):
    monkeypatch.setattr(zipped, "ON_A_PAGE", 2)
    make.records(rosa, *(make.condition(text=f"Finding {year}", on=str(year)) for year in range(2001, 2006)))
    parcel = unzipped(rosa)
    pages = [html(parcel)[naming.page("conditions", number)] for number in (1, 2, 3)]
    told = [re.findall(r"Finding (\d+)</h3>", page) for page in pages]
    assert told == [["2005", "2004"], ["2003", "2002"], ["2001"]]
    assert ['rel="next"' in page for page in pages] == [True, True, False]
    assert ['rel="prev"' in page for page in pages] == [False, True, True]
    assert "2004 to 2005" in html(parcel)["index.html"]
    assert list(astray(parcel)) == []


def test_the_results_of_a_panel_stand_in_it(rosa):
    report = {
        "resourceType": "DiagnosticReport",
        "id": "panel",
        "status": "final",
        "code": {"text": "Blood count"},
        "result": [{"reference": "Observation/one"}, {"reference": "Observation/gone"}],
    }
    make.records(rosa, report, make.observation("one"))
    page = html(unzipped(rosa))["pages/reports.html"]
    assert "6.1 %" in page
    assert "Not among your records" in page


def test_what_was_entered_in_error_is_in_no_list_and_on_a_page_of_its_own(rosa):
    wrong = make.condition(
        "w", text="Somebody else's", verificationStatus={"coding": [{"code": "entered-in-error"}]}
    )
    make.records(rosa, wrong, make.condition(text="Asthma"))
    pages = html(unzipped(rosa))
    assert "Somebody else" not in pages["pages/conditions.html"]
    assert "Somebody else" in pages["pages/withdrawn.html"]
    assert "entered in error" in pages["pages/withdrawn.html"]


def test_documents_come_as_they_were_sent_and_as_pages_of_ours(rosa):
    make.records(rosa, *one_of_each_form())
    parcel = unzipped(rosa)
    endings = {name.partition(".")[2] for name in parcel.namelist() if name.startswith("files/")}
    assert {"pdf", "png", "jpg", "rtf", "txt", "html.txt", "xml.txt", "bin"} <= endings
    assert not endings & {"html", "svg", "xml", "htm", "exe", "js"}
    assert sum(name.startswith("papers/") for name in parcel.namelist()) == 4
    for name, page in html(parcel).items():
        assert "<script" not in page.lower(), name
        assert not re.search(r"<[^>]*\son\w+=", page), name
    assert list(astray(parcel)) == []


def test_a_file_that_is_not_there_says_why(rosa):
    named = {
        "resourceType": "DocumentReference",
        "id": "d",
        "description": "Letter",
        "content": [{"attachment": {"url": "Binary/not-yet", "contentType": "application/pdf"}}],
    }
    make.records(rosa, named)
    assert (
        "We have not fetched this file from Lakeside Clinic yet."
        in html(unzipped(rosa))["pages/documents.html"]
    )


def test_a_file_that_a_record_names_stands_with_it_and_once(rosa):
    named = {
        "resourceType": "DocumentReference",
        "id": "d",
        "description": "Letter",
        "content": [{"attachment": {"url": "Binary/here", "contentType": "text/plain"}}],
    }
    sent = {"resourceType": "Binary", "id": "here", "contentType": "text/plain", "data": "RGVhciBSb3Nh"}
    place = make.source(rosa)
    make.records(rosa, named, sent, source=place)
    with scope.open(job_viewer(rosa.pk)):
        store.want_files(place)
        store.put_behind(place)
    parcel = unzipped(rosa)
    (file,) = (name for name in parcel.namelist() if name.startswith("files/"))
    assert parcel.read(file) == b"Dear Rosa"
    assert "letter" in file


def test_nothing_in_it_is_taken_as_markup(rosa):
    place = make.source(rosa, name=EVIL)
    type(rosa).objects.filter(pk=rosa.pk).update(given_name=EVIL)
    rosa.refresh_from_db()
    make.records(rosa, make.condition(text=EVIL, note=[{"text": EVIL}]), make.observation(), source=place)
    pages = html(unzipped(rosa))
    assert all("<script" not in page and "<img" not in page for page in pages.values())
    assert pages["pages/conditions.html"].count("&lt;script&gt;") > 2


def test_each_page_forbids_whatever_is_not_its_own(rosa):
    make.records(rosa, make.condition())
    parcel = unzipped(rosa)
    for page in html(parcel).values():
        assert "default-src 'none'; style-src 'self' file:; img-src 'self' file:" in page
        assert "http:" not in page
        assert "https:" not in page.replace("https://", "", page.count("loinc.org"))
    assert not re.search(r"url\(|@import|https?:", parcel.read("style.css").decode())


def test_what_arrives_while_it_is_made_is_left_out_and_said(rosa, monkeypatch):
    make.records(rosa, make.condition(text="Before"))
    drawn = zipped.pages.kind

    def late(*args, **more):
        make.records(rosa, make.condition("late", text="Later"))
        return drawn(*args, **more)

    monkeypatch.setattr(zipped.pages, "kind", late)
    parcel = unzipped(rosa)
    assert not any("late" in name for name in parcel.namelist())
    assert "more came from your places" in html(parcel)["index.html"]
