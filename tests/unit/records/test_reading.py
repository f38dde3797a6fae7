"""The only way out: what lists and pages are given, and the look each of them leaves."""

import json

import pytest

from ground import scope
from ground.models import Look
from ground.viewer import job_viewer
from records import reading, services
from records.fhir.kinds import BY_SLUG
from tests import factories as make

pytestmark = pytest.mark.django_db
LABS, CONDITIONS = BY_SLUG["test-results"], BY_SLUG["conditions"]


@pytest.fixture
def rosa():
    return make.patient()


@pytest.fixture
def viewer(rosa):
    with scope.open(make.looking(rosa)) as looking:
        yield looking


def counts(found):
    return {one.slug: (one.count, one.new) for one in found if one.count}


def titles(found):
    return [row.title for row in found.rows]


def test_the_menu_counts_what_may_be_seen_and_leaves_no_look(rosa, viewer):
    wrong = make.observation("wrong", status="entered-in-error")
    make.records(rosa, make.observation(), make.observation(), make.condition(), wrong)
    assert counts(reading.menu(viewer)) == {"test-results": (2, 0), "conditions": (1, 0)}
    assert not Look.objects.filter(patient=rosa).exists()


def test_a_list_is_newest_first_and_undated_last(rosa, viewer):
    make.records(
        rosa,
        make.condition(text="Hay fever", on="2019"),
        make.condition(text="Asthma", on="2026-11-18T10:00:00-05:00"),
        make.condition(text="Unknown", on="long ago"),
        make.condition(text="Gout", on="2020-01"),
    )
    assert titles(reading.listing(viewer, CONDITIONS)) == ["Asthma", "Gout", "Hay fever", "Unknown"]


def test_a_record_without_a_name_is_called_so(rosa, viewer):
    make.records(rosa, {"resourceType": "Condition", "id": "c"})
    assert titles(reading.listing(viewer, CONDITIONS)) == ["Condition without a name"]


def test_pages_hold_twenty_and_say_where_they_stand(rosa, viewer):
    make.records(rosa, *(make.observation(f"o{day}", on=f"2025-01-{day:02}") for day in range(1, 29)))
    first, second = reading.listing(viewer, LABS), reading.listing(viewer, LABS, 2)
    assert [(one.start, one.end, one.total, one.previous, one.next) for one in (first, second)] == [
        (1, 20, 28, 0, 2),
        (21, 28, 28, 1, 0),
    ]
    assert reading.listing(viewer, LABS, 99).page == 2


def test_every_page_together_is_every_record_once(rosa, viewer):
    on = ["2026-02-01", "2025", "2025-06", "2024-12-31T23:59:59Z", "2024-01-01", "", "2019-05"]
    make.records(rosa, *(make.observation(f"o{n}", on=on[n % len(on)]) for n in range(95)))
    pages = [reading.listing(viewer, LABS, page) for page in range(1, 6)]
    ids = [row.record.fhir_id for page in pages for row in page.rows]
    assert len(ids) == len(set(ids)) == 95
    dates = [row.record.clinical_at for page in pages for row in page.rows if row.record.when]
    assert [len(page.rows) for page in pages] == [20, 20, 20, 20, 15]
    whens = [row.record.when for page in pages for row in page.rows]
    assert whens[-1] == ""
    assert len(dates) == 82


def test_years_lead_to_the_page_where_they_begin(rosa, viewer):
    make.records(
        rosa,
        *(make.observation(f"a{n}", on="2026-01-01") for n in range(25)),
        *(make.observation(f"b{n}", on="2019-01-01") for n in range(25)),
        *(make.observation(f"c{n}", on="") for n in range(3)),
    )
    found = reading.listing(viewer, LABS)
    assert [(one.year, one.page, one.current) for one in found.years] == [(2026, 1, True), (2019, 2, False)]


def test_a_list_can_be_of_one_place(rosa, viewer):
    other = make.source(rosa, key="oneup:2", name="Harbor Health")
    make.records(rosa, make.condition(text="Asthma"))
    make.records(rosa, make.condition(text="Gout"), source=other)
    found = reading.listing(viewer, CONDITIONS, sift=reading.Sift(place=other.pk))
    assert (titles(found), found.rows[0].source) == (["Gout"], "Harbor Health, May 2019")


def test_a_place_of_somebody_else_is_an_empty_choice(rosa, viewer):
    make.records(rosa, make.condition())
    with scope.open(job_viewer(make.patient(given="Tom").pk)) as tom:
        theirs = make.source(make.patient(given="Ann"))
        assert tom is not None
    assert reading.listing(viewer, CONDITIONS, sift=reading.Sift(place=theirs.pk)).total == 0


@pytest.mark.parametrize("count", [1, 60])
def test_a_list_asks_the_same_few_questions_for_one_and_for_many(
    rosa, viewer, count, django_assert_num_queries
):
    make.records(rosa, *(make.observation() for _ in range(count)))
    with django_assert_num_queries(4):  # counts and how far the viewer has looked, places, rows, the look
        reading.listing(viewer, LABS)


