"""Searching and choosing among one's own records: what is found, what is not, and what the page says."""

import re
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from ground import scope
from ground.models import Look
from ground.viewer import job_viewer
from records import reading
from records.fhir.kinds import BY_SLUG
from records.forms import ListForm
from records.reading import words
from tests import factories as make

pytestmark = pytest.mark.django_db
LABS, CONDITIONS = BY_SLUG["test-results"], BY_SLUG["conditions"]


def lab(name, on="2026-03-04", **more):
    return make.observation(on=on, code={"text": name}, **more)


def found(viewer, typed, kind=LABS, **more):
    return {row.title for row in reading.listing(viewer, kind, sift=reading.Sift(typed, **more)).rows}


def choosing(query):
    return ListForm.asked(query).sift


def page(browser, query="", slug="test-results"):
    return browser.get(reverse("records:kind", args=[slug]) + query).content.decode()


# Words


@pytest.mark.parametrize(
    ("typed", "titles"),
    [
        ("cholesterol", {"Lipid panel", "LDL Cholesterol", "HDL"}),
        ("Cholesterol test", {"Lipid panel", "LDL Cholesterol", "HDL"}),
        ("blood sugar", {"Glucose [Mass/volume]", "Hemoglobin A1c"}),
        ("kidney functions", {"Creatinine"}),
        ("kidney", {"Creatinine"}),
        ("gluc", {"Glucose [Mass/volume]"}),
        ("mass glucose", {"Glucose [Mass/volume]"}),
        ("AST", {"AST (SGOT)"}),
        ("xray", {"X-Ray chest"}),
        ("x ray", {"X-Ray chest"}),
        ("café", {"Café-au-lait spots"}),
        ("6.1", {"Hemoglobin A1c"}),
        ("cholesterol glucose", set()),
        ("血糖", {"空腹血糖检查"}),
    ],
)
def test_words_find_what_records_call_otherwise(rosa, viewer, typed, titles):
    names = ("Lipid panel", "LDL Cholesterol", "HDL", "Glucose [Mass/volume]", "Creatinine", "AST (SGOT)")
    more = ("Asthma control", "X-Ray chest", "Café-au-lait spots", "61 days", "空腹血糖检查")
    make.records(rosa, *(lab(name, value=5) for name in (*names, *more)), make.observation())
    assert found(viewer, typed) == titles


def test_a_narrow_word_does_not_bring_the_wide_one(rosa, viewer):
    make.records(rosa, lab("Lipid panel"), lab("LDL"))
    assert found(viewer, "LDL") == {"LDL"}


@pytest.mark.parametrize(
    ("typed", "also"),
    [
        ("cholesterol", ("blood fats", "lipid", "LDL", "HDL", "VLDL", "triglyceride")),
        ("heart attack", ("myocardial infarction",)),
        ("flu", ("influenza",)),
        ("flu shots", ("flu vaccine", "influenza")),
        ("my stroke", ("cerebrovascular accident", "CVA", "cerebral infarction")),
        ("glucose", ()),
    ],
)
def test_the_further_words_are_named_once_and_without_those_that_find_no_more(typed, also):
    assert words.sought(typed).also == also


def test_words_that_stand_in_every_question_are_left_out_and_named():
    asked = words.sought("what is my latest potassium level")
    assert asked.left_out == ("what", "is", "my", "latest", "level")
    assert words.sought("results").left_out == ()


@pytest.mark.parametrize("typed", ["", "  ", "???", "_", "\0"])
def test_what_holds_no_word_is_no_question(typed):
    assert words.sought(typed) is None


def test_every_group_of_synonyms_is_whole():
    for group in words.groups():
        assert group.same
        assert group.source
        assert all(name == name.strip() and words.sought(name) for name in (*group.same, *group.finds))
        assert len({*group.same, *group.finds}) == len((*group.same, *group.finds))
    assert len(words.groups()) >= 60
    text = words._SYNONYMS.read_text()
    assert "NOT CLINICALLY REVIEWED" in text


