"""The budget is never overrun, people come first, and a 429 is taken to heart."""

import random
import threading
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection

from connect import gateways
from connect.gateway import TryLater
from connect.gateways import Errand
from connect.models import Pacing
from connect.pacing import Asker, Budget, Lane, shrink, take

BUDGET = Budget("test:all", 10)
USERS = Budget("test:users", 3, 3600.0)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


PERSON, WORK = Asker(Lane.PERSON), Asker(Lane.ASKED)


def spend(count: int, asker: Asker = PERSON) -> list[float]:
    return [take([BUDGET], asker) for _ in range(count)]


def test_calls_within_the_budget_do_not_wait():
    assert spend(10) == [0.0] * 10


def test_the_next_call_waits_until_the_first_has_left_the_window():
    with time_machine.travel(NOON, tick=False) as clock:
        spend(10)
        wait = take([BUDGET], PERSON)
        assert 60 <= wait <= 62
        clock.shift(wait - 0.1)
        assert take([BUDGET], PERSON) > 0
        clock.shift(0.2)
        assert take([BUDGET], PERSON) == 0.0


@pytest.mark.parametrize("longest_pause", [1.0, 6.0, 12.0])
def test_no_minute_ever_holds_more_calls_than_the_limit(longest_pause):
    made: list[float] = []
    dice, elapsed = random.Random(3), 0.0
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(250):
            if take([BUDGET], PERSON) == 0.0:
                made.append(elapsed)
            pause = dice.uniform(0.1, longest_pause)
            elapsed += pause
            clock.shift(pause)
    assert len(made) > elapsed / 60 * 7
    assert max(sum(start <= each < start + 60 for each in made) for start in made) == 10


def test_background_work_leaves_a_fifth_to_people():
    assert spend(9, WORK)[7:] != [0.0, 0.0]
    assert spend(2) == [0.0, 0.0]
    assert take([BUDGET], PERSON) > 0


def test_a_call_counts_against_all_its_budgets_or_none():
    for _ in range(3):
        take([BUDGET, USERS], PERSON)
    assert take([BUDGET, USERS], PERSON) > 60
    assert sum(Pacing.objects.get(pk=BUDGET.credential).slots) == 3


def test_a_429_closes_the_budget_halves_it_and_lets_it_grow_back():
    with time_machine.travel(NOON, tick=False) as clock:
        shrink([BUDGET], retry_after=7)
        assert take([BUDGET], PERSON) == 7
        clock.shift(8)
        assert [wait == 0.0 for wait in spend(6)] == [True] * 5 + [False]
        clock.shift(600)
        assert spend(10) == [0.0] * 10


def test_many_at_once_never_take_more_than_there_is():
    took: list[float] = []

    def ask() -> None:
        try:
            took.extend(take([BUDGET], PERSON) for _ in range(5))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert took.count(0.0) == 10


def test_an_empty_budget_raises_before_anything_is_sent(settings_of_one_call):
    with gateways.crossing("oneup", "search", Errand(person=True)):
        pass
    with pytest.raises(gateways.Busy) as busy, gateways.crossing("oneup", "search", Errand(person=True)):
        pytest.fail("it was let through")
    assert busy.value.retry_after > 0
    assert isinstance(busy.value, TryLater)


def test_managing_users_has_a_budget_of_its_own_beside_the_common_one():
    assert [each.credential for each in gateways.budgets("oneup", "new_code")] == ["oneup:all", "oneup:users"]
    assert [each.credential for each in gateways.budgets("oneup", "search")] == ["oneup:all"]


def what_came(trouble: TryLater, call: str = "search") -> None:
    with pytest.raises(TryLater), gateways.crossing("oneup", call, Errand(person=True)):
        raise trouble


def test_only_a_429_shrinks_the_budget():
    what_came(TryLater("search", 503))
    assert Pacing.objects.get().percent == 100
    what_came(TryLater("search", 429))
    assert Pacing.objects.get().percent == 50


def test_several_who_hear_the_same_429_shrink_the_budget_once():
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(8):
            shrink([BUDGET], retry_after=30)
        assert Pacing.objects.get().percent == 50
        clock.shift(31)
        shrink([BUDGET], retry_after=30)
        assert Pacing.objects.get().percent == 27  # half of what had grown back


def test_a_429_on_managing_users_stops_nothing_else():
    what_came(TryLater("new_code", 429, 300.0), "new_code")
    percents = dict(Pacing.objects.values_list("pk", "percent"))
    assert percents == {"oneup:all": 100, "oneup:users": 50}
    with gateways.crossing("oneup", "search", Errand(person=True)):
        pass


def test_a_clock_that_steps_back_does_not_give_calls_away():
    with time_machine.travel(NOON, tick=False) as clock:
        spend(10)
        clock.shift(-30)
        assert take([BUDGET], PERSON) > 0


@pytest.fixture
def settings_of_one_call():
    from django.conf import settings
    from django.test import override_settings

    with override_settings(ONEUP={**settings.ONEUP, "requests_per_minute": 1}):
        yield
