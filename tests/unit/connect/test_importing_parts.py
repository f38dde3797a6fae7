"""The small parts an import decides with:

who somebody is, what events say, whether pages go round in a circle.
"""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from connect.gateway import Event, Page, PatientRef, Rejected
from connect.importing import answers, gate, happenings, identity, phases, walks
from connect.models import ImportRun, LinkAttempt
from records.store import Kept

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def patient() -> bytes:
    name = {"given": ["Rosa"], "family": "Delgado"}
    return json.dumps({"resourceType": "Patient", "name": [name], "birthDate": "1968-05-14"}).encode()


@pytest.mark.parametrize("proof", ["", "session", "signed_in"])
def test_a_patient_never_seen_before_is_accepted_by_a_sign_in_alone(proof):
    me = identity.Known("Rosa", "Delgado", date(1968, 5, 14))
    ref = PatientRef("r4", "p1", "4706", patient())
    assert gate.is_ours(ImportRun(attempt=LinkAttempt(proof=proof)), ref, me) is bool(proof)
    assert gate.is_ours(ImportRun(attempt=None), ref, me) is False


def event(what: str, minute: int = 0, place: str = "4706", version: str = "r4", kinds: tuple = ()) -> Event:
    return Event(place, "Harbor", what, version, NOON + timedelta(minutes=minute), kinds)


def test_events_of_another_place_say_nothing():
    assert happenings.read([event("returned", place="4707")], "4706").word == "unknown"
    assert happenings.read([event("returned", place="")], "4706").word == "unknown"
    assert happenings.read([event("selected")], "4706").word == "unknown"


def test_the_last_word_counts():
    assert happenings.read([event("declined"), event("returned", 1)], "4706").word == "agreed"
    assert happenings.read([event("returned"), event("declined", 1)], "4706").word == "declined"
    assert happenings.read([event("declined", 1), event("returned")], "4706").word == "declined"
    assert happenings.read([event("unreachable")], "4706").word == "unreachable"


@pytest.mark.parametrize(
    ("events", "sending"),
    [
        ([event("returned")], True),
        ([event("started")], True),
        ([event("started"), event("finished", 1)], False),
        ([event("started"), event("timed_out", 1)], False),
        ([event("finished"), event("started", 1)], True),
        ([event("started"), event("started", 1), event("finished", 2)], True),
        ([event("started"), event("started", 1, version="dstu2"), event("finished", 2)], True),
        ([event("finished")], False),
    ],
)
def test_a_place_sends_until_every_transfer_has_ended(events, sending):
    assert happenings.read(events, "4706").sending is sending


def test_kinds_that_a_place_refused_are_named():
    found = happenings.read(
        [event("failed", kinds=("Immunization",)), event("failed", kinds=("Goal",))], "4706"
    )
    assert found.failed_kinds == ("Goal", "Immunization")
    assert answers._slugs(["Immunization"]) == {"vaccines"}
    assert {"test-results", "vitals"} <= answers._slugs(["Observation"])


def walking(*cursors: str | None, total: int | None = None) -> ImportRun:
    run = ImportRun(walks=walks.begin(["p1", "p2"]))
    for cursor in cursors:
        walks.advance(run, Page((b"{}",), cursor, total), Kept(new=1))
    return run


def test_a_walk_ends_with_its_last_page_and_the_next_begins():
    run = walking("a", None)
    assert walks.current(run)["id"] == "p2"
    assert (run.cursor, run.seen, run.new, run.total) == ("", 2, 2, None)
    assert walks.broken(run) == ""


def test_a_walk_that_falls_short_of_its_own_count_is_walked_once_more():
    run = walking("a", None, total=3)
    assert walks.deserves_another(run)
    run.walks = walks.begin(["p1"], run.walks)
    walks.advance(run, Page((b"{}",), "a", 3), Kept())
    again = Page((b"{}",), None, 3, (Rejected("not-json", b""),))
    walks.advance(run, again, Kept())
    assert (walks.deserves_another(run), walks.broken(run)) == (False, "")


def test_a_walk_that_falls_short_twice_is_not_called_complete():
    run = walking(None, total=2)
    run.walks = walks.begin(["p1"], run.walks)
    walks.advance(run, Page((b"{}",), None, 2), Kept())
    assert (walks.deserves_another(run), walks.broken(run)) == (False, "short")


@pytest.mark.parametrize("circle", [["a"], ["a", "b"], ["a", "b", "c", "d", "e"]])
def test_pages_that_go_round_in_a_circle_are_left(circle):
    run = ImportRun(walks=walks.begin(["p1"]))
    for step in range(200):
        if walks.current(run) is None:
            break
        walks.advance(run, Page((), (["x", "y"] + circle * 100)[step]), Kept())
    assert walks.broken(run) == "circle"
    assert step < 4 * (len(circle) + 2)


def test_a_long_chart_is_no_circle():
    run = ImportRun(walks=walks.begin(["p1"]))
    for step in range(1000):
        walks.advance(run, Page((), str(step)), Kept())
    assert walks.broken(run) == ""


def test_a_walk_has_a_cap():
    run = ImportRun(walks=walks.begin(["p1"]))
    run.walks[0]["pages"] = walks.PAGE_CAP - 1
    walks.advance(run, Page((), "next"), Kept())
    assert walks.broken(run) == "circle"


def test_more_than_the_gateway_claimed_moves_the_claim():
    assert walking("a", "b", "c", total=1).total == 3
    assert walking("a", total=None).total is None


def test_the_version_we_prefer_is_asked_for():
    assert phases.preferred_version(("dstu2", "r4")) == "r4"
    assert phases.preferred_version(()) == "r4"
    assert phases.preferred_version(("dstu2",)) == "dstu2"
    assert phases.preferred_version(("dstu1",)) == ""
