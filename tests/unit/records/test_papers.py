"""A record's files: read on a page of ours, downloaded as they are, and honest where they are not here."""

import base64
import io
from datetime import timedelta

import pypdfium2
import pytest
from django.urls import reverse
from django.utils import timezone

from ground import scope
from ground.models import Look
from ground.viewer import job_viewer
from records import papers, store
from records.fhir.attachments import attached
from records.models import Record, Wanted
from sandbox.patients.documents import pdf
from tests import factories as make

pytestmark = pytest.mark.django_db

CDA = b"""<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"><title>Summary of care</title>
<component><structuredBody><component><section><title>Allergies</title><text><table><tbody><tr>
<td onclick="x()">Penicillin</td><td>Hives</td></tr></tbody></table><linkHtml href="http://a.example">more</linkHtml>
</text></section></component></structuredBody></component></ClinicalDocument>"""
PDF = pdf(("Exercises for your knee", "1. Sit tall."))


def a_note(**attachment) -> dict:
    return {
        "resourceType": "DocumentReference",
        "id": "note",
        "status": "current",
        "type": {"text": "Visit note"},
        "date": "2026-10-02",
        "content": [{"attachment": attachment}],
    }


def inline(data: bytes, **more) -> dict:
    return a_note(data=base64.b64encode(data).decode(), **more)


def a_binary(data: bytes, *, version: str = "R4") -> dict:
    payload = "content" if version == "DSTU2" else "data"
    return {"resourceType": "Binary", "id": "b-1", "contentType": "text/plain",
            payload: base64.b64encode(data).decode()}  # fmt: skip


def where(name: str, *more: int) -> str:
    return reverse(
        f"records:{name}", args=["documents", make.origin().pk, "DocumentReference", "note", *more]
    )


def kept(rosa, *resources):
    place = make.source(rosa)
    make.records(rosa, *resources, source=place)
    return place


def test_the_page_of_a_note_leads_to_what_it_says(browser, rosa):
    kept(rosa, inline(b"Feels well.", title="Blood pressure check", contentType="text/plain"))
    page = browser.get(where("one")).content.decode()
    assert where("paper", 0) in page
    assert "Blood pressure check" in page
    read = browser.get(where("paper", 0)).content.decode()
    assert "Feels well." in read
    assert "Lakeside Clinic" in read


@pytest.mark.parametrize("version", ["R4", "STU3", "DSTU2"])
def test_a_file_that_came_as_a_record_of_its_own_is_found(browser, rosa, version):
    place = make.source(rosa)
    origin = make.origin(version).pk
    note = a_note(url="https://api.1up.example/r4/Binary/b-1", contentType="text/plain")
    make.records(rosa, note, a_binary(b"Knees bend.", version=version), source=place, fhir_version=version)
    args = ["documents", origin, "DocumentReference", "note", 0]
    assert "Knees bend." in browser.get(reverse("records:paper", args=args)).content.decode()


def test_html_is_left_with_text_and_tables(browser, rosa):
    html = b"<html><body><h1>Note</h1><script>alert(1)</script><a href='http://a.example'>go</a><p>Well.</p>"
    kept(rosa, inline(html, contentType="text/html"))
    page = browser.get(where("paper", 0)).content.decode()
    assert "Well." in page
    for bad in ("alert(1)", "a.example"):
        assert bad not in page


def test_a_summary_document_is_read_by_its_sections(browser, rosa):
    kept(rosa, inline(CDA, contentType="application/xml"))
    page = browser.get(where("paper", 0)).content.decode()
    for words in ("Summary of care", "Allergies", "Penicillin"):
        assert words in page
    assert '<details class="part" open id="part-1"><summary><h2>Allergies</h2></summary>' in page
    for bad in ("onclick", "a.example"):
        assert bad not in page


