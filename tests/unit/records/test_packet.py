"""The visit packet: what it gathers, from when on, and what it says where there is nothing."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from records import reading
from records.models import Question
from records.reading import TOPICS, Plan
from tests import factories as make

pytestmark = pytest.mark.django_db

ON = date(2026, 6, 1)


@pytest.fixture
def harbor(rosa):
    return make.source(rosa, key="oneup:77", name="Harbor Health")


def visit(key: str, on: str, status: str = "finished", name: str = "Check-up") -> dict[str, object]:
    return {
        "resourceType": "Encounter",
        "id": key,
        "status": status,
        "type": [{"text": name}],
        "period": {"start": on},
    }


def medicine(key: str, text: str, status: str = "active", dose: str = "10 mg a day") -> dict[str, object]:
    return {
        "resourceType": "MedicationRequest",
        "id": key,
        "status": status,
        "medicationCodeableConcept": {"text": text},
        "dosageInstruction": [{"text": dose}],
        "authoredOn": "2026-02-01",
    }


def packet(viewer, *parts: str, **more) -> reading.Packet:
    return reading.packet(viewer, Plan(ON, parts=parts or TOPICS, **more))


def names(found: reading.Packet) -> dict[str, list[str]]:
    return {hits.kind.slug: [one.title for one in hits.rows] for hits in found.happened}


def test_changes_count_from_the_last_visit_that_was_held(rosa, viewer, lakeside):
    make.records(
        rosa,
        visit("old", "2025-01-10"),
        visit("last", "2026-03-01", name="Knee"),
        visit("missed", "2026-04-01", status="noshow"),
        visit("next", "2026-05-30", status="planned"),
        visit("later", "2026-07-01"),
        make.condition("before", text="Asthma", on="2026-02-01"),
        make.condition("since", text="Gout", on="2026-04-01"),
        make.condition("after", text="Rash", on="2026-06-09"),
        source=lakeside,
    )
    found = packet(viewer, "changes")
    assert (found.last.title, found.since) == ("Knee", date(2026, 3, 1))
    assert names(found)["conditions"] == ["Gout"]
    assert "Knee" not in names(found)["visits"]


def test_a_visit_at_a_place_counts_from_the_last_one_there(rosa, viewer, lakeside, harbor):
    make.records(rosa, visit("here", "2025-11-01"), source=lakeside)
    make.records(rosa, visit("there", "2026-04-01"), source=harbor)
    assert packet(viewer, "changes", place=lakeside.pk).since == date(2025, 11, 1)
    assert packet(viewer, "changes").since == date(2026, 4, 1)
    given = packet(viewer, "changes", since=date(2026, 1, 1))
    assert (given.since, given.last) == (date(2026, 1, 1), None)


def test_older_records_that_a_place_changed_say_what_differs(rosa, viewer, lakeside):
    make.records(rosa, medicine("m", "Lisinopril"), make.observation("o", on="2020-01-01"), source=lakeside)
    make.records(
        rosa,
        medicine("m", "Lisinopril", dose="20 mg a day"),
        make.observation("o", on="2020-01-01", status="entered-in-error"),
        source=lakeside,
    )
    today = date(2036, 1, 1)
    found = reading.packet(viewer, Plan(today, since=date(2026, 1, 1), parts=("changes",)))
    told = {one.line.record.fhir_id: one for one in found.changed}
    assert [(one.before, one.after) for one in told["m"].changes] == [("10 mg a day", "20 mg a day")]
    assert told["o"].is_withdrawn


def test_medicines_stand_once_with_what_places_disagree_on_and_ended_ones_are_counted(
    rosa, viewer, lakeside, harbor
):
    make.records(
        rosa,
        medicine("m", "Lisinopril"),
        medicine("over", "Amoxicillin", "completed"),
        medicine("no", "Ibuprofen") | {"doNotPerform": True},
        source=lakeside,
    )
    make.records(rosa, medicine("h", "Lisinopril", dose="20 mg a day"), source=harbor)
    facts = packet(viewer, "medicines").facts["medicines"]
    (row,) = facts.rows
    assert (row.title, row.places, facts.ended, facts.total) == ("Lisinopril", 2, 2, 3)
    assert row.differs


def test_each_test_out_of_range_stands_once_with_all_its_results(rosa, viewer):
    results = [make.observation(f"o{n}", on=f"2026-0{n + 1}-01", value=5.0 + n) for n in range(4)]
    make.records(rosa, *results, make.observation("fine", code={"text": "Sodium"}, value=5.0))
    (trend,) = packet(viewer, "results").trends
    assert (trend.asked.title, len(trend.taken)) == ("Hemoglobin A1c", 4)


def test_what_was_out_of_range_long_ago_is_not_brought_up(rosa, viewer):
    make.records(rosa, make.observation("o", on="2019-01-01", value=9.0))
    assert packet(viewer, "results").trends == ()


def test_only_what_was_asked_for_is_read(rosa, viewer, django_assert_num_queries):
    make.records(rosa, visit("v", "2026-01-01"), make.observation("o"), medicine("m", "Lisinopril"))
    with django_assert_num_queries(3):  # places, the last visit, the look
        found = packet(viewer, "nothing")
    assert (found.happened, found.facts, found.trends, found.map) == ((), {}, (), None)


@pytest.mark.parametrize("count", [1, 30])
def test_the_packet_asks_the_same_few_questions_for_little_and_for_much(
    rosa, viewer, count, django_assert_num_queries
):
    make.records(
        rosa,
        visit("v", "2026-01-01"),
        *(make.observation(f"o{n}", on=f"2026-02-{n % 28 + 1:02}") for n in range(count)),
        *(medicine(f"m{n}", f"Medicine {n}") for n in range(count)),
        *(make.condition(f"c{n}", text=f"Condition {n}") for n in range(count)),
    )
    with django_assert_num_queries(26):
        packet(viewer)


def test_questions_that_were_not_answered_come_along(rosa, viewer):
    make.records(rosa, make.condition("c", text="Gout"))
    said = {"kind": "conditions", "resource_type": "Condition", "fhir_id": "c", "title": "Gout"}
    who = {"patient": rosa, "origin": make.origin(), "user_id": 1, "speaker": "Rosa", "own": True}
    Question.objects.create(**said, **who, text="Is it for life?")
    Question.objects.create(**said, **who, text="And the diet?", answered_at=timezone.now())
    assert [one.text for one in packet(viewer, "questions").questions] == ["Is it for life?"]


def test_visits_to_come_are_offered_the_next_first(rosa, viewer):
    make.records(
        rosa,
        visit("b", "2026-08-01", status="planned"),
        visit("a", "2026-07-01", status="planned"),
        visit("gone", "2026-05-01", status="planned"),
    )
    assert [one.record.fhir_id for one in reading.ahead(viewer, ON)] == ["a", "b"]


def test_nobody_elses_records_are_in_it(rosa, viewer):
    tom = make.patient(given="Tom")
    make.records(tom, visit("v", "2026-01-01"), make.condition("c", text="Gout", on="2026-04-01"))
    found = packet(viewer)
    assert (found.last, found.happened, found.trends) == (None, (), ())


# --- The page ----------------------------------------------------------------------------------------------
def page(browser, query: str = "") -> str:
    answer = browser.get(reverse("records:visit") + query)
    assert answer.status_code == 200
    return answer.content.decode()


ALL = "&".join(f"with={part}" for part in TOPICS)


def test_the_form_comes_first_and_nothing_is_wrong_with_it(browser, rosa):
    make.records(rosa, make.condition("c"))
    text = page(browser)
    assert "Day of the visit" in text
    assert "Please look at this again" not in text
    assert text.count("checked") == len(TOPICS) - 1


def test_a_person_without_records_is_shown_the_way_to_a_place(client):
    client.force_login(make.user())
    for query in ("", f"?on=2026-06-01&{ALL}"):
        assert "No place is connected yet" in page(client, query)
    for name in ("visit_pdf", "visit_text"):
        assert client.get(f"{reverse(f'records:{name}')}?on=2026-06-01&{ALL}").status_code == 404


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (f"?on=soon&{ALL}", "Type a whole day that exists"),
        (f"?on=2027&{ALL}", "Type a whole day that exists"),
        (f"?on=2026-02-31&{ALL}", "Type a whole day that exists"),
        (f"?on=&{ALL}", "Type the day of the visit"),
        (f"?on=2026-06-01&since=2026-07-01&{ALL}", "after the day of the visit"),
        (f"?on=2026-06-01&since=x&{ALL}", "We cannot read this date"),
        ("?on=2026-06-01", "Choose at least one part"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_typed_is_lost(browser, rosa, query, said):
    make.records(rosa, make.condition("c"))
    text = page(browser, query)
    assert said in text
    assert 'aria-labelledby="part-' not in text
    for typed in ("soon", "2026-07-01"):
        assert (f'value="{typed}"' in text) == (typed in query)
    assert browser.get(reverse("records:visit_pdf") + query).status_code == 302


def test_the_page_has_each_part_that_was_ticked(browser, rosa, lakeside):
    make.records(
        rosa, visit("v", "2026-01-01"), make.observation("o"), medicine("m", "Lisinopril"), source=lakeside
    )
    make.settled(lakeside)
    text = page(browser, f"?on=2026-06-01&place={lakeside.pk}&{ALL}")
    assert "For my visit on June 1, 2026, Lakeside Clinic" in text
    assert "The last visit before it: Check-up" in text
    assert "This does not mean you have no allergies." in text
    assert "As of" in text
    for part in TOPICS:
        assert f'id="part-{part}"' in text
    only = page(browser, "?on=2026-06-01&with=medicines")
    assert 'id="part-medicines"' in only
    assert 'id="part-allergies"' not in only


def test_the_paper_says_what_the_page_says(browser, rosa, lakeside):
    make.records(rosa, make.observation("o"), medicine("m", "Lisinopril"), source=lakeside)
    answer = browser.get(reverse("records:visit_text") + f"?on=2026-06-01&{ALL}")
    text = answer.content.decode()
    assert answer["Content-Disposition"].startswith("attachment")
    for said in (
        "Lisinopril",
        "Hemoglobin A1c",
        "6.1 %",
        "This does not mean you have no allergies.",
        "Rosa",
    ):
        assert said in text
