"""Before a call: is the host up, is the place up, whose turn is it. After it: who is blamed for what."""

import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import override_settings

from connect import gateways, pacing, turns, weather
from connect.gateway import GatewayError, Refused, SignInAgain, TryLater, Unreadable
from connect.gateways import Busy, Errand, Resting
from connect.models import Breaker, Pacing, PatientTurn, Place, PlaceDay
from connect.pacing import Asker, Budget, Lane
from connect.turns import Turn
from portal.models import Patient
from tests import factories as make

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture(autouse=True)
def places() -> list[Place]:
    return [Place.objects.create(key=key, name=f"Place {key}") for key in ("1", "2")]


@pytest.fixture
def people() -> list[Patient]:
    return [make.patient() for _ in range(4)]


def call(name: str = "everything", *, place: str = "1", whose: int | None = None, person: bool = False,
         trouble: GatewayError | None = None) -> None:  # fmt: skip
    """One call that goes well, or comes to this trouble. Raises what it meets."""
    with gateways.crossing("oneup", name, Errand(person, whose, place)):
        if trouble is not None:
            raise trouble


def fails(times: int, status: int | None = 503, **where: object) -> None:
    for _ in range(times):
        with pytest.raises(TryLater):
            call(trouble=TryLater("everything", status), **where)


def rests(name: str = "everything", **where: object) -> float:
    """Seconds that a call is told to stay away; 0.0 when it is let through."""
    try:
        call(name, **where)
    except Resting as told:
        return float(told.retry_after or 0.0)
    return 0.0


def test_one_hospital_that_fails_stops_its_own_patients_and_nobody_else():
    fails(5)
    assert rests(place="1") > 0
    assert rests(place="2") == 0.0
    assert rests("events", place="1") == 0.0


def test_a_host_that_fails_for_several_stops_everybody_and_every_call():
    fails(3, place="1")
    fails(2, place="2")
    assert min(rests(place="1"), rests(place="2"), rests("events", place="")) > 0


def test_a_place_that_was_never_asked_is_waited_for_as_well_while_the_host_is_down():
    fails(3, status=None, place="1")
    fails(2, status=None, place="2")
    assert rests(place="3", person=True) == 60.0


def test_one_account_that_fails_stops_nobody_else(people):
    for _ in range(9):
        with suppress(TryLater):
            call("events", whose=people[0].pk, trouble=TryLater("events", 500))
    assert rests("events", whose=people[1].pk) == 0.0


def test_an_answer_between_forgets_the_failures():
    fails(4)
    call()
    fails(4)
    assert rests() == 0.0
    assert not Breaker.objects.exists()


def test_saying_no_is_not_failing():
    for trouble in (Refused("x", 403), TryLater("x", 429, 0.0), Unreadable("x", 200), SignInAgain("x", 401)):
        for _ in range(6):
            with suppress(GatewayError):
                call(trouble=trouble)
    assert not Breaker.objects.exists()


def test_web_pages_where_records_were_due_are_the_hosts_failure_and_not_the_places():
    for place in ("1", "2", "1", "2", "1"):
        with pytest.raises(SignInAgain):
            call(place=place, trouble=SignInAgain("everything", 200))
    assert rests() > 0
    assert PlaceDay.objects.filter(failed__gt=0).count() == 0


def test_one_probe_is_let_through_and_what_it_finds_holds_for_all(clock):
    fails(5)
    clock.shift(61)
    with gateways.crossing("oneup", "everything", Errand(False, None, "1")):
        assert rests() > 0
    assert rests() == 0.0


def test_a_probe_that_fails_lengthens_the_rest(clock):
    fails(5)
    clock.shift(61)
    fails(1)
    assert rests(person=True) == 120.0


def test_a_probe_that_has_no_turn_leaves_it_to_the_next(clock):
    fails(5)
    clock.shift(61)
    with override_settings(ONEUP={**settings.ONEUP, "requests_per_minute": 1}):
        Pacing.objects.update(closed_until=NOON + timedelta(minutes=5))
        with pytest.raises(Busy):
            call()
    Pacing.objects.update(closed_until=None)
    assert rests() == 0.0