def test_a_pdf_is_drawn_page_by_page_and_its_words_are_there_too(browser, rosa):
    kept(rosa, inline(PDF, contentType="application/pdf"))
    page = browser.get(where("paper", 0)).content.decode()
    assert where("paper_page", 0, 1) in page
    assert 'alt="Page 1 of 1"' in page
    assert "Sit tall." in page
    picture = browser.get(where("paper_page", 0, 1))
    assert picture["Content-Type"] == "image/png"
    assert papers.sniff(picture.content) == "png"
    assert browser.get(where("paper_page", 0, 2)).status_code == 404
    assert f'href="{where("paper_page", 0, 1)}?large"' in page
    larger = browser.get(where("paper_page", 0, 1) + "?large=99999").content
    assert (width(picture.content), width(larger)) == (papers.WIDE, papers.WIDEST)


def width(png: bytes) -> int:
    return int.from_bytes(png[16:20], "big")


def a_letter(pages: int) -> bytes:
    """A PDF of so many pages."""
    letter, out = pypdfium2.PdfDocument.new(), io.BytesIO()
    for number in range(1, pages + 1):
        letter.import_pages(pypdfium2.PdfDocument(pdf((f"Letter, page {number}", "Dear Rosa,"))))
    letter.save(out)
    return out.getvalue()


def test_a_long_letter_says_how_long_it_is_and_leads_from_pages_to_pages(browser, rosa):
    kept(rosa, inline(a_letter(12), title="Letter", contentType="application/pdf"))
    first = browser.get(where("paper", 0)).content.decode()
    assert "PDF, 12 pages" in first
    assert first.count("<img") == 5
    assert 'rel="next" href="?from=6#pages">Pages 6 to 10 of 12<' in first
    assert 'rel="prev"' not in first
    last = browser.get(where("paper", 0), {"from": 11}).content.decode()
    assert 'rel="prev" href="?from=6#pages">Pages 6 to 10 of 12<' in last
    assert last.count("<img") == 2
    assert 'rel="next"' not in last


def test_each_file_of_a_record_is_named_and_leads_to_the_others(browser, rosa):
    note = inline(b"First.", title="The letter")
    note["content"] += [{"attachment": {"data": base64.b64encode(text).decode()}} for text in (b"Two.", b"3")]
    kept(rosa, note)
    for page in (browser.get(where("one")), browser.get(where("paper", 0))):
        assert where("paper", 1) in page.content.decode()
        assert "File 3 of 3" in page.content.decode()
    second = browser.get(where("paper", 1)).content.decode()
    assert "The letter" in second
    assert f'href="{where("paper", 1)}"' not in second
    assert "<h1>Visit note</h1>" in second


def test_the_headings_of_a_page_in_html_stand_below_our_own_and_apart(browser, rosa):
    html = b"<html><head><title>x-1</title></head><body><h1>Visit</h1><h2 id=a>Plan</h2><p>Well.</p></body>"
    kept(rosa, inline(html, contentType="text/html"))
    page = browser.get(where("paper", 0)).content.decode()
    assert "<h2>Visit</h2><h3>Plan</h3><p>Well.</p>" in page
    assert "x-1" not in page


def test_rich_text_is_read_as_text(browser, rosa):
    kept(rosa, inline(rb"{\rtf1\ansi Hello \b world\b0\par Second}", contentType="text/rtf"))
    assert "Hello world" in browser.get(where("paper", 0)).content.decode()


def test_the_download_is_exact_and_opens_nowhere_by_itself(browser, rosa):
    kept(rosa, inline(PDF, contentType="text/html"))
    answer = browser.get(where("paper_download", 0))
    assert answer.content == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_what_cannot_be_shown_says_so_and_can_be_taken_along(browser, rosa):
    kept(
        rosa, inline(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", contentType="image/svg")
    )
    page = browser.get(where("paper", 0)).content.decode()
    assert "We cannot show this file here" in page
    assert "alert(1)" not in page
    assert where("paper_download", 0) in page
    assert browser.get(where("paper_download", 0))["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("attachment", "words"),
    [
        ({"url": "https://elsewhere.example/notes/7"}, "somewhere that we are not let into"),
        ({"title": "Letter"}, "without the document itself"),
        ({"url": "Binary/b-9"}, "not fetched this file"),
    ],
)
def test_a_file_that_is_not_here_says_why(browser, rosa, attachment, words):
    kept(rosa, a_note(**attachment))
    assert browser.get(where("paper", 0)).content.decode().count(words) == 1
    assert browser.get(where("paper_download", 0)).status_code == 404


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("missing", "does not have it any more"),
        ("refused", "did not hand"),
        ("too_large", "too large for us"),
        ("failed", "could not read what"),
    ],
)
def test_what_became_of_a_file_is_said(browser, rosa, state, words):
    place = kept(rosa, a_note(url="Binary/b-9"))
    with scope.open(job_viewer(rosa.pk)):
        assert store.want_files(place) == 1
        wanted, _origin = store.next_file(place)
        store.note_file(wanted, Wanted.State(state), most=1)
    page = browser.get(where("paper", 0)).content.decode()
    assert words in page
    assert "you have a right to a copy" in page


