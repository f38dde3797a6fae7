"""The gateway stumbles, refuses, forgets and talks nonsense; the patient reads plain words, loses nothing."""

import pytest

from tests.journeys.visitor import HARBOR, Come, Visitor
from tests.site import Site

PAGES = "*/$everything"


def is_fetching(rosa: Visitor, site: Site) -> None:
    """Wait until the first page is kept while the next is on its way."""
    site.until(lambda: rosa.witness.of_theirs("records_record"), what="the first page")
    assert rosa.witness.runs()[-1][0] == "fetching"


def test_a_directory_that_is_down_keeps_the_words_and_says_what_to_do(rosa: Visitor, site: Site):
    site.sandbox.fault(route="/search/*", status=503, times=None)
    page = rosa.find("Willow Creek")
    assert page.status == 503
    assert "The directory is not answering" in page.text
    assert [form.fields["q"] for form in page.forms if "q" in form.fields] == ["Willow Creek"]
    site.sandbox.heal()
    page = rosa.follow("^Search again")
    assert page.status == 200
    assert "not answering" not in page.text
    assert [form.fields["q"] for form in page.forms if "q" in form.fields] == ["Willow Creek"]


def test_a_place_found_before_is_found_while_the_directory_is_down(rosa: Visitor, site: Site):
    rosa.find(HARBOR)
    site.sandbox.fault(route="/search/*", status=503, times=None)
    page = rosa.find("teaching harbor")
    assert "Places found before" in page.text
    page = rosa.follow(f"Connect {HARBOR}")
    rosa.press("Continue to their sign-in")
    assert "We could not get the way to their sign-in just now" in rosa.page.text


@pytest.mark.rota(3)
def test_a_storm_of_429_and_503_costs_time_and_no_record(rosa: Visitor, site: Site):
    rosa.leave_for(HARBOR)
    rosa.sign_in_there()
    storm = {
        1: {"status": 503},
        2: {"status": 429, "headers": {"Retry-After": "1"}},
        3: {"status": 502, "headers": {"Retry-After": "1"}},
        5: {"cut": 900, "how": "reset"},
    }
    for nth, trouble in storm.items():
        site.sandbox.fault(route=PAGES, nth=nth, **trouble)
    rosa.agree()
    rosa.wait_until("is not answering. We will try again at .* Nothing is lost.")
    rosa.wait_for_records()
    assert rosa.witness.difference() == {}
    assert site.sandbox.control("GET", "faults")["faults"][-1]["seen"] >= 5


@pytest.mark.parametrize("end", ["both", "family"])
def test_tokens_that_die_in_the_middle_are_replaced_and_the_patient_is_not_bothered(
    rosa: Visitor, site: Site, end: str
):
    site.sandbox.fault(route=PAGES, delay=2.0, times=None)
    rosa.connect()
    is_fetching(rosa, site)
    user = rosa.witness.app_user
    site.sandbox.end_tokens(user, end)
    site.sandbox.heal()
    rosa.wait_for_records()
    assert rosa.witness.difference() == {}
    told = site.sandbox.user(user)
    assert told["audit"].count("system-selected") == 1
    assert told["revoked_families"] == (1 if end == "family" else 0)
    assert site.rows("select state from connect_connection where patient_id = %s", rosa.witness.patient) == [
        ("connected",)
    ]


@pytest.mark.rota(3)
def test_refresh_tokens_are_never_used_twice_however_often_access_tokens_die(rosa: Visitor, site: Site):
    rosa.connect()
    rosa.wait_for_records()
    user = rosa.witness.app_user
    for _ in range(3):
        site.sandbox.end_tokens(user, "access")
        site.five_minutes_pass()
        rosa.go("/connect/places/")
        rosa.follow(f"^{HARBOR}")
        rosa.press("Check now")
        rosa.wait_until("Nothing new. Last checked")
    assert site.sandbox.user(user)["revoked_families"] == 0
    assert rosa.witness.difference() == {}


def test_pages_of_garbage_are_read_again(rosa: Visitor, site: Site):
    rosa.leave_for(HARBOR)
    rosa.sign_in_there()
    site.sandbox.fault(route=PAGES, nth=1, garbage="html")
    site.sandbox.fault(route=PAGES, nth=3, garbage="truncated")
    rosa.agree()
    rosa.wait_for_records()
    assert rosa.witness.difference() == {}
    assert rosa.witness.of_theirs("records_quarantined") == 0


@pytest.mark.rota(3)
def test_a_place_that_takes_its_time_is_asked_again_until_it_has_sent_everything(come: Come):
    rosa = come()
    rosa.connect("Slow Ingest")
    rosa.wait_until("This usually takes a few minutes|may still be sending")
    rosa.wait_for_records()
    assert rosa.witness.difference() == {}


def test_a_place_that_gives_up_half_way_is_called_incomplete(rosa: Visitor):
    rosa.connect("Ingest Timeout")
    rosa.wait_until("did not finish sending. What came is here.")
    assert rosa.witness.difference() == {}
    assert rosa.witness.of_theirs("records_record") > 10
