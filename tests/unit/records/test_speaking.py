"""The patient's own words beside what places wrote: a word on a fact, what looks wrong, questions."""

import dataclasses
import io
import json
import re
import zipfile
from datetime import date

import pytest
import time_machine
from django.urls import reverse

from ground import scope
from records import access, reading, services, taking
from records.fhir.authors import organisation
from records.fhir.kinds import BY_SLUG
from records.fhir.references import Known
from records.models import Correction, CorrectionStep, Question, Record, Said
from records.views.correcting import clock
from tests import factories as make
from tests.unit.records.test_together import medicine, vaccine

pytestmark = pytest.mark.django_db
NOON = "2026-11-21T17:00:00Z"


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def at(name, kind="medicines", resource="MedicationRequest", key="a"):
    return reverse(f"records:{name}", args=[kind, make.origin().pk, resource, key])


def read(browser, address):
    return browser.get(address).content.decode()


def words(text):
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def rows(patient, model):
    with scope.open(make.looking(patient)):
        return list(model.objects.filter(patient=patient).order_by("pk"))


# --- A word on a fact --------------------------------------------------------------------------------------
def test_a_word_holds_for_every_record_of_the_fact_and_stands_in_list_page_and_group(browser, rosa, lakeside):
    harbor = make.source(rosa, key="oneup:9", name="Harbor Health")
    make.records(rosa, medicine("a"), source=lakeside)
    make.records(rosa, medicine("b", on="2020"), source=harbor)
    answer = browser.post(at("word"), {"word": "past", "comment": "It made me <b>cough</b>"}, follow=True)
    assert answer.redirect_chain[-1][0].endswith("/a/#yours")
    told = "You said on Nov. 21, 2026: I stopped taking this"
    for page in (
        at("one"),
        at("one", key="b"),
        at("together", key="b"),
        "/records/medicines/",
        "/records/medicines/?each=yes",
    ):
        text = read(browser, page)
        assert told in words(text), page
        assert "It made me &lt;b&gt;cough&lt;/b&gt;" in text
    assert "I stopped" not in read(browser, "/records/vaccines/")


def test_a_word_can_be_changed_and_taken_back_and_its_history_is_kept(browser, rosa, lakeside):
    make.records(rosa, medicine("a"), source=lakeside)
    browser.post(at("word"), {"word": "now", "comment": ""})
    browser.post(at("word"), {"word": "now", "comment": ""})  # said twice is said once
    browser.post(at("word"), {"word": "never", "comment": ""})
    assert "I never took this" in words(read(browser, at("one")))
    browser.post(at("word"), {"action": "withdraw"})
    assert "took this" not in words(read(browser, at("one")))
    assert "Do you take this?" in read(browser, at("one"))
    history = words(read(browser, at("word"))).partition("newest first")[2]
    places = [history.index(text) for text in ("took back", "I never took this", "I still take this")]
    assert places == sorted(places)
    assert [one.word for one in rows(rosa, Said)] == ["now", "never", "withdrawn"]


def test_a_word_outlasts_the_place_and_stays_with_its_fact(browser, rosa, lakeside):
    make.records(rosa, medicine("a"), source=lakeside)
    browser.post(at("word"), {"word": "past", "comment": ""})
    with scope.open(make.looking(rosa)):
        lakeside.delete()
    again = make.source(rosa)
    make.records(rosa, medicine("a"), medicine("c"), source=again)
    assert "I stopped taking this" in words(read(browser, at("one", key="c")))  # by its fact
    make.records(rosa, medicine("a", code="999", text="Warfarin"), source=again)
    with scope.open(make.looking(rosa)):
        Record.objects.filter(patient=rosa).update(kept_at="2026-11-22T00:00:00Z")
    assert "I stopped" not in words(read(browser, at("one")))  # its place has made something else of it
    assert "I stopped" not in words(read(browser, at("word")).partition("newest first")[2])


