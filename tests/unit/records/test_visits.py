"""A visit and what belongs to it: on the timeline, on its own page, and from there back."""

import re
from html import unescape

import pytest
from django.urls import reverse

from ground import scope
from records import reading
from records.fhir.during import visit
from tests import factories as make

CHECKUP = {"resourceType": "Encounter", "id": "v1", "status": "finished", "type": [{"text": "Checkup"}]}
DURING = {"encounter": {"reference": "Encounter/v1"}}


@pytest.fixture
def rosa(db):
    return make.patient(make.user(), given="Rosa", family="Delgado")


@pytest.fixture
def viewer(rosa):
    return make.looking(rosa)


def checkup(**more):
    return {**CHECKUP, "period": {"start": "2024-03-05"}, **more}


def timeline(browser):
    """What stands on the timeline: each line's title, with the titles under it."""
    text = browser.get(reverse("records:timeline")).content.decode()
    rows = re.findall(r'<span class="name"><a [^>]+>([^<]+)<(.*?)\n</li>', text, re.S)
    return {unescape(title): re.findall(r"<li><a [^>]+>([^<]+)<", rest) for title, rest in rows}


@pytest.fixture
def browser(client, rosa, settings):
    client.force_login(rosa.holdings.first().user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


@pytest.mark.parametrize(
    "resource",
    [
        {"encounter": {"reference": "Encounter/v1"}},
        {"encounter": {"reference": "https://api.1up.health/r4/Encounter/v1/_history/2"}},
        {"context": {"reference": "Encounter/v1"}},
        {"context": [{"reference": "EpisodeOfCare/e1"}, {"reference": "Encounter/v1"}]},
        {"context": {"encounter": [{"reference": "Encounter/v1"}], "period": {"start": "2020"}}},
        {"context": {"encounter": {"reference": "Encounter/v1"}}},
        {"item": [{"sequence": 1}, {"encounter": [{"reference": "Encounter/v1"}]}]},
    ],
)
def test_every_version_names_the_visit_in_its_own_way(resource):
    assert visit(resource) == "v1"


@pytest.mark.parametrize(
    "resource",
    [
        {},
        {"context": {"reference": "EpisodeOfCare/v1"}},
        {"encounter": {"display": "Encounter/v1"}},
        {"encounter": "Encounter/v1"},
        {"encounter": {"reference": "#v1"}},
        {"encounter": {"reference": {"reference": "Encounter/v1"}}},
        {"item": "x", "context": [[]], "encounter": [None, 7]},
    ],
)
def test_what_names_no_visit_belongs_to_none(resource):
    assert visit(resource) == ""


def test_the_timeline_puts_under_a_visit_what_belongs_to_it(browser, rosa):
    mine = [
        make.observation(f"o{n}", on="2024-03-05", code={"text": f"Test {n}"}, **DURING) for n in range(6)
    ]
    make.records(rosa, checkup(), *mine, make.condition(text="Gout", on="2024-03-05", **DURING))
    make.records(rosa, make.observation("alone", on="2024-03-04", code={"text": "Alone"}))
    lost = {"encounter": {"reference": "Encounter/never-sent"}}
    make.records(rosa, make.observation("lost", on="2024-03-03", code={"text": "Lost"}, **lost))
    said = timeline(browser)
    assert list(said) == ["Checkup", "Alone", "Lost"]
    assert len(said["Checkup"]) == 5
    assert said["Checkup"][-1] == "3 more from this visit"
    text = browser.get(reverse("records:timeline") + "?q=test").content.decode()
    assert "1 to 6 of 6 that fit" in text, "who chooses gets every record by itself"


def test_nothing_hides_under_a_visit_that_is_not_shown(browser, rosa):
    entered = make.observation("o1", code={"text": "Iron"}, **DURING)
    make.records(rosa, checkup(status="entered-in-error"), entered)
    assert timeline(browser) == {"Iron": []}
    shut = make.source(rosa, key="oneup:9", name="Shut", gate="question")
    make.records(rosa, checkup(id="v2"), source=shut)
    make.records(rosa, make.observation("o2", code={"text": "Zinc"}, encounter={"reference": "Encounter/v2"}))
    assert timeline(browser) == {"Iron": [], "Zinc": []}


def test_an_equal_id_of_another_version_is_another_visit(browser, rosa):
    make.records(rosa, checkup(), fhir_version="STU3")
    make.records(rosa, make.observation("o1", on="2020", code={"text": "Iron"}, **DURING))
    assert timeline(browser) == {"Checkup": [], "Iron": []}


def test_a_visits_page_shows_what_belongs_to_it_and_leads_there_and_back(browser, rosa, viewer):
    make.records(rosa, checkup(), make.observation("o1", **DURING), make.condition(text="Gout", **DURING))
    here = reverse("records:one", args=["visits", make.origin().pk, "Encounter", "v1"])
    text = browser.get(here).content.decode()
    assert re.findall(r"<h3>([^<]+)<", text) == ["Test results", "Conditions"]
    there = reverse("records:one", args=["test-results", make.origin().pk, "Observation", "o1"])
    assert f'<a href="{there}">Hemoglobin A1c</a>' in text
    assert (
        f'<dt>During</dt><dd><a href="{here}">Checkup, March 5, 2024</a>'
        in browser.get(there).content.decode()
    )


@pytest.mark.parametrize("count", [1, 30])
def test_the_questions_asked_do_not_grow_with_visits_and_what_they_hold(
    rosa, viewer, count, django_assert_num_queries
):
    visits = [checkup(id=f"v{n}") for n in range(count)]
    held = [
        make.observation(f"o{n}-{m}", encounter={"reference": f"Encounter/v{n}"})
        for n in range(count)
        for m in range(3)
    ]
    make.records(rosa, *visits, *held)
    with (
        scope.open(viewer),
        django_assert_num_queries(6),
    ):  # the tally, years, places, rows, what they hold, the look
        assert reading.timeline(viewer).total == count
