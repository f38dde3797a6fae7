"""Records on paper: a record, a list, everything; the same words as the pages, of nobody else."""

import io
import zipfile

import pypdfium2
import pytest

from ground import scope
from ground.models import Look
from ground.viewer import job_viewer
from records import typesetting
from records.taking import booklet, sheets
from records.taking.whose import Whose
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def rosa(client):
    user = make.user()
    client.force_login(user)
    return make.patient(user)


def read(made):
    paper = pypdfium2.PdfDocument(made)
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in paper)
    finally:
        paper.close()


def in_words(client, where):
    """A paper in both its forms, without how lines were broken."""
    answers = client.get(f"{where}.pdf"), client.get(f"{where}.txt")
    assert [one["Content-Type"].split(";")[0] for one in answers] == ["application/pdf", "text/plain"]
    assert all(one["Content-Disposition"].startswith("attachment") for one in answers)
    return [" ".join(one.split()) for one in (read(answers[0].content), answers[1].content.decode())]


def test_a_record_on_paper_says_what_its_page_says(client, rosa):
    place = make.source(rosa, name="Harbor Hospital")
    note = [{"text": "Worse in spring.\nBetter at sea."}]
    make.records(rosa, make.condition("c-1", note=note), source=place)
    make.settled(place)
    for said in in_words(client, f"/records/conditions/{make.origin().pk}/Condition/c-1/record"):
        for part in ("Asthma", "Rosa Delgado, born May 14, 1968", "Worse in spring.", "Better at sea."):
            assert part in said
        assert "As of" in said
        assert "Came from: Harbor Hospital" in said
        assert "Status: Active" in said


def test_a_withdrawn_record_says_so_on_paper(client, rosa):
    make.records(rosa, make.condition("c-1", verificationStatus={"coding": [{"code": "entered-in-error"}]}))
    for said in in_words(client, f"/records/conditions/{make.origin().pk}/Condition/c-1/record"):
        assert "it was entered in error" in said


def test_a_list_is_on_paper_as_it_was_chosen(client, rosa):
    note = [{"text": "Taken fasting"}]
    make.records(
        rosa,
        make.observation("o-1", note=note),
        make.observation("o-2", on="2020-01-05", value=5.1, status="preliminary"),
        make.observation("o-3", code={"text": "Sodium"}, on="2025-02-02", referenceRange=[], value=140),
    )
    for said in in_words(client, "/records/test-results/list"):
        assert "3 records, newest first." in said
        for part in (
            "6.1 % (High)",
            "Taken fasting",
            "4.0 – 5.6",
            "Sodium",
            "Preliminary",
            "Lakeside Clinic",
        ):
            assert part in said, part
    page = client.get("/records/test-results/?since=2026").content.decode()
    assert 'href="/records/test-results/list.pdf?since=2026"' in page
    text = client.get("/records/test-results/list.txt?since=2026").content.decode()
    assert "Only: From 2026" in text
    assert "Sodium" not in text


def test_a_very_long_list_says_that_it_was_cut(client, rosa, monkeypatch):
    monkeypatch.setattr("records.views.sheets.MOST", 2)
    make.records(rosa, *[make.condition(on=f"20{year}-01-01") for year in range(10, 15)])
    assert "The newest 2 of 5 records." in client.get("/records/conditions/list.txt").content.decode()


def test_an_empty_list_on_paper_reassures_nobody(client, rosa):
    make.records(rosa, make.condition())
    said = client.get("/records/allergies/list.txt").content.decode()
    assert "This does not mean you have no allergies." in said