def test_a_word_stays_with_a_record_that_we_learn_to_read_better(browser, rosa, lakeside):
    make.records(rosa, medicine("a"), source=lakeside)
    browser.post(at("word"), {"word": "past", "comment": ""})
    with scope.open(make.looking(rosa)):
        Record.objects.filter(patient=rosa).update(code="x|7", kept_at="2026-11-21T16:00:00Z")
    assert "I stopped taking this" in words(read(browser, at("one")))
    assert "I stopped taking this" in words(read(browser, "/records/medicines/"))


def test_taking_back_nothing_says_nothing(browser, rosa, lakeside):
    make.records(rosa, medicine("a"), source=lakeside)
    browser.post(at("word"), {"action": "withdraw"})
    assert rows(rosa, Said) == []


@pytest.mark.parametrize(
    ("kind", "resource", "word", "said"),
    [
        ("conditions", make.condition("x"), "past", "I do not have this any more"),
        ("allergies", {"resourceType": "AllergyIntolerance", "id": "x"}, "never", "I never had this allergy"),
        ("vaccines", vaccine("x"), "had_not", "I did not have this"),
        ("procedures", {"resourceType": "Procedure", "id": "x"}, "had", "I had this"),
    ],
)
def test_each_kind_has_words_of_its_own(browser, rosa, lakeside, kind, resource, word, said):
    make.records(rosa, resource, source=lakeside)
    here = (kind, resource["resourceType"], "x")
    browser.post(at("word", *here), {"word": word, "comment": ""})
    assert said in words(read(browser, at("one", *here)))
    wrong = browser.post(at("word", *here), {"word": "now" if word.startswith("had") else "had"})
    assert (wrong.status_code, "aria-invalid" in wrong.content.decode()) == (200, True)


def test_what_was_typed_is_still_there_when_something_is_missing(browser, rosa, lakeside):
    make.records(rosa, medicine("a"), source=lakeside)
    for name, sent, said in (
        ("word", {"comment": "since May"}, "Choose one of these."),
        ("word", {"word": "now", "comment": "long" * 300}, "too long"),
        ("wrong", {"right": "since May"}, "Say in a few words what is wrong."),
        ("ask", {"text": "why? " * 300}, "too long"),
    ):
        page = browser.post(at(name), sent).content.decode()
        assert said in page
        assert all(value.strip() in page for value in sent.values() if value != "now")
    assert rows(rosa, Said) + rows(rosa, Correction) + rows(rosa, Question) == []


def test_a_result_has_no_word_but_can_look_wrong_and_be_asked_about(browser, rosa, lakeside):
    make.records(rosa, make.observation("o"), source=lakeside)
    page = read(browser, at("one", "test-results", "Observation", "o"))
    assert "This looks wrong" in page
    assert "Ask about this at my next visit" in page
    assert browser.get(at("word", "test-results", "Observation", "o")).status_code == 404


# --- Who may speak -----------------------------------------------------------------------------------------
def test_who_looks_after_a_child_speaks_for_the_child_and_that_is_said(browser, owner, rosa):
    leo = make.patient(owner, given="Leo", relation="child", born=date(2020, 1, 1))
    make.records(leo, medicine("a"), source=make.source(leo))
    browser.post(reverse("portal:look_at", args=[leo.public_id]))
    assert "Does Leo take this?" in read(browser, at("word"))
    browser.post(at("word"), {"word": "past", "comment": ""})
    told = "on Nov. 21, 2026: stopped taking this"
    assert f"You said for Leo {told}" in words(read(browser, at("one")))
    with scope.open(make.looking(leo, make.user())) as other:  # as a second parent reads it
        line = reading.named(other, make.origin().pk, "MedicationRequest", "a")
        said = reading.beside(other).of(line.record).said
        assert said.text == "Rosa Delgado said for Leo on Nov. 21, 2026: stopped taking this"


