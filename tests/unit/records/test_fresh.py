"""New, changed, corrected, withdrawn: what is said of each, and to whom."""

import pytest
from django.urls import reverse
from django.utils import timezone

from ground import scope
from ground.viewer import job_viewer
from records import reading, services, store
from records.fhir import kinds
from records.models import Looked, Record, Seen
from tests import factories as make

pytestmark = pytest.mark.django_db


def prescription(dose: str = "10 mg a day", key: str = "m", **more: object) -> dict[str, object]:
    return {
        "resourceType": "MedicationRequest",
        "id": key,
        "status": "active",
        "medicationCodeableConcept": {"text": "Lisinopril"},
        "dosageInstruction": [{"text": dose}],
        "authoredOn": "2026-02-01",
        **more,
    }


def wrong(resource: dict[str, object]) -> dict[str, object]:
    return {**resource, "status": "entered-in-error"}


def looked(viewer) -> None:
    services.mark_seen(viewer=viewer, number=reading.upto(viewer).number)


def told(viewer) -> dict[str, str]:
    """What became of each record, by its id."""
    return {one.line.record.fhir_id: one.what for one in reading.news(viewer).pieces}


def test_each_of_the_four_is_called_by_its_name(rosa, viewer):
    results = [make.observation(key) for key in ("same", "corrected", "withdrawn", "gone")]
    make.records(rosa, prescription(), *results)
    looked(viewer)
    make.records(
        rosa,
        prescription("20 mg a day"),
        make.observation("new"),
        make.observation("corrected", value=5.5, status="corrected"),
        wrong(make.observation("withdrawn")),
    )
    number = reading.upto(viewer).number
    Record.objects.filter(patient=rosa, fhir_id="gone").update(removed_at=timezone.now(), changed=number)
    assert told(viewer) == {
        "new": "new", "m": "changed", "corrected": "corrected", "withdrawn": "withdrawn", "gone": "withdrawn",
    }  # fmt: skip
    found = reading.since(viewer)
    assert [found.of(what) for what in reading.WHATS] == [1, 1, 1, 2]
    assert {one.record.fhir_id: one.mark for one in found.rows} == {
        "new": "new", "m": "changed", "corrected": "changed",
    }  # fmt: skip


def test_what_changed_is_said_with_before_and_after(rosa, viewer):
    make.records(rosa, prescription())
    looked(viewer)
    make.records(rosa, prescription("20 mg a day"))
    make.records(rosa, prescription("40 mg a day"))
    (piece,) = reading.news(viewer).pieces
    assert [(one.before, one.after) for one in piece.changes] == [("10 mg a day", "40 mg a day")]


def test_an_error_that_was_none_is_a_correction(rosa, viewer):
    make.records(rosa, make.observation("o"))
    make.records(rosa, wrong(make.observation("o")))
    looked(viewer)
    make.records(rosa, make.observation("o"))
    assert told(viewer) == {"o": "corrected"}


def test_what_stays_withdrawn_is_no_news(rosa, viewer):
    make.records(rosa, make.observation("o"))
    make.records(rosa, wrong(make.observation("o")))
    looked(viewer)
    make.records(rosa, wrong(make.observation("o", value=7.0)))
    assert told(viewer) == {}


def test_what_came_and_went_between_two_looks_is_never_told(rosa, viewer):
    make.records(rosa, make.condition())
    looked(viewer)
    make.records(rosa, make.observation("o"))
    make.records(rosa, wrong(make.observation("o")))
    assert told(viewer) == {}
    assert reading.since(viewer).total == 0


def test_what_was_withdrawn_keeps_the_name_it_had(rosa, viewer):
    make.records(rosa, make.observation("o"))
    looked(viewer)
    make.records(rosa, {"resourceType": "Observation", "id": "o", "status": "entered-in-error"})
    (piece,) = reading.news(viewer).pieces
    assert (piece.what, piece.line.title) == ("withdrawn", "Hemoglobin A1c")


def test_a_record_that_is_sent_again_says_so(rosa, viewer):
    make.records(rosa, make.observation("o"))
    Record.objects.filter(patient=rosa).update(removed_at=timezone.now())
    looked(viewer)
    make.records(rosa, make.observation("o"))
    (piece,) = reading.news(viewer).pieces
    assert (piece.what, piece.is_back, piece.changes) == ("changed", True, ())


def test_the_same_sent_again_is_no_news(rosa, viewer):
    sent = prescription(meta={"versionId": "1", "lastUpdated": "2026-01-01T00:00:00Z"})
    make.records(rosa, sent)
    looked(viewer)
    make.records(rosa, sent)
    make.records(rosa, {**sent, "meta": {"versionId": "2", "lastUpdated": "2026-02-01T00:00:00Z"}})
    assert told(viewer) == {}