def test_people_are_told_the_plain_rest_and_jobs_come_back_spread_over_as_much_again():
    fails(5)
    assert rests(person=True, whose=3) == 60.0
    told = {rests(whose=whose) for whose in range(1, 41)}
    assert min(told) >= 60.0
    assert max(told) < 120.0
    assert len(told) > 15


def test_who_has_to_rest_gives_up_the_turn(people):
    with override_settings(ONEUP={**settings.ONEUP, "requests_per_minute": 5}):
        for _ in range(9):
            with suppress(Busy):
                call(whose=people[0].pk)
        assert PatientTurn.objects.exclude(ticket=None).count() == 1
        Breaker.objects.create(
            name=weather.place_breaker("oneup", "1"), trips=1, open_until=NOON + timedelta(seconds=9)
        )
        assert rests(whose=people[0].pk) > 0
    assert not PatientTurn.objects.exclude(ticket=None).exists()


def test_calls_about_a_place_are_counted_for_its_day():
    fails(2)
    call()
    call("events")
    day = PlaceDay.objects.get()
    assert (day.place.key, day.asked, day.failed) == ("1", 3, 2)


@pytest.mark.parametrize("asked_again", ["events", "everything"])
def test_too_soon_at_one_place_slows_nobody_down(asked_again):
    with pytest.raises(TryLater):
        call("ingest", trouble=TryLater("ingest", 429, 300.0))
    call(asked_again)


#: F05: what a server may say beside 429, as `connect.http` reads it, and how long nothing is asked then.
@pytest.mark.parametrize(("said", "closed"), [(7.0, 7), (900.0, 900), (0.0, 10), (None, 10)])
def test_after_a_429_nobody_asks_for_as_long_as_it_says(said, closed, clock):
    with pytest.raises(TryLater):
        call(trouble=TryLater("everything", 429, said))
    with pytest.raises(Busy) as busy:
        call(place="2", person=True)
    assert busy.value.retry_after == closed
    clock.shift(closed + 0.01)
    call(place="2")


def test_the_database_counts_a_line_as_the_rules_do(people):
    dice, budget = random.Random(11), Budget("test", 50)
    for _ in range(60):
        PatientTurn.objects.all().delete()
        others = [a_turn(dice) for _ in people[1:]]
        mine = a_turn(dice)
        for patient, turn in zip(people[1:], others, strict=True):
            pacing._keep(budget, Asker(turn.lane, patient.pk), turn)
        asker = Asker(mine.lane, people[0].pk)
        counted = pacing._line(budget, asker, mine, NOON)
        assert counted == turns.line_of(mine, others, NOON.timestamp())


def a_turn(dice: random.Random) -> Turn:
    now, ticket = NOON.timestamp(), dice.choice([0, *range(1, 9)])
    back_at = now + dice.choice([-90, -59, -1, 0, 1, 30]) if ticket else 0.0
    return Turn(dice.choice([Lane.ASKED, Lane.ROUTINE]), now + dice.choice([-5, 5]), ticket, back_at)


def test_patients_take_turns_through_the_rows(people, clock):
    """A budget of ten: who has had theirs comes after who has not, however often they ask. Until the first
    calls have left the window, whoever came first is a few ahead.
    """
    order: list[int] = []
    with override_settings(ONEUP={**settings.ONEUP, "requests_per_minute": 10}):
        due = {person.pk: 0.0 for person in people}
        for second in range(0, 300, 2):
            for whose in sorted(due, key=lambda each: due[each]):
                while due[whose] <= second:
                    try:
                        call(whose=whose)
                        order += [whose] * (second > 60)
                    except Busy as busy:
                        due[whose] = second + float(busy.retry_after or 0.0)
            clock.shift(2)
    made = [order.count(person.pk) for person in people]
    assert sum(made) > 25
    assert max(made) - min(made) <= 2