@pytest.mark.parametrize("kind", ["staff", "link", "job"])
def test_nobody_else_speaks_for_a_patient(rosa, owner, lakeside, kind):
    make.records(rosa, medicine("a"), source=lakeside)
    mine = make.looking(rosa, owner)
    other = dataclasses.replace(mine, kind=kind)
    me = services.Speaker("Rosa", own=True)
    with scope.open(mine):
        line = reading.named(mine, make.origin().pk, "MedicationRequest", "a")
        doubt = services.doubt(viewer=mine, line=line, speaker=me, wrong="x", right="", to="y")
        question = services.ask(viewer=mine, line=line, speaker=me, text="x")
        services.say(viewer=mine, line=line, speaker=me, word="now")
        told = {"viewer": other, "line": line, "speaker": me}
        for act in (
            lambda: services.say(**told, word="now"),
            lambda: services.doubt(**told, wrong="x", right="", to="y"),
            lambda: services.ask(**told, text="x"),
            lambda: services.note_status(viewer=other, pk=doubt.pk, status="sent", day=date(2026, 1, 1)),
            lambda: services.answer(viewer=other, pk=question.pk),
            lambda: services.remove_question(viewer=other, pk=question.pk),
        ):
            with pytest.raises(access.NotTheirs):
                act()
        read_by_other = reading.beside(other).of(line.record)
        assert (read_by_other.said is not None) == (kind == "job")


def test_somebody_elses_words_cannot_be_touched(rosa, owner, lakeside):
    make.records(rosa, medicine("a"), source=lakeside)
    mine, me = make.looking(rosa, owner), services.Speaker("Rosa", own=True)
    with scope.open(mine):
        line = reading.named(mine, make.origin().pk, "MedicationRequest", "a")
        question = services.ask(viewer=mine, line=line, speaker=me, text="x")
    tom = make.looking(make.patient(given="Tom"), make.user())
    with scope.open(tom):
        for act in (services.answer, services.unanswer, services.remove_question):
            with pytest.raises(reading.NotThere):
                act(viewer=tom, pk=question.pk)
        with pytest.raises(access.NotTheirs):
            services.say(viewer=tom, line=line, speaker=me, word="now")


# --- What looks wrong --------------------------------------------------------------------------------------
def test_what_looks_wrong_is_marked_everywhere_until_it_is_settled(browser, rosa, lakeside):
    make.records(rosa, medicine("a"), make.observation("o"), source=lakeside)
    answer = browser.post(at("wrong"), {"wrong": "It is\n20 mg", "right": "10 mg"}, follow=True)
    address = answer.redirect_chain[-1][0]
    pages = (
        "/records/medicines/",
        "/records/medicines/?each=yes",
        "/records/timeline/",
        "/records/search/?q=lisinopril",
    )
    assert all(read(browser, page).count("Marked: this looks wrong") == 1 for page in pages)
    assert "You said on Nov. 21, 2026 that this looks wrong" in words(read(browser, at("one")))
    assert browser.get(at("wrong")).headers["Location"] == address  # noted once
    letter = words(read(browser, f"{address}letter/"))
    for told in (
        "Rosa Delgado, born on May 14, 1968",
        "Lisinopril, March 4, 2026",
        "It is 20 mg",
        "10 mg",
        "60 days",
    ):
        assert told in letter
    page = browser.post(address, {"status": "sent", "day": "2026-11-20"}, follow=True).content.decode()
    assert "Letter sent on Nov. 20, 2026" in page
    assert "until Jan. 19, 2027" in page
    assert (
        "This day is still to come."
        in browser.post(address, {"status": "sent", "day": "2027"}).content.decode()
    )
    assert "Letter sent on Nov. 20, 2026" in read(browser, "/records/wrong/")
    browser.post(address, {"status": "corrected", "day": ""})
    assert not any("Marked: this looks wrong" in read(browser, page) for page in pages)
    assert "They corrected it" in read(browser, "/records/wrong/")
    assert [one.status for one in rows(rosa, CorrectionStep)] == ["noted", "sent", "corrected"]


