"""Every page of fetching: does it work, for a stranger, signed out, with the wrong method, gone?"""

import json
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from connect import weather
from connect.models import Account, Breaker, Connection, ImportRun, Pacing, Place
from ground import scope
from tests.unit.connect.linked.people import Person, a_place

NAMES = (
    "find",
    "ask",
    "asked",
    "place",
    "leaving",
    "confirm",
    "progress",
    "question",
    "places",
    "connection",
    "calendar",
    "check",
    "stop",
)


def addresses(person: Person) -> dict[str, str]:
    connection, run, attempt = person.connection(), person.run(), person.attempts()[-1]
    return {
        "find": "/connect/?q=demo",
        "ask": "/connect/not-listed/",
        "asked": "/connect/not-listed/thanks/",
        "place": "/connect/place/4706/",
        "leaving": f"/connect/leaving/{attempt.public_id}/",
        "confirm": f"/connect/confirm/{attempt.public_id}/",
        "progress": f"/connect/progress/{run.public_id}/",
        "question": f"/connect/question/{connection.public_id}/",
        "places": "/connect/places/",
        "connection": f"/connect/places/{connection.public_id}/",
        "calendar": f"/connect/places/{connection.public_id}/sign-in.ics",
        "check": f"/connect/places/{connection.public_id}/check/",
        "stop": f"/connect/places/{connection.public_id}/stop/",
    }


def test_every_page_answers_its_owner(linked):
    expected = {"confirm": 302, "question": 302, "check": 405}
    found = {name: linked.browser.get(url).status_code for name, url in addresses(linked).items()}
    assert found == {name: expected.get(name, 200) for name in NAMES}


def test_every_page_sends_the_signed_out_to_the_sign_in(linked):
    for name, url in addresses(linked).items():
        answer = Client().get(url)
        assert (answer.status_code, answer.url[:16]) == (302, "/accounts/login/"), name


def test_a_stranger_finds_nothing_of_mine(linked):
    helen = Person(email="helen@example.org")
    shared = {"find", "ask", "asked", "place", "places"}
    for name, url in addresses(linked).items():
        if name not in shared:
            assert helen.browser.post(url).status_code in (404, 405), name
            assert helen.browser.get(url).status_code in (404, 405), name
    assert "Harbor" not in helen.browser.get("/connect/places/").content.decode()
    assert "How it stands" not in helen.browser.get("/connect/place/4706/").content.decode()


def test_what_is_not_there_is_not_there(linked):
    for name, url in addresses(linked).items():
        parts = url.split("/")
        gone = "/".join(str(uuid.uuid4()) if len(each) == 36 else each for each in parts)
        if gone != url:
            assert linked.browser.get(gone).status_code in (404, 405), name
    assert linked.browser.get("/connect/place/99999999/").status_code == 404
    assert linked.browser.post("/connect/place/99999999/").status_code == 404


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_no_page_takes_other_methods(linked, method):
    for name, url in {**addresses(linked), "return": "/connect/return/"}.items():
        assert getattr(linked.browser, method)(url).status_code == 405, name


def test_whoever_has_not_said_whose_records_they_are_is_asked_first(sandbox, rosa):
    rosa.user.holdings.all().delete()
    for url in ("/connect/", "/connect/places/", "/connect/place/4706/"):
        assert rosa.browser.get(url).url == "/account/about-you/"


def test_a_search_shows_town_and_state_on_each_card_and_the_count_above_and_below(sandbox, rosa):
    page = rosa.browser.get("/connect/", {"q": "health"}).content.decode()
    assert page.count('<li class="place">') == 20
    assert page.count("Places 1 to 20. There are more.") == 2
    assert 'href="/connect/?q=health&amp;offset=20#count"' in page
    last = rosa.browser.get("/connect/", {"q": "demo"}).content.decode()
    assert "12 Pier Rd Portland ME 04101" in last


def test_the_doors_keep_the_words(sandbox, rosa):
    page = rosa.browser.get("/connect/", {"q": "demo", "kind": "plan"}).content.decode()
    assert 'href="/connect/?q=demo&amp;kind=provider"' in page
    assert "Summit Health Plan" in page
    assert "Harbor" not in page


def test_before_any_words_nothing_is_asked_of_the_gateway(sandbox, rosa):
    assert "Search" in rosa.browser.get("/connect/").content.decode()
    assert sandbox.ledger() == []


def test_a_connected_place_offers_to_look_for_new_records(linked):
    page = linked.browser.get("/connect/", {"q": "harbor"}).content.decode()
    assert "See how it stands" in page
    where = f"/connect/places/{linked.connection().public_id}/"
    assert f'href="{where}"' in linked.browser.get("/connect/place/4706/").content.decode()
    page = linked.browser.get(where).content.decode()
    assert f'action="{where}check/"' in page
    assert "You signed in at Harbor Teaching Hospital (demo) and agreed." in page


def test_nothing_found_comes_with_advice(sandbox, rosa):
    page = rosa.browser.get("/connect/", {"q": "zzzz"}).content.decode()
    assert "Nothing found for “zzzz”" in page
    assert "right to a copy" in page