def test_only_what_is_not_here_is_wanted_and_only_once(rosa):
    place = kept(rosa, a_note(url="Binary/b-1"), a_binary(b"here"))
    with scope.open(job_viewer(rosa.pk)):
        assert store.want_files(place) == 0
    make.records(rosa, a_note(url="Binary/b-2"), source=place)
    with scope.open(job_viewer(rosa.pk)):
        assert (store.want_files(place), store.want_files(place)) == (1, 1)
        wanted, _origin = store.next_file(place)
        for _ in range(3):
            wanted.refresh_from_db()
            store.note_file(wanted, Wanted.State.FAILED)
        wanted.refresh_from_db()
        assert (wanted.state, store.next_file(place)) == ("failed", None)


def test_a_file_that_a_note_opens_is_no_document_of_its_own(browser, rosa):
    place = kept(rosa, a_note(url="Binary/b-1"), a_binary(b"Knees bend."))
    make.records(rosa, {**a_binary(b"Alone."), "id": "b-2"}, source=place)
    with scope.open(job_viewer(rosa.pk)):
        store.want_files(place)
        assert store.put_behind(place, since=timezone.now() + timedelta(minutes=1)) == 0
    page = browser.get("/records/documents/").content.decode()
    assert "/Binary/b-1/" not in page
    assert "/Binary/b-2/" in page
    assert "Knees bend." in browser.get(where("paper", 0)).content.decode()


def test_only_what_came_since_is_looked_at_and_a_file_sent_again_stays_behind_its_note(rosa):
    place = kept(rosa, a_note(url="Binary/b-1"), a_binary(b"Knees bend."))
    with scope.open(job_viewer(rosa.pk)):
        store.want_files(place)
        assert store.put_behind(place) == 1
        Record.objects.filter(patient=rosa).update(kept_at=timezone.now() - timedelta(hours=1))
    since = timezone.now() - timedelta(minutes=1)
    make.records(
        rosa, a_binary(b"Knees bend well."), {**a_note(url="Binary/b-2"), "id": "later"}, source=place
    )
    with scope.open(job_viewer(rosa.pk)):
        assert store.want_files(place, since=timezone.now() + timedelta(minutes=1)) == 0
        assert store.want_files(place, since=since) == 1
        store.put_behind(place)
        assert store.next_file(place)[0].fhir_id == "b-2"
        assert Record.objects.get(patient=rosa, resource_type="Binary").kind == "behind"


def test_opening_a_file_is_written_down(browser, rosa):
    kept(rosa, inline(b"Feels well."))
    browser.get(where("paper", 0))
    with scope.open(job_viewer(rosa.pk)):
        assert Look.objects.filter(patient=rosa, what="file").count() == 1


def test_a_strangers_file_is_not_there(client, rosa):
    kept(rosa, inline(b"Feels well."))
    stranger = make.user("stranger@example.org")
    make.patient(stranger, given="Ada", family="Stranger")
    client.force_login(stranger)
    for name, more in (("paper", (0,)), ("paper_page", (0, 1)), ("paper_download", (0,))):
        assert client.get(where(name, *more)).status_code == 404


def test_broken_base64_and_broken_shapes_are_no_file():
    assert attached(a_note(data="%%%"))[0].data is None
    assert attached({"resourceType": "DocumentReference", "content": "x"})[0].data is None
    assert attached({"resourceType": "Binary", "data": 7})[0].data is None
