"""What fails in a row is left alone, and only that; one call finds out whether it is well again."""

from itertools import pairwise

from connect import breaker
from connect.breaker import Standing, failed, probing, rest, wants_probe

NOW = 1_000_000.0


def after(*about: str, is_host: bool = False) -> Standing:
    """What is left after failures about these, one after the other."""
    standing = Standing()
    for each in about:
        standing = failed(standing, each, NOW, is_host=is_host)
    return standing


def test_five_failures_in_a_row_are_a_minutes_rest():
    assert rest(after(*["a"] * 4), NOW) == 0.0
    assert rest(after(*["a"] * 5), NOW) == 60.0


def test_one_place_never_stops_its_host():
    assert rest(after(*["a"] * 500, is_host=True), NOW) == 0.0


def test_a_second_place_that_fails_as_well_does():
    assert rest(after(*["a"] * 4, "b", is_host=True), NOW) == 60.0


def test_after_the_rest_one_finds_out_and_the_others_rest_on():
    standing = after(*["a"] * 5)
    assert not wants_probe(standing, NOW + 59)
    assert wants_probe(standing, NOW + 60)
    taken = probing(standing, NOW + 60)
    assert not wants_probe(taken, NOW + 61)
    assert rest(taken, NOW + 61) == 59.0


def test_a_probe_that_never_came_back_is_followed_by_another():
    assert wants_probe(probing(after(*["a"] * 5), NOW + 60), NOW + 121)


def test_each_probe_that_fails_doubles_the_rest_up_to_a_quarter_of_an_hour():
    standing, rests = after(*["a"] * 5), []
    for _ in range(50_000):
        rests.append(rest(standing, NOW))
        standing = failed(standing, "a", NOW, is_host=False, is_probe=True)
    assert rests[:6] == [60.0, 120.0, 240.0, 480.0, 900.0, 900.0]
    assert all(sooner <= later for sooner, later in pairwise(rests))
    assert standing.trips <= 32_767


def test_calls_that_were_under_way_when_it_opened_do_not_lengthen_the_rest():
    standing = after(*["a"] * 5)
    assert failed(standing, "b", NOW + 30, is_host=False) == standing


def test_nothing_rests_at_first():
    assert rest(Standing(), NOW) == 0.0
    assert not wants_probe(Standing(), NOW)
    assert breaker.FAILURES == 5
