"""When a place is looked at next, when a sign-in is reminded of, and the file for a calendar."""

import re
from datetime import UTC, datetime, timedelta
from statistics import mean

import pytest
from django.test import override_settings

from connect.gateway import SourceAccess
from connect.importing import access, schedule
from connect.models import Connection, Place
from connect.services import asked, renewing

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def connection(**fields: object) -> Connection:
    place = Place(key="4706", name="Harbor Hospital")
    return Connection(**{"pk": 7, "place": place, "state": "connected", "fhir_version": "r4", **fields})


def test_looks_are_spread_over_a_fifth_of_the_interval_and_stay_where_they_are():
    hours = [schedule.interval(number) / timedelta(hours=1) for number in range(1, 2001)]
    assert 21.6 <= min(hours) < 21.7
    assert 26.3 < max(hours) <= 26.4
    assert 23.9 < mean(hours) < 24.1
    assert hours[:50] == [schedule.interval(number) / timedelta(hours=1) for number in range(1, 51)]
    by_quarter = [sum(1 for each in hours if low <= each < low + 1.2) for low in (21.6, 22.8, 24.0, 25.2)]
    assert min(by_quarter) > 400


def test_a_place_that_keeps_failing_is_looked_at_more_and_more_rarely_and_never_forgotten():
    waits = [schedule.interval(7, failures=count) for count in range(12)]
    assert waits[:4] == [waits[0] * 2**count for count in range(4)]
    assert max(waits) == waits[-1] <= 30 * DAY
    with override_settings(CHECK_HOURS=24 * 60):
        assert schedule.interval(7, failures=3) == schedule.interval(7) > 30 * DAY


def test_a_lapsed_place_is_looked_at_once_in_a_while():
    assert schedule.interval(7, lapsed=True) == 7 * schedule.interval(7)


@pytest.mark.parametrize(
    ("days", "reminded", "expected"),
    [
        (20, None, None),
        (14, None, 14),
        (14, 14, None),
        (5, 14, None),
        (3, 14, 3),
        (3, 3, None),
        (2, None, 3),
        (-1, None, None),
    ],
)
def test_a_sign_in_is_reminded_of_at_each_stage_once(days, reminded, expected):
    until = NOW + days * DAY
    told = {"access_until": until, "reminded_until": until if reminded else None, "reminded_days": reminded}
    assert access.stage(connection(**told), NOW) == expected


def test_a_new_end_is_reminded_of_anew():
    told = {"reminded_until": NOW - DAY, "reminded_days": 3}
    assert access.stage(connection(access_until=NOW + 10 * DAY, **told), NOW) == 14


def test_the_next_reminder_falls_due_at_the_next_stage():
    found = connection(access_until=NOW + 20 * DAY)
    assert access.next_reminder(found, NOW) == NOW + 6 * DAY
    found = connection(access_until=NOW + 10 * DAY, reminded_until=NOW + 10 * DAY, reminded_days=14)
    assert access.next_reminder(found, NOW) == NOW + 7 * DAY
    found.reminded_days = 3
    assert access.next_reminder(found, NOW + 8 * DAY) is None


@pytest.mark.parametrize(
    "state",
    [
        {"access_renewable": True},
        {"state": "ended"},
        {"state": "lapsed", "lapsed_at": NOW},
        {"access_state": "revoked"},
        {"access_until": None},
    ],
)
def test_nobody_is_reminded_where_nothing_is_to_be_done(state):
    found = connection(**{"access_until": NOW + DAY, **state})
    assert (access.stage(found, NOW), access.next_reminder(found, NOW)) == (None, None)


def told(days: float, renewable: bool | None = True, since: int = 0) -> SourceAccess:
    return SourceAccess("4706", "r4", "active", renewable, NOW - since * DAY, NOW + timedelta(days=days))


@pytest.mark.parametrize(
    ("before", "found", "expected"),
    [
        (None, told(90), None),  # a way to ask anew is held, and nobody says for how long
        (NOW + 90 * DAY, told(90), None),
        (NOW + 89 * DAY, told(90), True),  # seen to move
        (None, told(0.05), True),  # an hour: only a program can be meant
        (None, told(90, renewable=False), False),
        (None, told(90, renewable=None), None),
        (None, SourceAccess("4706", "r4", "active", True), True),
    ],
)
def test_that_an_end_moves_by_itself_is_concluded_from_what_is_seen(before, found, expected):
    assert access._lengthens_itself(connection(access_until=before), found) is expected


def test_a_calendar_file_is_what_calendars_read_and_names_no_place():
    found = connection(access_until=datetime(2027, 2, 2, 12, 0, tzinfo=UTC), access_asked_at=NOW)
    with override_settings(SITE_NAME="Río; Records, and a name that makes the line longer than it may be 🌊"):
        text = renewing.calendar(found)
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    whole = text.replace("\r\n ", "")
    assert re.findall("^(?:BEGIN|END):(.+?)\r$", whole, re.M) == [
        "VCALENDAR", "VEVENT", "VALARM", "VALARM", "VEVENT", "VCALENDAR",
    ]  # fmt: skip
    for line in (
        "VERSION:2.0",
        f"UID:{found.public_id}@localhost",
        "DTSTAMP:20261121T120000Z",
        "DTSTART;VALUE=DATE:20270202",
        "DTEND;VALUE=DATE:20270203",
        "SUMMARY:Sign in again",
    ):
        assert whole.count(f"{line}\r\n") == 1
    assert "Río\\; Records\\, and" in whole
    assert "Harbor" not in whole


def test_an_end_that_moves_by_itself_is_in_no_calendar():
    until = NOW + DAY
    assert renewing.calendar(connection(access_until=until, access_renewable=True)) == ""
    assert renewing.calendar(connection()) == ""


@pytest.mark.parametrize(
    "answer",
    [
        "no_sign_in",
        "user",
        "not_connected",
        "too_soon",
        "trouble",
        "forbidden",
        "unknown",
        "place",
        "version",
    ],
)
def test_each_answer_to_asking_anew_has_words(answer):
    assert "Harbor Hospital" in asked.text(connection(ask_answer=answer))
    assert asked.text(connection()) == ""