@pytest.mark.parametrize("count", [1, 60])
def test_a_panel_asks_the_same_few_questions_for_one_and_for_many(
    rosa, viewer, count, django_assert_num_queries
):
    parts = [make.observation(f"o{n}") for n in range(count)]
    report = panel(*(part["id"] for part in parts))
    make.records(rosa, *parts, report)
    origin = make.origin().pk
    with django_assert_num_queries(7):  # the record, what it names, places, the look, three of own words
        reading.one(viewer, origin, "DiagnosticReport", "panel")


def panel(*ids):
    return {
        "resourceType": "DiagnosticReport",
        "id": "panel",
        "status": "final",
        "code": {"text": "Lipid panel"},
        "result": [{"reference": f"Observation/{one}"} for one in ids],
    }


def test_each_read_leaves_one_look(rosa, viewer):
    make.records(rosa, make.condition("c"))
    origin = make.origin().pk
    reading.overview(viewer)
    reading.listing(viewer, CONDITIONS)
    reading.one(viewer, origin, "Condition", "c")
    reading.original(viewer, origin, "Condition", "c")
    looks = Look.objects.filter(patient=rosa).order_by("pk")
    assert [(look.what, look.record_kind, look.record_key, look.rows) for look in looks] == [
        ("overview", "", "", 1),
        ("list", "conditions", "", 1),
        ("detail", "conditions", f"{origin}/Condition/c", 1),
        ("original", "conditions", f"{origin}/Condition/c", 1),
    ]
    assert {look.user_id for look in looks} == {viewer.user_id}


def test_a_panel_shows_the_values_of_the_records_it_names(rosa, viewer):
    make.records(rosa, make.observation("a", value=7.4), panel("a", "not-sent"))
    first, second = reading.one(viewer, make.origin().pk, "DiagnosticReport", "panel").results
    told = first.result
    assert (told.name, told.value, told.range, told.flag) == ("Hemoglobin A1c", "7.4 %", "4.0 – 5.6", "H")
    assert second.line is None


def test_names_are_never_taken_from_another_patient(rosa, viewer):
    tom = make.patient(given="Tom")
    make.records(tom, make.observation("a"))
    make.records(rosa, panel("a"))
    (only,) = reading.one(viewer, make.origin().pk, "DiagnosticReport", "panel").results
    assert only.line is None


def test_somebody_elses_record_is_not_there(rosa, viewer):
    tom = make.patient(given="Tom")
    make.records(tom, make.condition("theirs"))
    for key in ("theirs", "nobodys"):
        with pytest.raises(reading.NotThere):
            reading.one(viewer, make.origin().pk, "Condition", key)


def test_the_original_is_byte_for_byte_what_came(rosa, viewer):
    sent = b'{ "resourceType":"Condition",\r\n\t"id":"c" , "x": 6.10, "code":{"text":"Caf\xc3\xa9"}}'
    make.records(rosa, sent)
    assert reading.original(viewer, make.origin().pk, "Condition", "c").raw == sent


def test_what_a_list_shows_is_what_the_page_shows(rosa, viewer):
    make.records(rosa, make.observation("a"))
    found = reading.one(viewer, make.origin().pk, "Observation", "a")
    (row,) = reading.listing(viewer, LABS).rows
    assert (row.title, row.value, row.record.when) == (
        found.row.head.title,
        found.row.head.value,
        found.row.head.when,
    )


def test_nothing_is_new_before_somebody_has_said_that_they_looked(rosa, viewer):
    make.records(rosa, make.condition())
    found = reading.since(viewer)
    assert (found.first, found.total, found.number) == (True, 0, 1)


def test_what_came_and_what_changed_since_is_told(rosa, viewer):
    make.records(rosa, make.condition("old"), make.condition("other", text="Gout"))
    services.mark_seen(viewer=viewer, number=1)
    make.records(rosa, make.condition("old", text="Severe asthma"), make.condition("new", text="Hay fever"))
    found = reading.since(viewer)
    assert (found.total, found.of("changed"), found.first) == (2, 1, False)
    assert {row.title for row in found.rows} == {"Severe asthma", "Hay fever"}
    assert counts(reading.menu(viewer)) == {"conditions": (3, 2)}
    services.mark_seen(viewer=viewer, number=found.number)
    assert reading.since(viewer).total == 0


def test_looking_at_an_older_page_takes_nothing_back(rosa, viewer):
    make.records(rosa, make.condition("c"))
    make.records(rosa, make.condition("d"))
    services.mark_seen(viewer=viewer, number=2)
    services.mark_seen(viewer=viewer, number=1)
    assert reading.since(viewer).total == 0


def test_a_very_long_list_of_names_is_bounded(rosa, viewer):
    make.records(rosa, panel(*(f"o{n}" for n in range(5000))))
    found = reading.one(viewer, make.origin().pk, "DiagnosticReport", "panel")
    assert json.dumps([shown.result.target for shown in found.results[:1]])
