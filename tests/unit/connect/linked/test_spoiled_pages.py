"""Pages that are whole and wrong inside: the import ends in a clear state, and what could be read is kept."""

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils import timezone

from connect.importing import walks
from connect.models import Pacing
from tests.unit.connect.linked.people import Person, slice_once, work
from tests.unit.connect.linked.test_importing import app_user, truth, until

PAGES = "*everything*"
COULD_NOT = "could not read all"


@pytest.fixture
def fetching(sandbox, rosa) -> Person:
    """Rosa, whose chart of two pages is about to be fetched."""
    rosa.links(sandbox)
    sandbox.tick()
    until(rosa, "fetching")
    return rosa


def ended(person: Person) -> tuple[str, str, str]:
    """Outcome, error and the connection's state, after all there is to do was done."""
    work()
    return person.run().outcome, person.run().error, person.connection().state


def says_so(person: Person) -> bool:
    return COULD_NOT in person.browser.get("/connect/places/").content.decode()


PASSING = (
    *({"page": page, "times": None} for page in ("twice", "holes", "path-only")),
    *({"page": page, "times": None} for page in ("total-less", "total-text", "total-negative")),
    {"page": "foreign", "times": 2},
    *({"page": page} for page in ("itself", "somebody-else", "odd-links", "unlinked", "total-more")),
    {"packed": "gzip", "times": None},
    *({"packed": packed} for packed in ("gzip-broken", "gzip-short", "gzip-not", "gzip-bomb")),
    *({"garbage": garbage} for garbage in ("latin1", "tail", "html", "truncated", "empty", "utf16", "null")),
)


@pytest.mark.rota(5)
def test_a_trouble_that_passes_costs_nothing(sandbox, fetching):
    """Each trouble meets a chart with one record that is new."""
    with override_settings(ONEUP={**settings.ONEUP, "requests_per_minute": 10_000}):
        for number, trouble in enumerate(PASSING):
            fresh = {"resourceType": "Condition", "id": f"fresh-{number}", "code": {"text": "Hiccups"}}
            sandbox.change_chart(app_user(fetching), 4706, add=[fresh])
            sandbox.tick()
            sandbox.fault(route=PAGES, **trouble)
            fetching.checks(sandbox)
            assert ended(fetching) == ("done", "", "connected"), trouble
            assert fetching.records() == truth(sandbox, fetching), trouble
            assert [each["seen"] > 0 for each in sandbox.control("GET", "faults")["faults"]] == [True]
            sandbox.heal()


@pytest.mark.parametrize(
    ("page", "error"), [("circle", "circle"), ("endless", "circle"), ("total-more", "short")]
)
def test_a_chart_that_never_comes_to_its_end_is_kept_and_not_called_complete(
    sandbox, fetching, monkeypatch, page, error
):
    monkeypatch.setattr(walks, "PAGE_CAP", 12)
    sandbox.fault(route=PAGES, page=page, times=None)
    assert ended(fetching) == ("done", error, "connected")
    assert fetching.records() == truth(sandbox, fetching)
    assert says_so(fetching)


@pytest.mark.parametrize("page", ["itself", "foreign", "unlinked"])
def test_a_page_that_leads_nowhere_is_kept_and_the_rest_is_missed_aloud(sandbox, fetching, page):
    sandbox.fault(route=PAGES, page=page, times=None)
    outcome, error, state = ended(fetching)
    assert (outcome, state) == ("done", "connected")
    assert error in ("circle", "unreadable", "short")
    assert 0 < len(fetching.records()) < len(truth(sandbox, fetching))
    assert says_so(fetching)
    assert all("elsewhere" not in row["path"] for row in sandbox.ledger())


def test_what_comes_in_between_two_pages_is_found_by_another_pass(sandbox, fetching):
    slice_once()
    first = {"resourceType": "AllergyIntolerance", "id": "between", "code": {"text": "Kiwi"}}
    sandbox.change_chart(app_user(fetching), 4706, add=[first])
    sandbox.tick()
    assert ended(fetching) == ("done", "", "connected")
    assert fetching.records() == truth(sandbox, fetching)


@pytest.mark.parametrize(
    "no",
    [
        {"status": 410, "body": '{"resourceType":"OperationOutcome"}'},
        {"status": 412, "body": ""},
        {"garbage": "outcome"},
        {"garbage": "no"},
    ],
    ids=str,
)
def test_a_chart_that_is_refused_in_the_middle_keeps_its_first_page(sandbox, fetching, no):
    slice_once()
    before = fetching.records()
    sandbox.fault(route=PAGES, times=None, **no)
    outcome, error, state = ended(fetching)
    assert (outcome, state) == ("done", "connected")
    assert error in ("refused", "failed")
    assert fetching.records() == before != []


def test_whatever_a_429_says_of_waiting_it_is_asked_again_within_a_quarter_of_an_hour(sandbox, fetching):
    for wait in ("0", "-5", "soon", "999999", "Wed, 21 Oct 2015 07:28:00 GMT", "9" * 400, None):
        sandbox.fault(route=PAGES, status=429, headers={"Retry-After": wait} if wait else {})
        Pacing.objects.all().delete()
        job = slice_once()
        assert job.state == "waiting", wait
        assert 0 < (job.due_at - timezone.now()).total_seconds() <= 900, wait
    Pacing.objects.all().delete()
    sandbox.heal()
    assert ended(fetching) == ("done", "", "connected")
    assert fetching.records() == truth(sandbox, fetching)