def test_a_newer_reader_makes_nothing_new(rosa, viewer, monkeypatch):
    make.records(rosa, prescription())
    looked(viewer)
    monkeypatch.setattr(kinds, "EXTRACT_VERSION", kinds.EXTRACT_VERSION + 1)
    make.records(rosa, prescription())
    assert store.read_again(rosa.pk) == 1
    assert told(viewer) == {}


def test_opening_a_record_takes_away_its_mark_alone(rosa, viewer):
    make.records(rosa, make.condition("old"))
    looked(viewer)
    make.records(rosa, make.condition("a"), make.condition("b"))
    services.mark_opened(viewer=viewer, records=[Record.objects.get(patient=rosa, fhir_id="a")])
    rows = reading.listing(viewer, kinds.BY_SLUG["conditions"]).rows
    assert {one.record.fhir_id: one.mark for one in rows} == {"old": "", "a": "", "b": "new"}
    assert {one.slug: one.new for one in reading.menu(viewer) if one.new} == {"conditions": 1}
    assert told(viewer) == {"b": "new"}


def test_what_changes_after_it_was_opened_is_marked_again(rosa, viewer):
    make.records(rosa, prescription())
    looked(viewer)
    make.records(rosa, prescription("20 mg a day"))
    services.mark_opened(viewer=viewer, records=[Record.objects.get(patient=rosa)])
    make.records(rosa, prescription("40 mg a day"))
    (piece,) = reading.news(viewer).pieces
    assert [(one.before, one.after) for one in piece.changes] == [("20 mg a day", "40 mg a day")]


def test_saying_that_all_were_looked_at_leaves_no_single_notes_behind(rosa, viewer):
    make.records(rosa, make.condition("a"))
    looked(viewer)
    make.records(rosa, make.condition("b"))
    record = Record.objects.get(patient=rosa, fhir_id="b")
    services.mark_opened(viewer=viewer, records=[record])
    services.mark_opened(viewer=viewer, records=[record])
    assert Looked.objects.filter(patient=rosa).count() == 1
    looked(viewer)
    assert Looked.objects.filter(patient=rosa).count() == 0


def test_before_the_first_look_opening_a_record_notes_nothing(rosa, viewer):
    make.records(rosa, make.condition("a"))
    services.mark_opened(viewer=viewer, records=[Record.objects.get(patient=rosa)])
    assert not Looked.objects.filter(patient=rosa).exists()
    assert reading.news(viewer).first


def test_each_user_has_looked_for_themselves(rosa, viewer, owner):
    carer = make.looking(rosa, make.user())
    make.records(rosa, make.condition("a"))
    looked(viewer)
    looked(carer)
    make.records(rosa, make.condition("b"))
    services.mark_opened(viewer=carer, records=[Record.objects.get(patient=rosa, fhir_id="b")])
    assert (told(viewer), told(carer)) == ({"b": "new"}, {})
    looked(carer)
    assert Seen.objects.get(patient=rosa, user_id=owner.pk).number == 1


def test_nothing_of_a_closed_place_is_news(rosa, viewer, lakeside):
    make.records(rosa, make.condition("a"), source=lakeside)
    looked(viewer)
    make.records(rosa, make.condition("b"), source=lakeside)
    make.source(rosa, gate="question")
    assert told(viewer) == {}


def test_results_stand_with_their_visit_and_their_report(rosa, viewer):
    make.records(rosa, make.condition("a"))
    looked(viewer)
    visit = {"reference": "Encounter/v"}
    make.records(
        rosa,
        {"resourceType": "Encounter", "id": "v", "status": "finished", "type": [{"text": "Check-up"}],
         "period": {"start": "2026-03-04"}},
        {"resourceType": "DiagnosticReport", "id": "r", "status": "final", "code": {"text": "Lipid panel"},
         "encounter": visit, "effectiveDateTime": "2026-03-04", "result": [{"reference": "Observation/o"}]},
        make.observation("o", encounter=visit),
    )  # fmt: skip
    pieces = {one.line.record.fhir_id: one for one in reading.news(viewer).pieces}
    assert pieces["o"].visit.title == "Check-up"
    assert pieces["o"].part_of.title == "Lipid panel"
    assert pieces["r"].part_of is None


