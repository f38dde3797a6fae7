"""The pages of records, asked over HTTP as a signed-in person."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from ground import scope
from ground.models import Look
from ground.viewer import job_viewer
from records import store
from records.models import Seen
from tests import factories as make

pytestmark = pytest.mark.django_db

NARRATIVE = (
    '<div xmlns="http://www.w3.org/1999/xhtml"><p onclick="alert(1)" style="x">Breathes <b>well</b></p>'
    '<script>alert(1)</script><img src="https://example.org/x.png"><a href="https://example.org">link</a>'
    "<table><tr><td>6.1</td></tr></table></div>"
)


def page(browser, name, *args, query=""):
    answer = browser.get(reverse(f"records:{name}", args=args) + query)
    return answer, answer.content.decode()


def one(kind, name, key, version="R4"):
    return [kind, make.origin(version).pk, name, key]


def test_the_overview_counts_each_kind_and_names_the_places(browser, rosa):
    place = make.source(rosa)
    make.records(rosa, make.observation(), make.condition(), source=place)
    make.settled(place)
    answer, text = page(browser, "overview")
    assert answer.status_code == 200
    assert "Test results" in text
    assert "Lakeside Clinic" in text
    assert "As of" in text
    assert "None sent" in text


def test_with_nothing_connected_the_overview_shows_the_way_to_a_place(browser):
    _, text = page(browser, "overview")
    assert "No place is connected yet" in text
    assert reverse("connect:find") in text


def test_a_person_who_has_not_said_whose_records_these_are_can_still_open_the_page(client):
    client.force_login(make.user())
    answer, text = page(client, "overview")
    assert answer.status_code == 200
    assert "No place is connected yet" in text


def test_what_waits_for_an_answer_is_said(browser, rosa):
    make.source(rosa, gate="question")
    _, text = page(browser, "overview")
    assert "waits until you have answered a question" in text


def test_a_list_shows_value_comparison_place_and_date(browser, rosa):
    make.records(rosa, make.observation("a"))
    _, text = page(browser, "kind", "test-results")
    assert "Hemoglobin A1c" in text
    assert "6.1 %" in text
    assert "High" in text
    assert "Lakeside Clinic, March 4, 2026" in text
    assert "newest first" in text


def test_long_lists_have_pages_and_years(browser, rosa):
    make.records(rosa, *(make.observation(f"o{n}", on=f"{2000 + n}-01-01") for n in range(25)))
    _, text = page(browser, "kind", "test-results")
    assert "1 to 20 of 25, newest first" in text
    assert "?page=2#count" in text
    assert ">2001</a>" in text
    _, second = page(browser, "kind", "test-results", query="?page=2")
    assert "21 to 25 of 25" in second


@pytest.mark.parametrize(
    "query", ["?page=x", "?page=-1", "?page=0", "?page=99999999999999999999", "?place=x"]
)
def test_a_query_that_makes_no_sense_is_taken_as_not_asked(browser, rosa, query):
    make.records(rosa, make.condition())
    answer, text = page(browser, "kind", "conditions", query=query)
    assert answer.status_code == 200
    assert "Asthma" in text


def note(rosa, place, state):
    with scope.open(job_viewer(rosa.pk)):
        store.note_delivery(patient_id=rosa.pk, source_id=place.pk, kind="allergies", state=state)


def test_the_six_kinds_of_nothing_are_six_sentences(browser, rosa):
    seen = {}
    _, seen["unconnected"] = page(browser, "kind", "allergies")
    place = make.source(rosa)
    _, seen["waiting"] = page(browser, "kind", "allergies")
    make.settled(place)
    _, seen["none"] = page(browser, "kind", "allergies")
    note(rosa, place, "refused")
    _, seen["refused"] = page(browser, "kind", "allergies")
    note(rosa, place, "failed")
    _, seen["failed"] = page(browser, "kind", "allergies")
    make.records(rosa, {"resourceType": "AllergyIntolerance", "id": "a"}, source=place)
    _, seen["filter"] = page(browser, "kind", "allergies", query="?place=1000000")
    sentences = {
        "unconnected": "No place is connected yet",
        "waiting": "Not fetched yet",
        "none": "None sent",
        "refused": "Lakeside Clinic did not send this",
        "failed": "We could not reach Lakeside Clinic",
        "filter": "Nothing for this choice",
    }
    told = {name: [other for other, said in sentences.items() if said in text] for name, text in seen.items()}
    assert told == {name: [name] for name in sentences}


@pytest.mark.parametrize(
    ("slug", "said"),
    [("allergies", "This does not mean you have no allergies."), ("medicines", "you take no medicines.")],
)
def test_an_empty_list_never_reassures(browser, rosa, slug, said):
    make.settled(make.source(rosa))
    assert said in page(browser, "kind", slug)[1]


def test_a_record_says_value_range_place_and_code(browser, rosa):
    make.settled(make.source(rosa))
    make.records(rosa, make.observation("a"))
    answer, text = page(browser, "one", *one("test-results", "Observation", "a"))
    assert answer.status_code == 200
    assert "<h1>Hemoglobin A1c</h1>" in text
    assert "Test result · March 4, 2026 · Lakeside Clinic" in text
    assert text.count("6.1 %") == 1
    for said in ("High", "4.0 – 5.6", "LOINC 4548-4", "Came from", "Lakeside Clinic, collected", "As of"):
        assert said in text
    assert text.index("4.0 – 5.6") < text.index("LOINC 4548-4")


def test_a_panel_links_to_each_of_its_results(browser, rosa):
    report = {
        "resourceType": "DiagnosticReport",
        "id": "panel",
        "code": {"text": "Diabetes panel"},
        "result": [{"reference": "Observation/a"}, {"reference": "Observation/gone", "display": "Ketones"}],
    }
    make.records(rosa, make.observation("a"), report)
    _, text = page(browser, "one", *one("reports", "DiagnosticReport", "panel"))
    assert reverse("records:one", args=one("test-results", "Observation", "a")) in text
    assert "6.1 %" in text
    assert "4.0 – 5.6" in text
    assert "Ketones" in text
    assert "Not among your records" in text


def test_the_narrative_is_shown_on_request_without_anything_active(browser, rosa):
    make.records(rosa, {**make.condition("d"), "text": {"status": "generated", "div": NARRATIVE}})
    address = one("conditions", "Condition", "d")
    _, closed = page(browser, "one", *address)
    _, opened = page(browser, "one", *address, query="?words=yes")
    assert "Breathes" not in closed
    assert "<p>Breathes <b>well</b></p>" in opened
    assert "<td>6.1</td>" in opened
    main = opened[opened.index("<main") : opened.index("</main>")]
    for active in ("onclick", "style=", "alert(1)", "<img", "example.org", "xmlns"):
        assert active not in main


def test_what_was_entered_in_error_has_a_page_that_says_so_and_no_line(browser, rosa):
    wrong = make.condition("c", verificationStatus={"coding": [{"code": "entered-in-error"}]})
    make.records(rosa, wrong)
    _, text = page(browser, "one", *one("conditions", "Condition", "c"))
    assert "Lakeside Clinic has withdrawn this record" in text
    assert "Asthma" not in page(browser, "kind", "conditions")[1]


def test_the_original_is_laid_out_and_escaped(browser, rosa):
    make.records(rosa, make.condition("c", text="<script>alert(1)</script>", x=[1]))
    answer, text = page(browser, "original", *one("conditions", "Condition", "c"))
    assert answer.status_code == 200
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert" not in text
    assert "\n  &quot;x&quot;: [\n    1\n  ]" in text


def test_the_download_is_byte_for_byte_what_came(browser, rosa):
    sent = b'{"resourceType":"Condition", "id":"c","v": 6.10}'
    make.records(rosa, sent)
    answer, _ = page(browser, "download", *one("conditions", "Condition", "c"))
    assert answer.content == sent
    assert answer["Content-Disposition"] == 'attachment; filename="Condition-c.json"'
    assert answer["X-Content-Type-Options"] == "nosniff"


PAGES = ["one", "original", "download"]


@pytest.mark.parametrize("name", PAGES)
def test_a_strangers_record_and_a_missing_one_get_the_same_answer(browser, name):
    tom = make.patient(given="Tom")
    make.records(tom, make.condition("theirs"))
    theirs, _ = page(browser, name, *one("conditions", "Condition", "theirs"))
    missing, _ = page(browser, name, *one("conditions", "Condition", "missing"))
    assert theirs.status_code == missing.status_code == 404
    assert _without_ids(theirs, b"theirs") == _without_ids(missing, b"missing")


def _without_ids(answer, key: bytes) -> bytes:
    """A page without what differs from request to request anyway."""
    return re.sub(
        rb'name="csrfmiddlewaretoken" value="\w+"|\b[0-9a-f]{12}\b', b"", answer.content.replace(key, b"")
    )


@pytest.mark.parametrize("name", PAGES)
def test_nothing_behind_a_closed_gate_has_a_page(browser, rosa, name):
    make.records(rosa, make.condition("c"), source=make.source(rosa, gate="question"))
    assert page(browser, name, *one("conditions", "Condition", "c"))[0].status_code == 404


def test_an_unknown_kind_is_not_there(browser):
    assert page(browser, "kind", "horoscopes")[0].status_code == 404


def test_a_record_is_found_from_the_address_it_had_in_another_kind(browser, rosa):
    make.records(rosa, make.condition("c"))
    answer, _ = page(browser, "one", *one("other", "Condition", "c"))
    assert answer.status_code == 302
    assert answer.url == reverse("records:one", args=one("conditions", "Condition", "c"))


@pytest.mark.parametrize("name", ["overview", "kind", "one", "original", "download"])
def test_signed_out_nothing_is_shown(client, rosa, name):
    make.records(rosa, make.condition("c"))
    args = {"overview": [], "kind": ["conditions"]}.get(name, one("conditions", "Condition", "c"))
    answer, text = page(client, name, *args)
    assert answer.status_code == 302
    assert "Asthma" not in text


@pytest.mark.parametrize("name", ["overview", "kind", "one", "original", "download"])
def test_pages_are_only_read(browser, rosa, name):
    make.records(rosa, make.condition("c"))
    args = {"overview": [], "kind": ["conditions"]}.get(name, one("conditions", "Condition", "c"))
    assert browser.post(reverse(f"records:{name}", args=args)).status_code == 405


def test_having_seen_what_is_new_is_a_button(browser, owner, rosa):
    make.records(rosa, make.condition("c"))
    _, text = page(browser, "overview")
    assert "I have looked at these" in text
    assert browser.get(reverse("records:seen")).status_code == 405
    browser.post(reverse("records:seen"), {"number": "1", "whose": rosa.public_id})
    make.records(rosa, make.condition("d", text="Gout"))
    _, text = page(browser, "overview")
    assert "One record is new or has changed since you last looked: 1 condition from Lakeside Clinic." in text
    browser.post(reverse("records:seen"), {"number": "not a number", "whose": rosa.public_id})
    with scope.open(job_viewer(rosa.pk)):
        assert Seen.objects.get(patient=rosa, user_id=owner.pk).number == 1


def test_a_page_leaves_the_look_of_the_person_who_asked(browser, owner, rosa):
    make.records(rosa, make.condition("c"))
    page(browser, "kind", "conditions")
    with scope.open(job_viewer(rosa.pk)):
        look = Look.objects.get(patient=rosa)
    assert (look.what, look.record_kind, look.user_id, look.rows) == ("list", "conditions", owner.pk, 1)
    assert look.request_id


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": "Condition", "id": "x"},
        {"resourceType": "Whatever", "id": "x", "a": {"b": [{"c": "<b>"}]}},
        {"resourceType": "Observation", "id": "x", "component": [{"dataAbsentReason": {"text": "no"}}]},
        {"resourceType": "Observation", "id": "x", "effectiveDateTime": "9999-12-31T23:59:59-14:00"},
    ],
)
def test_whatever_was_sent_has_a_page(browser, rosa, resource):
    make.records(rosa, resource)
    place = make.source(rosa)
    with scope.open(job_viewer(rosa.pk)):
        from records.models import Record

        record = Record.objects.get(patient=rosa, source=place)
    answer, text = page(browser, "one", record.kind, record.origin_id, record.resource_type, record.fhir_id)
    assert answer.status_code == 200
    assert "<b>" not in text[text.index("<main") : text.index("</main>")]
    assert timezone.get_current_timezone_name() == "UTC"