def test_the_clock_of_a_letter_runs_out():
    sent = Correction(status="sent", sent_on=date(2026, 1, 1))
    assert "until March 2, 2026" in clock(sent, date(2026, 3, 2))
    assert "ended on March 2, 2026" in clock(sent, date(2026, 3, 3))
    assert clock(Correction(status="refused", sent_on=date(2026, 1, 1)), date(2026, 3, 3)) == ""


def test_a_correction_outlasts_its_record(browser, rosa, lakeside):
    make.records(rosa, medicine("a"), source=lakeside)
    address = browser.post(at("wrong"), {"wrong": "Not mine", "right": ""}).headers["Location"]
    with scope.open(make.looking(rosa)):
        lakeside.delete()
    page = read(browser, address)
    assert "The record is no longer among yours." in page
    assert "Lisinopril" in words(read(browser, f"{address}letter/"))


ORGANISATION = {"resourceType": "Organization", "id": "org", "name": "Harbor Group"}


@pytest.mark.parametrize(
    ("resource", "name"),
    [
        ({"author": [{"reference": "Practitioner/1", "display": "Dr. Ito"}]}, ""),
        ({"custodian": {"reference": "Organization/1", "display": "Bay Labs"}}, "Bay Labs"),
        (
            {"performer": [{"actor": {"reference": "#org"}}], "contained": [ORGANISATION]},
            "Harbor Group",
        ),
        ({"recorder": {"reference": "Organization/9"}}, "Named elsewhere"),
        ({"manufacturer": {"reference": "Organization/1", "display": "Maker"}, "author": "x"}, ""),
        ({"requester": {"onBehalfOf": {"type": "Organization", "display": "Bay"}}}, "Bay"),
    ],
)
def test_the_letter_goes_to_the_organisation_the_record_names_as_its_author(resource, name):
    assert organisation(resource, Known(resource, {"Organization/9": "Named elsewhere"})) == name


def test_a_letter_goes_to_the_author_else_to_the_place(browser, rosa, lakeside):
    named = medicine("b", requester={"reference": "Organization/1", "display": "Bay Heart Group"})
    make.records(rosa, medicine("a"), named, source=lakeside)
    for key, to in (("a", "Lakeside Clinic"), ("b", "Bay Heart Group")):
        address = browser.post(at("wrong", key=key), {"wrong": "x", "right": ""}).headers["Location"]
        assert f"To the medical records office of {to}" in read(browser, f"{address}letter/")


# --- Questions ---------------------------------------------------------------------------------------------
def test_questions_are_gathered_answered_asked_again_and_removed(browser, rosa, lakeside):
    make.records(rosa, medicine("a"), make.observation("o"), source=lakeside)
    browser.post(at("ask"), {"text": "Still needed?"})
    browser.post(at("ask", "test-results", "Observation", "o"), {"text": "Why so high?"})
    assert "Still needed?" in read(browser, at("one"))
    page = words(read(browser, "/records/questions/"))
    assert page.index("Why so high?") < page.index("Still needed?")
    first, second = (reverse("records:question", args=[one.pk]) for one in rows(rosa, Question))
    browser.post(first, {"action": "answered"})
    assert "Still needed?" not in read(browser, at("one"))
    with scope.open(make.looking(rosa)) as viewer:
        assert [one.text for one in reading.questions(viewer)] == ["Why so high?", "Still needed?"]
    browser.post(first, {"action": "open"})
    browser.post(second, {"action": "remove"})
    assert browser.post(first, {"action": "anything"}).status_code == 404
    assert [(one.text, one.answered_at) for one in rows(rosa, Question)] == [("Still needed?", None)]


