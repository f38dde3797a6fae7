"""The gateway's own search page in a frame: who gets a key, and how the place picked there is named."""

import re
from datetime import date, timedelta

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from connect.models import Account, Connection, ImportRun, LinkAttempt
from ground import scope
from ground.models import Job, Look
from tests.sandbox_process import Member
from tests.unit.connect.linked.people import Person, somebody, work

PAGE, KEY = "/connect/search-page/", "/connect/search-page/key/"


@pytest.fixture
def allowed(sandbox, settings):
    settings.ONEUP = {**django_settings.ONEUP, "embedded_search": True}


def asks(rosa, **form) -> object:
    """Press the button, as the page's script does."""
    return rosa.browser.post(KEY, {"whose": str(rosa.patient.public_id), **form})


def opens(rosa) -> Member:
    """Rosa as the frame's page knows her: by the key it was handed."""
    told = asks(rosa).json()["message"]
    assert list(told) == ["jwt"]
    return Member(0, "", told["jwt"], "")


def comes_back(rosa, address: str) -> str:
    """Back from the place; where the page about it is."""
    answer = rosa.comes_back(address)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return answer.url


def named(rosa) -> ImportRun | None:
    """Let the job ask once; the run it began."""
    work(1, kind="naming")
    with scope.open(rosa.viewer):
        return ImportRun.objects.of(rosa.patient).select_related("connection__place").last()


def stranger() -> Client:
    """A browser of somebody with records of their own."""
    user, *_ = somebody(("Ada", "Stranger", date(1980, 1, 1)), "ada@example.org")
    client = Client()
    client.force_login(user)
    return client


def looks(rosa) -> list[str]:
    with scope.open(rosa.viewer):
        return list(Look.objects.filter(patient=rosa.patient).values_list("what", flat=True))


# --- Off ---------------------------------------------------------------------------------------------------
def test_it_is_not_there_unless_the_settings_say_so(sandbox, rosa):
    assert rosa.browser.get(PAGE).status_code == 404
    assert asks(rosa).status_code == 404
    assert PAGE not in rosa.browser.get("/connect/").content.decode()
    assert (rosa.attempts(), looks(rosa)) == ([], [])


# --- The page ----------------------------------------------------------------------------------------------
def test_the_page_says_what_it_hands_over_and_holds_no_key(allowed, sandbox, rosa):
    member = opens(rosa)
    answer = rosa.browser.get(PAGE)
    text = answer.content.decode()
    assert "can read every record of Rosa Delgado" in text
    assert '<iframe id="system-search-iframe"' in text
    assert "This page needs script" in text
    assert re.search(r"<form [^>]*hidden>", text)
    assert (f'data-src="{sandbox.search}/search"' in text, f'data-origin="{sandbox.url}"' in text) == (
        True,
        True,
    )
    assert " src=" not in re.search(r"<iframe[^>]*>", text)[0]
    assert member.access not in text
    assert PAGE in rosa.browser.get("/connect/").content.decode()


def test_that_one_origin_may_be_framed_and_on_that_page_alone(allowed, sandbox, rosa):
    assert f"frame-src {sandbox.url};" in rosa.browser.get(PAGE)["Content-Security-Policy"] + ";"
    for other in ("/connect/", "/connect/places/", "/"):
        assert "frame-src" not in rosa.browser.get(other)["Content-Security-Policy"]


# --- The key -----------------------------------------------------------------------------------------------
def test_a_key_is_given_once_asked_for_and_noted(allowed, sandbox, rosa):
    answer = asks(rosa)
    assert "no-store" in answer["Cache-Control"]
    assert answer.json()["seconds"] == 1800
    [attempt] = rosa.attempts()
    assert (attempt.place, attempt.state, attempt.departure) == (None, "open", None)
    assert looks(rosa) == ["key"]
    assert answer.cookies["__Host-link"]["httponly"]


