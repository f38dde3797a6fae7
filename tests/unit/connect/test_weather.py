"""A place is said to have trouble when several patients meet it there, and not because of one."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from connect import weather
from connect.models import Breaker, Place, PlaceDay

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def place(clock) -> Place:
    return Place.objects.create(key="4706", name="Quillwort Clinic")


def different_patients(count: int) -> list[int]:
    """Patients who fall into different groups, so that each is counted."""
    found: dict[int, int] = {}
    for whose in range(1, 1000):
        found.setdefault(weather.group("4706", whose), whose)
    return list(found.values())[:count]


def calls(*, good: int = 0, bad: int = 0, of: list[int] | None = None) -> None:
    patients = of or [1]
    for number in range(good + bad):
        whose = patients[number % len(patients)]
        weather.count("oneup", "4706", whose=whose, failed=number < bad)


def test_several_patients_who_fail_are_trouble(place):
    calls(bad=3, of=different_patients(3))
    assert weather.trouble_today(place)


def test_one_patient_who_fails_often_is_none(place):
    calls(bad=50)
    assert not weather.trouble_today(place)


def test_two_patients_are_none_either(place):
    calls(bad=50, of=different_patients(2))
    assert not weather.trouble_today(place)


def test_single_failures_among_many_good_answers_are_none(place):
    patients = different_patients(4)
    calls(bad=4, of=patients)
    assert weather.trouble_today(place)
    calls(good=20, of=patients)
    assert not weather.trouble_today(place)


def test_a_place_that_stands_still_has_trouble_however_well_the_morning_went(place):
    patients = different_patients(3)
    calls(good=50, of=patients)
    calls(bad=3, of=patients)
    assert not weather.trouble_today(place)
    Breaker.objects.create(
        name=weather.place_breaker("oneup", "4706"), open_until=NOON + timedelta(minutes=1)
    )
    assert weather.trouble_today(place)


def test_what_is_over_for_three_hours_is_not_said_any_more(place, clock):
    calls(bad=9, of=different_patients(3))
    clock.shift(timedelta(hours=2, minutes=59))
    assert weather.trouble_today(place)
    clock.shift(timedelta(minutes=2))
    assert not weather.trouble_today(place)


def test_trouble_does_not_end_with_the_day_of_the_clock(place, clock):
    clock.shift(timedelta(hours=11, minutes=50))
    calls(bad=3, of=different_patients(3))
    clock.shift(timedelta(minutes=20))
    assert weather.trouble_today(place)


def test_nothing_is_said_of_a_place_while_the_gateway_itself_does_not_answer(place):
    calls(bad=3, of=different_patients(3))
    host = weather.host_breaker("oneup", "api.example")
    Breaker.objects.create(name=host, open_until=NOON + timedelta(minutes=1))
    assert not weather.trouble_today(place)


def test_another_places_trouble_is_not_ours(place):
    other = Place.objects.create(key="4707", name="Teasel Hospital")
    calls(bad=3, of=different_patients(3))
    assert not weather.trouble_today(other)


def test_what_is_counted_says_of_nobody_who(place):
    calls(good=3, bad=2)
    day = PlaceDay.objects.get()
    assert (day.asked, day.failed, day.failed_at) == (5, 2, NOON)
    assert day.marks == weather.group("4706", 1)
    assert weather.group("4706", 1) in {weather.group("4706", whose) for whose in range(2, 1000)}


def test_a_place_nobody_has_seen_is_not_counted(clock):
    weather.count("oneup", "9999", whose=1, failed=True)
    assert not PlaceDay.objects.exists()


def test_marks_go_after_the_day_and_counts_after_thirty(place, clock):
    calls(bad=3, of=different_patients(3))
    clock.shift(timedelta(days=2))
    assert weather.forget_days() == 0
    assert (PlaceDay.objects.get().marks, PlaceDay.objects.get().failed) == (0, 3)
    clock.shift(timedelta(days=29))
    assert weather.forget_days() == 1
    assert not PlaceDay.objects.exists()