def test_an_export_is_told_what_stands_beside_a_record_in_three_queries(
    rosa, owner, lakeside, django_assert_num_queries
):
    make.records(rosa, *(medicine(f"a{n}", code=str(n)) for n in range(9)), source=lakeside)
    mine, me = make.looking(rosa, owner), services.Speaker("Rosa", own=True)
    with scope.open(mine):
        lines = reading.listing(mine, BY_SLUG["medicines"]).rows
        for line in lines:
            services.say(viewer=mine, line=line, speaker=me, word="now", comment="half")
            services.ask(viewer=mine, line=line, speaker=me, text="Why?")
            services.doubt(viewer=mine, line=line, speaker=me, wrong="No", right="", to="x")
        with django_assert_num_queries(3):
            beside = reading.beside(mine)
            said = [beside.of(line.record).sentences for line in lines]
    assert len(said) == 9
    assert said[0] == [
        "You said on Nov. 21, 2026: I still take this. “half”",
        "You said on Nov. 21, 2026 that this looks wrong: “No”. Noted here.",
        "To ask: Why?",
    ]


def test_papers_and_the_take_out_carry_what_the_patient_says(browser, rosa, owner, lakeside):
    make.records(rosa, medicine("a"), make.observation("o"), source=lakeside)
    browser.post(at("word"), {"word": "past", "comment": "in May"})
    browser.post(at("wrong", "test-results", "Observation", "o"), {"wrong": "Not my blood", "right": ""})
    said = "on Nov. 21, 2026: I stopped taking this. “in May”"
    for page in (f"{at('one')}record.txt", "/records/medicines/list.txt"):
        assert said in words(read(browser, page))
    assert "Not my blood" in words(read(browser, "/records/test-results/list.txt"))
    viewer = make.looking(rosa, owner)
    whose = taking.Whose("Rosa Delgado", date(1968, 5, 14))
    with zipfile.ZipFile(io.BytesIO(b"".join(taking.whole(viewer, whose)))) as parcel:
        kept = json.loads(parcel.read("your-words.json"))
        page = parcel.read("pages/medicines.html").decode()
    assert said in words(page)
    assert [one["said"].partition(": ")[2] for one in kept["said"]] == ["I stopped taking this"]
    assert [one["wrong"] for one in kept["looksWrong"]] == ["Not my blood"]
    assert kept["questions"] == []


def test_the_page_of_a_record_says_who_else_says_it_and_on_what_they_differ(browser, rosa, lakeside):
    harbor = make.source(rosa, key="oneup:9", name="Harbor Health")
    make.records(rosa, medicine("a", says="10 mg"), source=lakeside)
    make.records(rosa, medicine("b", says="20 mg", on="2020"), source=harbor)
    page = read(browser, at("one"))
    assert "They differ on the dose" in page
    assert "See 2 records of 2 places side by side" in page
    assert at("together") in page


def test_what_looks_wrong_says_which_place_is_written_to_and_who_else_says_it(browser, rosa, lakeside):
    harbor = make.source(rosa, key="oneup:9", name="Harbor Health")
    make.records(rosa, medicine("a"), source=lakeside)
    make.records(rosa, medicine("b", on="2020"), source=harbor)
    page = read(browser, at("wrong"))
    assert f"The letter goes to {lakeside.name}." in page
    assert f'<a href="{at("one", key="b")}">Lisinopril, from Harbor Health</a>' in page


def test_who_came_from_all_records_of_a_fact_is_brought_back_there(browser, rosa, lakeside):
    make.records(rosa, medicine("a"), source=lakeside)
    assert f'{at("ask")}?from=together"' in read(browser, at("together"))
    for back, page in (("together", "together"), ("//evil.example", "one")):
        address = f"{at('ask')}?from={back}"
        assert f'href="{at(page)}"' in read(browser, address)
        assert browser.post(address, {"text": "How long?"}).url == f"{at(page)}#yours"


def test_what_is_taken_and_stands_in_no_list_is_counted(browser, rosa, lakeside):
    make.records(rosa, medicine("a"), source=lakeside)
    assert "in no list" not in read(browser, "/records/take/")
    make.records(rosa, {"resourceType": "Provenance", "id": "p"}, source=lakeside)
    assert "One of them stands in no list" in read(browser, "/records/take/")