def test_a_key_needs_a_form_of_ours_from_whoever_is_signed_in(allowed, sandbox, rosa):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(rosa.user)
    form = {"whose": str(rosa.patient.public_id)}
    assert strict.post(KEY, form).status_code == 403
    assert rosa.browser.get(KEY).status_code == 405
    assert Client().post(KEY, form).status_code == 302
    assert rosa.attempts() == []


def test_nobody_gets_a_key_to_somebody_elses_records(allowed, sandbox, rosa):
    helen = Person(("Helen", "Brandt", date(1974, 12, 30)), "helen@example.org")
    for whose in (str(helen.patient.public_id), ""):
        answer = asks(rosa, whose=whose)
        assert (answer.status_code, "message" in answer.json()) == (409, False)
    assert rosa.attempts() == helen.attempts() == []


def test_without_the_gateway_there_is_no_key_and_no_departure(allowed, sandbox, rosa):
    sandbox.fault(route="*/user-management/*", status=503)
    answer = asks(rosa)
    assert (answer.status_code, answer.json()) == (503, {})
    assert rosa.attempts() == []


def test_a_key_that_ends_before_the_search_does_is_not_handed_over(allowed, sandbox, rosa):
    first = opens(rosa).access
    assert opens(rosa).access == first
    with scope.open(rosa.viewer):
        soon = timezone.now() + timedelta(minutes=20)
        Account.objects.of(rosa.patient).update(access_expires_at=soon)
    assert opens(rosa).access != first
    assert [each.state for each in rosa.attempts()] == ["replaced", "replaced", "open"]


# --- The way back ------------------------------------------------------------------------------------------
def test_the_place_is_named_by_the_gateway_and_its_records_come(allowed, sandbox, rosa):
    address = sandbox.agree(sandbox.depart(opens(rosa), 4706), "Rosa")
    here = comes_back(rosa, address)
    assert comes_back(rosa, address) == here
    assert stranger().get(here).status_code == 404
    assert "finding out at which place" in rosa.browser.get(here).content.decode()
    assert rosa.browser.get(here, headers={"X-Quiet": "yes"}).json()["over"] is False
    run = named(rosa)
    assert (run.connection.place.key, run.connection.fhir_version, run.phase) == ("4706", "r4", "confirming")
    assert "Harbor" in run.connection.place.name
    assert rosa.browser.get(here).url == f"/connect/progress/{run.public_id}/"
    told = rosa.browser.get(here, headers={"X-Quiet": "yes"}).json()
    assert (told["over"], told["url"]) == (True, f"/connect/progress/{run.public_id}/")
    assert comes_back(rosa, address) == told["url"]
    assert Job.objects.filter(kind="naming").count() == 1
    sandbox.tick()
    work()
    assert rosa.connection().state == Connection.State.CONNECTED
    assert len(rosa.records()) > 20


def test_of_several_places_picked_the_one_signed_in_at_counts(allowed, sandbox, rosa):
    member = opens(rosa)
    sandbox.depart(member, 4706)
    address = sandbox.depart(member, 4707)
    sandbox.depart(member, 4710)
    comes_back(rosa, sandbox.agree(address, "Rosa"))
    assert named(rosa).connection.place.key == "4707"


def test_a_place_that_said_no_is_named_too(allowed, sandbox, rosa):
    comes_back(rosa, sandbox.agree(sandbox.depart(opens(rosa), 4706), "Rosa", allow=False))
    assert named(rosa).connection.place.key == "4706"
    work()
    assert rosa.run().outcome == ImportRun.Outcome.DECLINED


def test_a_forged_return_brings_nothing(allowed, sandbox, rosa):
    sandbox.depart(opens(rosa), 4706)
    here = comes_back(rosa, "http://localhost:8000/connect/return/?success=true&iss=https://evil.example")
    assert named(rosa) is None
    LinkAttempt.objects.of(rosa.patient).update(returned_at=timezone.now() - timedelta(minutes=11))
    assert named(rosa) is None
    assert "have not heard at which place" in rosa.browser.get(here).content.decode()
    assert [each.state for each in rosa.attempts()] == ["unheard"]
    assert Job.objects.filter(kind="naming", state="waiting").count() == 0


