"""Notes and letters as places send them: found in the list, read on a page of ours, taken along."""

from urllib.parse import urljoin

from tests.journeys.visitor import PRAIRIE, Visitor

# What each of Rosa's papers at Prairie is called, what we call its form, and words that stand in it.
PAPERS = (
    ("Visit note", "Text", "Blood pressure check Rosa Delgado , born 14 May 1968"),
    ("Referral letter", "Text", "Hannah Sørby, DO"),
    ("Summary of care", "Summary document", "Allergies What Reaction Penicillins Rash, mild"),
    ("Phone note", "Text", "Yes, with breakfast."),
    ("Knee exercises", "PDF, 1 page", "Sit tall. Straighten the knee"),
    ("Heart tracing", "Picture", "Download the file"),
)


def test_every_form_of_document_is_read_on_a_page_and_taken_along(rosa: Visitor):
    rosa.connect(PRAIRIE)
    rosa.wait_for_records()
    for name, form, words in PAPERS:
        rosa.go("/records/documents/")
        rosa.follow(f"^{name}")
        page = rosa.follow(f"^{name}")
        assert f"{form} · Prairie Clinics (demo)" in page.text
        assert words in page.text
    assert pictures(rosa, "Knee exercises") == pictures(rosa, "Heart tracing") == ["image/png"]
    answer = rosa.http.get(urljoin(rosa.page.url, "download/"), timeout=60)
    assert answer.content.startswith(b"\x89PNG")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="2022-06-14-documents-1.png"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def pictures(rosa: Visitor, name: str) -> list[str]:
    """The types of the pictures that a document's page shows, which are links to them too."""
    rosa.go("/records/documents/")
    rosa.follow(f"^{name}")
    page = rosa.follow(f"^{name}")
    drawn = [urljoin(page.url, href) for _words, href in page.links if "/page/" in href]
    return [rosa.http.get(each, timeout=60).headers["Content-Type"] for each in drawn]