# Dates, place, status


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2019", date(2019, 1, 1), date(2019, 12, 31)),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29)),
        ("2/2020", date(2020, 2, 1), date(2020, 2, 29)),
        (" 2019-05-14 ", date(2019, 5, 14), date(2019, 5, 14)),
        ("05/14/2019", date(2019, 5, 14), date(2019, 5, 14)),
        ("", None, None),
    ],
)
def test_a_date_may_be_a_year_a_month_or_a_day(text, first, last):
    assert choosing({"since": text}).since == first
    assert choosing({"until": text}).until == last


@pytest.mark.parametrize(
    "text", ["soon", "2019-13", "2019-02-30", "0000", "9999", "1/2/19", "2019-05-14T10:00", "\0"]
)
def test_what_is_no_date_is_kept_where_it_was_typed_and_said(text):
    asked = ListForm.asked({"since": text, "q": "asthma"})
    assert (asked.sift.since, asked.sift.words) == (None, "asthma")
    assert asked.wrong["since"]
    assert asked.typed["since"] == text.replace("\0", "")


def test_an_end_before_the_beginning_is_said_and_left_out():
    asked = ListForm.asked({"since": "2020", "until": "2019"})
    assert (asked.sift.since, asked.sift.until) == (date(2020, 1, 1), None)
    assert "before the first date" in asked.wrong["until"]


def dated(viewer, since, until):
    return found(viewer, "", since=since, until=until)


def test_dates_are_days_and_instants_are_days_of_the_reader(rosa, viewer):
    late = {"day": "2024-03-05", "evening": "2024-03-05T23:30:00-05:00", "bare": "2024-03-05T23:30:00"}
    make.records(rosa, *(lab(name, on=on) for name, on in late.items()), lab("none", on=""))
    with timezone.override("America/New_York"):
        assert dated(viewer, date(2024, 3, 5), date(2024, 3, 5)) == set(late)
        assert dated(viewer, date(2024, 3, 6), None) == set()
        assert dated(viewer, None, date(2024, 3, 4)) == set()
    with timezone.override("Europe/Berlin"):
        assert dated(viewer, date(2024, 3, 6), None) == {"evening"}
        assert dated(viewer, None, date(2024, 3, 5)) == {"day", "bare"}


def test_a_date_known_to_the_year_fits_while_any_day_of_it_does(rosa, viewer):
    make.records(rosa, lab("year", on="2019"), lab("month", on="2019-05"), lab("day", on="2019-05-01"))
    assert dated(viewer, date(2019, 5, 20), None) == {"year", "month"}
    assert dated(viewer, date(2019, 6, 1), None) == {"year"}
    assert dated(viewer, date(2020, 1, 1), None) == set()
    assert dated(viewer, None, date(2019, 4, 30)) == {"year"}


def test_a_status_is_one_of_its_kind(rosa, viewer):
    gone = make.condition(text="Gout", clinicalStatus={"coding": [{"code": "resolved"}]})
    make.records(rosa, make.condition(), gone, make.observation(value=5), lab("High one", value=9))
    assert found(viewer, "", CONDITIONS, status="resolved") == {"Gout"}
    assert found(viewer, "", status=reading.FLAGGED) == {"High one"}
    assert ListForm.asked({"status": "nonsense"}, ("active",)).sift.status == ""


def test_each_kind_offers_statuses_that_have_a_word():
    from records.fhir import wording

    for slug, statuses in reading.STATUSES.items():
        assert slug in BY_SLUG
        for status in {*statuses} - {reading.FLAGGED}:
            assert wording.status_words(slug, status), (slug, status)


# The list


def test_a_choice_counts_pages_and_years_of_its_own(rosa, viewer):
    make.records(
        rosa,
        *(lab(f"Potassium {n}", on="2026-01-01") for n in range(25)),
        *(lab(f"Potassium {n}", on="2019-01-01") for n in range(5)),
        *(lab(f"Sodium {n}", on="2020-01-01") for n in range(30)),
    )
    chosen = reading.Sift("potassium")
    first, second = (reading.listing(viewer, LABS, page, chosen) for page in (1, 2))
    assert (first.total, first.everything, len(first.rows), len(second.rows)) == (30, 60, 20, 10)
    assert [(one.year, one.page, one.row) for one in first.years] == [(2026, 1, 0), (2019, 2, 5)]
    titles = {row.title for row in (*first.rows, *second.rows)}
    assert not any("Sodium" in title for title in titles)