def test_somebody_elses_sign_in_opens_nothing(allowed, sandbox, rosa):
    comes_back(rosa, sandbox.agree(sandbox.depart(opens(rosa), 4706), "Helen"))
    named(rosa)
    sandbox.tick()
    work()
    assert (rosa.run().outcome, rosa.records()) == (ImportRun.Outcome.NOT_MINE, [])


def test_finished_in_another_browser_it_waits_for_a_fresh_sign_in(allowed, sandbox, rosa):
    address = sandbox.agree(sandbox.depart(opens(rosa), 4706), "Rosa")
    assert Client().get(address.partition("8000")[2]).status_code == 200
    assert named(rosa) is None
    assert "A place not named yet" in rosa.browser.get("/connect/places/").content.decode()
    confirm = f"/connect/confirm/{rosa.attempts()[0].public_id}/"
    assert "/reauthenticate/" in rosa.browser.get(confirm).url
    again = {"password": "a-long-enough-password", "next": confirm}
    assert rosa.browser.post("/accounts/reauthenticate/", again).url == confirm
    assert "Did you sign in at a place?" in rosa.browser.get(confirm).content.decode()
    assert rosa.browser.post(confirm).url == f"/connect/picked/{rosa.attempts()[0].public_id}/"
    assert named(rosa).attempt.proof == LinkAttempt.Proof.SIGNED_IN


def test_a_return_from_a_place_of_ours_is_not_taken_for_the_search(allowed, sandbox, rosa):
    searched = sandbox.agree(sandbox.depart(opens(rosa), 4706), "Rosa")
    leaving = rosa.leaves_for("4707")
    assert "/connect/picked/" in comes_back(rosa, searched)
    assert "/connect/progress/" in comes_back(rosa, sandbox.agree(leaving, "Rosa"))
    sandbox.tick()
    assert named(rosa).connection.place.key == "4706"


@pytest.mark.parametrize("late", [False, True])
def test_an_open_search_does_not_swallow_another_return(allowed, sandbox, rosa, late):
    opens(rosa)
    if late:
        LinkAttempt.objects.of(rosa.patient).update(expires_at=timezone.now())
    address = sandbox.agree(rosa.leaves_for("4706"), "Rosa")
    where = "progress" if late else "picked"
    assert f"/connect/{where}/" in comes_back(rosa, address + "/")  # an address the directory has without it
    assert named(rosa).connection.place.key == "4706"


def test_too_late_is_said_and_can_be_claimed(allowed, sandbox, rosa):
    address = sandbox.agree(sandbox.depart(opens(rosa), 4706), "Rosa")
    LinkAttempt.objects.of(rosa.patient).update(expires_at=timezone.now())
    page = rosa.comes_back(address).content.decode()
    assert "This search is over" in page
    assert f"/connect/confirm/{rosa.attempts()[0].public_id}/" in page


def test_trouble_with_the_gateway_postpones_and_loses_nothing(allowed, sandbox, rosa):
    comes_back(rosa, sandbox.agree(sandbox.depart(opens(rosa), 4706), "Rosa"))
    sandbox.fault(route="*/AuditEvent", status=503, times=1)
    assert named(rosa) is None
    assert named(rosa).connection.place.key == "4706"


def test_a_version_nobody_reads_here_is_said(allowed, sandbox, rosa, settings):
    settings.ONEUP = {**settings.ONEUP, "fhir_versions": ["r4"]}
    here = comes_back(rosa, sandbox.agree(sandbox.depart(opens(rosa), 4710), "Rosa"))
    assert named(rosa) is None
    assert "in a form that we cannot read" in rosa.browser.get(here).content.decode()