def test_a_directory_that_is_down_keeps_the_words_and_shows_what_was_found_before(sandbox, rosa):
    rosa.finds("harbor")
    sandbox.fault(route="*search*", status=503, times=None)
    answer = rosa.browser.get("/connect/", {"q": "harbor teaching"})
    page = answer.content.decode()
    assert answer.status_code == 503
    assert 'value="harbor teaching"' in page
    assert "The directory is not answering" in page
    assert "Harbor Teaching Hospital" in page


def test_too_many_searches_are_not_blamed_on_the_directory(sandbox, rosa):
    rosa.finds("harbor")
    Pacing.objects.update(closed_until=timezone.now() + timedelta(minutes=1))
    answer = rosa.browser.get("/connect/", {"q": "harbor teaching"})
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "Too many searches just now" in page
    assert "not answering" not in page
    assert "Harbor Teaching Hospital" in page


def test_who_wants_to_leave_for_a_place_that_rests_is_told_until_when(sandbox, rosa):
    rosa.finds("demo")
    soon = timezone.now() + timedelta(minutes=10)
    Breaker.objects.create(name=weather.place_breaker("oneup", "4706"), trips=1, open_until=soon)
    answer = rosa.browser.post("/connect/place/4706/")
    assert answer.status_code == 503
    assert "did not work several times in a row" in answer.content.decode()
    assert rosa.browser.post("/connect/place/4707/").status_code == 302


@pytest.mark.parametrize(
    "query", [{"offset": "-5"}, {"offset": "x"}, {"offset": "7"}, {"kind": "bank"}, {"q": "a" * 900}]
)
def test_nonsense_in_the_address_is_not_passed_on(sandbox, rosa, query):
    assert rosa.browser.get("/connect/", {"q": "demo", **query}).status_code == 200
    asked = [each["query"] for each in sandbox.ledger() if each["path"].endswith("/api/search")]
    assert len(asked) >= 1
    assert "bank" not in str(asked)
    assert "a" * 101 not in str(asked)


def test_words_of_others_are_shown_as_words(sandbox, rosa):
    page = rosa.browser.get("/connect/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in page


def test_the_progress_element_gets_json_and_a_person_a_page(linked):
    url = addresses(linked)["progress"]
    state = json.loads(linked.browser.get(url, headers={"accept": "application/json"}).content)
    assert set(state) == {"value", "max", "text", "over", "url", "link_text"}
    assert (state["over"], state["url"]) == (True, "/records/")
    assert linked.browser.get(url, headers={"x-quiet": "yes"})["Content-Type"] == "application/json"
    assert "<h1>Your records are here</h1>" in linked.browser.get(url).content.decode()


def test_home_cards_have_every_key_a_card_takes(linked):
    from connect import services

    with scope.open(linked.viewer):
        cards = services.cards(linked.patient.pk)
    keys = {"name", "url", "initials", "state", "tone", "text", "note", "quiet", "trouble", "progress"}
    keys |= {"check_url", "action_url", "action"}
    assert [set(each) for each in cards] == [keys | {"key", "how", "needs_you"}] * 2
    assert {each["state"] for each in cards} == {"Not confirmed", "Up to date"}


def test_looking_twice_is_one_import(linked):
    url = addresses(linked)["check"]
    first, second = linked.browser.post(url).url, linked.browser.post(url).url
    assert first == second


STATES = [
    ("lapsed", "needs you to sign in again to keep this up to date"),
    ("refused", "sent someone else&#x27;s name"),
    ("ended", "What we collected before stays here"),
    ("question", "Please have a look"),
    ("connected", "Nothing new. Last checked"),
]


@pytest.mark.parametrize(("state", "words"), STATES)
def test_every_state_of_a_place_is_said_in_words(transactional_db, state, words):
    rosa = Person()
    with scope.open(rosa.viewer):
        account = Account.objects.create(patient=rosa.patient)
        Connection.objects.create(
            patient=rosa.patient,
            account=account,
            place=a_place(),
            fhir_version="r4",
            state=state,
            confirmed_at="2026-11-01T12:00Z",
        )
    assert words in rosa.browser.get("/connect/places/").content.decode()


OUTCOMES = ["declined", "nothing", "unreachable", "not_mine", "stopped", "failed", "refused", "done"]


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_end_of_an_import_has_a_page_with_a_next_step(transactional_db, outcome):
    rosa = Person()
    with scope.open(rosa.viewer):
        account = Account.objects.create(patient=rosa.patient)
        connection = Connection.objects.create(
            patient=rosa.patient, account=account, place=a_place(), fhir_version="r4"
        )
        run = ImportRun.objects.create(
            patient=rosa.patient,
            connection=connection,
            phase="ended",
            outcome=outcome,
            ended_at="2026-11-01T12:00Z",
            is_first=True,
        )
    page = rosa.browser.get(f"/connect/progress/{run.public_id}/").content.decode()
    assert "Harbor Teaching Hospital" in page
    assert ("Start again with" in page) == (outcome != "done")
    assert "<progress" not in page


def test_a_logo_of_another_host_is_never_loaded(sandbox, rosa):
    page = rosa.browser.get("/connect/", {"q": "demo"}).content.decode()
    assert Place.objects.exclude(logo_url="").exists()
    assert "<img" not in page.split("<main")[1]