@pytest.mark.parametrize("count", [1, 60])
def test_a_choice_asks_one_question_more_however_much_there_is(
    rosa, viewer, count, django_assert_num_queries
):
    make.records(rosa, *(make.observation() for _ in range(count)))
    chosen = reading.Sift("blood sugar", since=date(2020, 1, 1), status=reading.FLAGGED)
    with django_assert_num_queries(5):  # the tally, places, the years of the choice, rows, the look
        assert reading.listing(viewer, LABS, sift=chosen).total == count


def test_nobody_elses_and_nothing_withdrawn_is_found(rosa, viewer):
    make.records(make.patient(given="Tom"), make.condition(text="Gout"))
    wrong = make.condition(text="Gout", verificationStatus={"coding": [{"code": "entered-in-error"}]})
    make.records(rosa, wrong)
    assert found(viewer, "gout", CONDITIONS) == set()


def test_the_words_of_a_search_are_in_no_look(browser, rosa):
    make.records(rosa, make.condition(text="Gout"))
    page(browser, "?q=gout", "conditions")
    with scope.open(job_viewer(rosa.pk)):
        look = Look.objects.values().get(patient=rosa)
    assert (look["what"], look["rows"]) == ("list", 1)
    assert "gout" not in str(look).lower()


def test_what_was_chosen_stands_as_chips_that_take_it_back(browser, rosa):
    make.records(rosa, make.observation(), lab("Potassium"))
    other = make.source(rosa, key="oneup:2", name="Harbor Health")
    text = page(browser, f"?q=blood+sugar&since=2019&place={other.pk}&status=flagged")
    chips = re.findall(r'<a href="([^"]+)"><span class="spoken">Remove: </span>([^<]+)</a>', text)
    here, rest = "/records/test-results/", f"place={other.pk}&amp;status=flagged"
    assert chips == [
        (f"{here}?since=2019&amp;{rest}", "“blood sugar”"),
        (f"{here}?q=blood+sugar&amp;{rest}", "From 2019"),
        (f"{here}?q=blood+sugar&amp;since=2019&amp;status=flagged", "Harbor Health"),
        (f"{here}?q=blood+sugar&amp;since=2019&amp;place={other.pk}", "High, low or not normal"),
    ]
    assert f'<a class="go" href="{here}">Clear all</a>' in text
    assert "There are 2 records on this list, but none that fit what you chose." in text
    assert 'value="blood sugar"' in text


def test_the_page_says_how_many_fit_and_which_words_were_looked_for(browser, rosa):
    make.records(rosa, *(lab(f"LDL {n}") for n in range(6)), lab("Potassium"), lab("Undated", on=""))
    text = page(browser, "?q=cholesterol+results&since=2001")
    assert text.count("1 to 6 of 6 that fit your choice, newest first. There are 8 in all.") == 2
    assert "Also looked for: blood fats, lipid, LDL, HDL, VLDL, triglyceride" in text
    assert "no clinician has reviewed" in text
    assert "Not looked for, because it stands in most questions: results" in text
    assert "One record on this list has no date" in text


def test_bad_input_is_said_and_loses_nothing(browser, rosa):
    make.records(rosa, make.observation(), lab("Potassium"))
    text = page(browser, "?q=potassium&since=soon")
    assert "We cannot read this date." in text
    assert 'value="soon"' in text
    assert "<details open>" in text
    assert "1 to 1 of 1 that fit" in text
    assert "Hemoglobin" not in text
    long = page(browser, f"?q={'x' * 101}")
    assert "too long to search for" in long
    assert "Hemoglobin" in long


def test_a_year_leads_to_its_line(browser, rosa):
    make.records(rosa, *(lab(f"o{n}", on=f"{2000 + n // 5}-01-01") for n in range(30)))
    text = page(browser)
    assert '<a href="/records/test-results/?page=2#y2000">2000</a>' in text
    assert '<a href="/records/test-results/#y2004" aria-current="true">2004</a>' in text
    assert text.index('id="y2005"') < text.index("o29")
    assert 'id="y2000"' in page(browser, "?page=2")