@pytest.mark.parametrize("count", [1, 45])
def test_what_is_new_asks_the_same_few_questions_for_one_and_for_many(
    rosa, viewer, count, django_assert_num_queries
):
    make.records(rosa, *(prescription(key=f"m{n}") for n in range(count)))
    looked(viewer)
    changed = [
        prescription("20 mg a day", key=f"m{n}", encounter={"reference": f"Encounter/v{n}"})
        for n in range(count)
    ]
    make.records(rosa, *changed)
    # The tally, places, the four, rows, what they were, what they name, its places, the look, the menu.
    with django_assert_num_queries(9):
        found = reading.news(viewer, 3)
    assert (found.total, found.page) == (count, -(-count // 20))


def test_pages_together_hold_each_once(rosa, viewer):
    make.records(rosa, make.condition("a"))
    looked(viewer)
    make.records(rosa, *(make.condition(f"c{n}", on=f"20{n % 20 + 5:02}") for n in range(45)))
    pages = [reading.news(viewer, page).pieces for page in (1, 2, 3)]
    assert len({one.line.record.fhir_id for page in pages for one in page}) == 45


def test_every_state_is_kept_and_says_what_it_changed(rosa, viewer):
    for dose in ("10 mg a day", "20 mg a day", "40 mg a day"):
        make.records(rosa, prescription(dose))
    where = (make.origin().pk, "MedicationRequest", "m")
    found = reading.history(viewer, *where)
    assert [[(one.before, one.after) for one in each.changes] for each in found.states] == [
        [("20 mg a day", "40 mg a day")], [("10 mg a day", "20 mg a day")], [],
    ]  # fmt: skip
    assert [(each.until, each.is_first) for each in found.states] == [(None, False), (3, False), (2, True)]
    first = reading.earlier(viewer, *where, 2)
    assert "10 mg a day" in {fact.value for fact in first.row.facts}
    with pytest.raises(reading.NotThere):
        reading.earlier(viewer, *where, 4)


def test_a_long_history_has_pages_that_meet(rosa, viewer):
    for number in range(24):
        make.records(rosa, prescription(f"{number} mg"))
    where = (make.origin().pk, "MedicationRequest", "m")
    pages = [reading.history(viewer, *where, page).states for page in (1, 2, 3)]
    said = [change.after for page in pages for each in page for change in each.changes]
    assert said == [f"{number} mg" for number in range(23, 0, -1)]
    assert [each.is_first for page in pages for each in page].index(True) == 23


# --- The pages ---------------------------------------------------------------------------------------------
def page(browser, name="news", args=(), **query) -> str:
    answer = browser.get(reverse(f"records:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def within(rosa, owner, do) -> None:
    viewer = make.looking(rosa, owner)
    with scope.open(viewer):
        do(viewer)


def test_before_somebody_says_that_they_looked_nothing_counts_as_new_and_no_visit_is_called_the_first(
    browser, rosa
):
    make.records(rosa, prescription())
    pages = [page(browser), page(browser, "overview")]
    assert all("Nothing counts as new" in each for each in pages)
    assert not any("first visit" in each for each in pages)


def test_the_page_says_what_changed_in_words(browser, rosa, owner):
    make.records(rosa, prescription(), make.observation("o"))
    within(rosa, owner, looked)
    make.records(rosa, prescription("20 mg a day"), wrong(make.observation("o")), make.condition("c"))
    text = page(browser)
    assert "“10 mg a day” before, “20 mg a day” now" in text
    assert "says that it was entered in error" in text
    assert "1 withdrawn" in text
    assert "Asthma" not in page(browser, what="changed")
    assert "Lisinopril" in page(browser, what="changed")
    assert page(browser, what="nonsense", page="x").count("Asthma") == 1
    home = page(browser, "overview")
    assert "3 records are new or have changed since you last looked" in home
    assert "1 condition" in home


def test_a_change_that_nobody_sees_is_said_to_be_one(browser, rosa, owner):
    make.records(rosa, prescription())
    within(rosa, owner, looked)
    make.records(rosa, prescription(meta={"security": [{"code": "N"}]}))
    assert "Only codes" in page(browser) or "Nothing that we show has changed" in page(browser)


def test_reading_the_page_of_a_record_takes_its_mark_away(browser, rosa, owner):
    make.records(rosa, make.condition("a"))
    within(rosa, owner, looked)
    make.records(rosa, prescription())
    where = ["medicines", make.origin().pk, "MedicationRequest", "m"]
    assert "New</span>" in page(browser, "kind", ["medicines"])
    page(browser, "one", where)
    assert "New</span>" not in page(browser, "kind", ["medicines"])


def test_a_record_says_what_changed_and_leads_to_what_it_was(browser, rosa):
    make.records(rosa, prescription())
    make.records(rosa, prescription("20 mg a day"))
    where = ["medicines", make.origin().pk, "MedicationRequest", "m"]
    text = page(browser, "one", where)
    assert "10 mg a day" in text
    assert reverse("records:history", args=where) in text
    assert "This is how it first came" in page(browser, "history", where)
    old = page(browser, "version", [*where, 2])
    assert "10 mg a day" in old
    assert "It has changed since" in old


def test_what_is_no_longer_sent_has_a_page_that_says_so(browser, rosa):
    make.records(rosa, prescription())
    with scope.open(job_viewer(rosa.pk)):
        Record.objects.filter(patient=rosa).update(removed_at=timezone.now())
    where = ["medicines", make.origin().pk, "MedicationRequest", "m"]
    text = page(browser, "one", where)
    assert "no longer sends this record" in text
    assert "Lisinopril" in text
    paper = browser.get(reverse("records:one_text", args=where)).content.decode()
    assert "no longer sends this record" in " ".join(paper.split())