def test_neither_another_patients_nor_a_withdrawn_nor_a_gated_record_is_on_paper(rosa):
    make.records(make.patient(given="Ana"), make.condition(text="Ana's"))
    error = {"coding": [{"code": "entered-in-error"}]}
    make.records(rosa, make.condition(text="Wrongly so", verificationStatus=error), make.condition())
    make.records(rosa, make.condition(text="Gated"), source=make.source(rosa, key="oneup:9", gate="question"))
    said = "".join(booklet.text(make.looking(rosa), Whose("Rosa Delgado", rosa.birth_date)))
    assert "Asthma" in said
    for hidden in ("Ana's", "Wrongly so", "Gated"):
        assert hidden not in said


def test_a_large_record_becomes_several_papers_that_say_everything_once(rosa, monkeypatch):
    monkeypatch.setattr("records.typesetting.MOST", 300)
    monkeypatch.setattr("records.taking.booklet._BATCH", 20)
    names = [f"Finding number {number:03}" for number in range(90)]
    make.records(rosa, *[make.condition(text=name) for name in names], make.observation())
    viewer, whose = make.looking(rosa), Whose("Rosa Delgado", rosa.birth_date)
    papers = list(booklet.papers(viewer, whose))
    assert [number for number, _ in papers] == list(range(1, len(papers) + 1))
    assert len(papers) > 1
    said = "\n".join(read(paper) for _, paper in papers)
    assert all(said.count(name) == 1 for name in names)
    assert "All my records, part 2" in said
    with scope.open(job_viewer(rosa.pk)):
        looks = Look.objects.filter(what="paper", record_kind="conditions")
        assert list(looks.values_list("rows", flat=True)) == [90]


def test_everything_asks_for_the_password_and_says_whose_it_is(client, rosa):
    make.records(rosa, make.condition(), make.observation())
    for ending in ("pdf", "txt"):
        where = f"/records/take/everything.{ending}"
        asked = client.get(where)
        assert asked.url.startswith("/accounts/reauthenticate/")
        client.post(asked.url, {"password": make.PASSWORD})
        answer = client.get(where)
        made = b"".join(answer) if answer.streaming else answer.content
        said = read(made) if ending == "pdf" else made.decode()
        assert "Rosa Delgado, born May 14, 1968" in said
        assert "Asthma" in said
        assert "Hemoglobin A1c" in said
        client.logout()
        client.force_login(rosa.holdings.get().user)


def test_a_record_too_large_for_one_answer_is_not_offered_as_one(client, rosa, monkeypatch):
    monkeypatch.setattr("records.taking.booklet.AT_ONCE", 1)
    make.records(rosa, make.condition(), make.condition())
    page = client.get("/records/take/").content.decode()
    assert "Save everything as PDF" not in page
    assert "Save everything as plain text" in page


def test_where_no_pdf_can_be_made_the_page_says_so(client, rosa, monkeypatch):
    def broken(document):
        raise typesetting.CannotSet

    monkeypatch.setattr("records.typesetting.pdf", broken)
    make.records(rosa, make.condition())
    answer = client.get("/records/conditions/list.pdf", follow=True)
    assert answer.redirect_chain == [("/records/conditions/", 302)]
    assert "We could not make this PDF." in answer.content.decode()


def test_who_looks_after_nobody_yet_has_no_papers(client):
    client.force_login(make.user())
    for where in ("conditions/list.pdf", "conditions/list.txt", "take/emergency/", "take/emergency/card.pdf"):
        assert client.get(f"/records/{where}").status_code == 404


def test_several_papers_come_in_one_zip(client, rosa, monkeypatch):
    from records.views import sheets as views

    answer = views._papers([(1, b"%PDF-1"), (2, b"%PDF-2")])
    parcel = zipfile.ZipFile(io.BytesIO(answer.content))
    assert [parcel.read(name) for name in parcel.namelist()] == [b"%PDF-1", b"%PDF-2"]


def test_a_paper_has_a_title_of_its_own(rosa):
    document = sheets.document("Vaccines", Whose("Rosa Delgado", rosa.birth_date), [], [])
    assert document.as_of == ("Not fetched yet",)
    assert document.whose == "Rosa Delgado, born May 14, 1968"