def test_a_list_without_records_offers_nothing_to_choose(browser, rosa):
    make.settled(make.source(rosa))
    assert 'role="search"' not in page(browser)


def test_a_chip_writes_a_day_as_the_list_does(browser, rosa):
    make.records(rosa, make.observation())
    assert f"From {date_format(date(2019, 5, 14), 'DATE_FORMAT')}" in page(browser, "?since=05/14/2019")


# Over all kinds


def everywhere(browser, query=""):
    return browser.get(reverse("records:search") + query).content.decode()


def test_a_search_over_everything_is_grouped_and_counted(rosa, viewer):
    wrong = lab("Glucose", status="entered-in-error")
    make.records(rosa, *(lab(f"Glucose {n}", on=f"20{n:02}-01-01") for n in range(10, 15)), wrong)
    make.records(rosa, make.condition(text="High glucose"), make.condition())
    make.records(rosa, {"resourceType": "Provenance", "id": "p", "reason": [{"text": "glucose"}]})
    make.records(make.patient(given="Tom"), lab("Glucose of Tom"))
    told = reading.search(viewer, reading.Sift("blood sugar"))
    assert [(one.kind.slug, one.total, [row.title for row in one.rows]) for one in told.hits] == [
        ("test-results", 5, ["Glucose 14", "Glucose 13", "Glucose 12"]),
        ("conditions", 1, ["High glucose"]),
    ]
    assert (told.total, told.everything) == (6, 7)


@pytest.mark.parametrize("count", [1, 60])
def test_a_search_over_everything_asks_four_questions(rosa, viewer, count, django_assert_num_queries):
    make.records(rosa, *(make.observation() for _ in range(count)), make.condition())
    with django_assert_num_queries(4):  # the tally, places, what fits, the look
        assert reading.search(viewer, reading.Sift("a1c")).total == count


def test_a_search_leaves_one_look_without_its_words(rosa, viewer):
    make.records(rosa, make.condition(text="Gout"))
    reading.search(viewer, reading.Sift("gout"))
    look = Look.objects.values().get(patient=rosa)
    assert (look["what"], look["record_kind"], look["rows"]) == ("search", "", 1)
    assert "gout" not in str(look).lower()


def test_nothing_chosen_is_nothing_searched(rosa, viewer, django_assert_num_queries):
    make.records(rosa, make.condition())
    with django_assert_num_queries(3):
        assert reading.search(viewer, reading.Sift()).total == 0


def test_who_types_the_name_of_a_list_is_led_to_it(browser, rosa):
    make.records(rosa, {"resourceType": "AllergyIntolerance", "id": "a", "code": {"text": "Penicillin"}})
    text = everywhere(browser, "?q=allergies")
    assert 'href="/records/allergies/"' in text[text.index("Whole lists about this") :]
    assert "Whole lists" not in everywhere(browser, "?q=vaccines")


def test_the_search_page_leads_to_the_same_search_on_each_list(browser, rosa):
    make.records(rosa, *(lab(f"Glucose {n}") for n in range(4)), make.condition(text="Glucose high"))
    text = everywhere(browser, "?q=glucose&since=2001")
    assert "5 records fit, on 2 lists, newest first." in text
    assert '<a href="/records/test-results/?q=glucose&amp;since=2001">See all 4' in text
    assert text.count("See all") == 1
    only = everywhere(browser, "?q=high+glucose")
    assert "One record fits, on one list, newest first." in only


def test_nothing_found_says_what_was_searched_and_what_to_try(browser, rosa):
    make.records(rosa, make.condition(), make.condition())
    text = everywhere(browser, "?q=unicorn")
    assert "Nothing fits" in text
    elsewhere = page(browser, "?q=unicorn&since=2001", "conditions")
    assert '<a class="go" href="/records/search/?q=unicorn">Look for “unicorn” in all' in elsewhere
    assert "through your 2 records, from Lakeside Clinic: their names, values, notes and comments." in text
    assert "Try one word only" in text
    assert reverse("records:completeness") in text


def test_before_a_search_nothing_is_said_to_be_missing(browser, rosa):
    assert "No place is connected yet" in everywhere(browser)
    make.source(rosa)
    assert "There are no records to search yet." in everywhere(browser, "?q=x")
    make.records(rosa, make.condition())
    text = everywhere(browser)
    assert 'role="search"' in text
    assert "Nothing fits" not in text
    assert "too long" in everywhere(browser, f"?q={'x' * 101}")


def test_the_overview_has_the_box(browser, rosa):
    assert 'role="search"' not in browser.get(reverse("records:overview")).content.decode()
    make.records(rosa, make.condition())
    text = browser.get(reverse("records:overview")).content.decode()
    assert f'action="{reverse("records:search")}" role="search"' in text


# The timeline


def test_the_timeline_holds_all_kinds_newest_first_under_months(browser, rosa):
    make.records(
        rosa,
        lab("Potassium", on="2024-03-05"),
        make.condition(text="Gout", on="2024-03"),
        make.condition(text="Asthma", on="2019"),
        lab("Evening", on="2024-03-01T03:30:00Z"),  # still February where Rosa lives
        lab("Undated", on=""),
    )
    text = browser.get(reverse("records:timeline")).content.decode()
    said = re.findall(
        r"<h2>([^<]+)</h2>|<li(?: id=\"\w+\")?>\s*<span class=\"name\"><a [^>]+>([^<]+)<",
        text[text.index("<main") :],
    )
    assert [heading or title for heading, title in said] == [
        "March 2024",
        "Potassium",
        "Gout",
        "February 2024",
        "Evening",
        "2019, no month given",
        "Asthma",
        "Without a date",
        "Undated",
    ]
    assert "Condition · Lakeside Clinic, March 2024" in text


def test_the_timeline_can_be_of_some_kinds(browser, rosa):
    make.records(rosa, make.observation(), make.condition(), {"resourceType": "Goal", "id": "g"})
    where = reverse("records:timeline")
    text = browser.get(where + "?kind=goals&kind=conditions&kind=nonsense").content.decode()
    assert "Hemoglobin" in text  # a kind that is none is no choice at all
    text = browser.get(where + "?kind=goals&kind=conditions").content.decode()
    assert "Hemoglobin" not in text
    assert "1 to 2 of 2 that fit your choice, newest first. There are 3 in all." in text
    assert f'<a href="{where}?kind=goals"><span class="spoken">Remove: </span>Conditions</a>' in text
    assert "Kinds of record" in text
    assert "Kinds of record" not in page(browser, slug="conditions")
    assert "Asthma" not in page(browser, "?kind=conditions&q=gout", "conditions")


@pytest.mark.parametrize("count", [1, 60])
def test_the_timeline_asks_the_same_few_questions(rosa, viewer, count, django_assert_num_queries):
    make.records(rosa, *(make.observation() for _ in range(count)), make.condition())
    with django_assert_num_queries(5):  # the tally, years, places, rows, the look
        assert reading.timeline(viewer).total == count + 1
    look = Look.objects.get(patient=rosa)
    assert (look.what, look.rows) == ("timeline", min(20, count + 1))


def test_all_pages_of_the_timeline_are_everything_once(rosa, viewer):
    on = ["2026-02-01", "2025", "2024-12-31T23:59:59Z", "2024-01-01", "", "2019-05", "9999-01-01"]
    rows = (make.condition if n % 3 else make.observation for n in range(47))
    make.records(rosa, *(row(f"o{n}", on=on[n % len(on)]) for n, row in enumerate(rows)))
    pages = [reading.timeline(viewer, number) for number in (1, 2, 3)]
    ids = [row.record.fhir_id for found in pages for row in found.rows]
    assert len(ids) == len(set(ids)) == 47


def test_a_timeline_without_records_says_why(browser, rosa):
    where = reverse("records:timeline")
    assert "No place is connected yet" in browser.get(where).content.decode()
    make.source(rosa)
    assert "There are no records here yet." in browser.get(where).content.decode()
    make.records(rosa, make.condition())
    assert "none that fit" not in browser.get(where).content.decode()
    assert "but it does not fit what you chose" in browser.get(where + "?q=unicorn").content.decode()
