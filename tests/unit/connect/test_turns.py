"""Patients take turns, people come first, and one that fails or wants much costs the others nothing.

The simulations move a clock of their own and decide by the same functions as the rows do; waits are counted
in calls of anybody's made before one's own.
"""

from itertools import pairwise

import pytest

from connect import turns
from connect.turns import Budget, Lane, Line, Turn, Window, decide, line_of, refused, shrunk, slid
from tests.unit.connect import crowd
from tests.unit.connect.crowd import Crowd, Import

NOW = 1_000_000.0
FIFTY = Budget("test", 50)


def full(calls: int = 40) -> Window:
    """A window in which so many calls were just made; 40 are all that work may have of fifty."""
    window = slid(Window(), FIFTY, NOW)
    return Window((*window.slots[:-1], calls), window.newest)


def open_window() -> Window:
    return slid(Window(), FIFTY, NOW)


def test_nobody_waits_while_there_is_room():
    assert decide(open_window(), FIFTY, Turn(Lane.ROUTINE), Line(), NOW).wait == 0.0


def test_who_waits_is_told_a_time_after_all_who_came_before():
    apart = turns.spacing(FIFTY, Lane.ASKED)
    waits = [decide(full(), FIFTY, Turn(Lane.ASKED), Line(k, k), NOW).wait for k in range(4)]
    assert [round(later - sooner, 6) for sooner, later in pairwise(waits)] == [round(apart, 6)] * 3


def test_who_comes_when_told_goes_before_all_who_came_later():
    mine = Turn(Lane.ASKED, ticket=5, back_at=NOW)
    sooner = [Turn(Lane.ASKED, ticket=n, back_at=NOW) for n in (3, 4)]
    later = [Turn(Lane.ASKED, ticket=n, back_at=NOW) for n in range(6, 40)]
    assert line_of(mine, [*sooner, *later], NOW) == Line(36, 2, 2)


def test_a_call_is_kept_for_those_whose_time_has_come():
    one_left = full(39)
    expected = Line(wanting=1, ahead=1, ready=1)
    assert decide(one_left, FIFTY, Turn(Lane.ASKED), Line(), NOW).wait == 0.0
    assert decide(one_left, FIFTY, Turn(Lane.ASKED), expected, NOW).wait > 0
    assert decide(one_left, FIFTY, Turn(Lane.ASKED, ticket=1, back_at=NOW), Line(9), NOW).wait == 0.0


def test_nothing_is_kept_for_who_does_not_come():
    late = Turn(Lane.ASKED, ticket=1, back_at=NOW - turns.GRACE - 1)
    assert line_of(Turn(Lane.ASKED), [late], NOW) == Line()


def test_who_comes_before_their_time_is_told_the_same_time():
    early = Turn(Lane.ASKED, ticket=1, back_at=NOW + 30)
    assert decide(full(), FIFTY, early, Line(), NOW).wait == 30


def test_a_person_has_no_line_to_stand_in_and_gets_no_ticket():
    verdict = decide(full(), FIFTY, Turn(Lane.PERSON), Line(), NOW)
    assert verdict.wait == 0.0
    assert refused(verdict, 7, NOW).ticket == 0


def test_a_person_who_hammers_leaves_three_quarters_to_others():
    window, turn, made = open_window(), Turn(Lane.PERSON), 0
    while (verdict := decide(window, FIFTY, turn, Line(), NOW)).wait == 0.0:
        window, turn, made = verdict.window, verdict.turn, made + 1
    assert made == 12
    assert 0 < verdict.wait <= 5


def test_routine_leaves_something_to_who_has_just_connected():
    assert [turns.allowed(50, lane) for lane in Lane] == [50, 40, 36]


def test_getting_tokens_uses_up_nobodys_turn():
    due = Turn(Lane.ROUTINE, ticket=1, back_at=NOW)
    verdict = decide(open_window(), FIFTY, due, Line(3), NOW, spends=False)
    assert (verdict.wait, verdict.turn) == (0.0, due)
    assert sum(verdict.window.slots) == 1


def test_a_closed_budget_is_opened_for_one_after_the_other():
    closed = shrunk(open_window(), 300, NOW)
    waits = [decide(closed, FIFTY, Turn(Lane.ROUTINE), Line(k, k), NOW).wait for k in range(3)]
    assert waits[0] == 300
    assert waits == sorted(set(waits))


# --- A whole crowd --------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _work_rings_for_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """While there is work, whoever ends a slice rings for who is due (`ground.jobs.work`)."""
    monkeypatch.setattr(crowd, "SWEEP", 2.0)


def many(*, pages: int = 2) -> list[Import]:
    """Fifty places with ten patients each."""
    return [Import(patient=each, pages=pages, place=f"place {each % 50}") for each in range(1, 501)]


def around_a_big_place() -> list[Import]:
    """Every other patient is at one big hospital, which has little news; the others have long charts."""
    odd = (Import(patient=each, pages=1, place="big") for each in range(1, 200, 2))
    even = (Import(patient=each, pages=6, place=f"place {each % 50}") for each in range(2, 201, 2))
    return [*odd, *even]


def waits(jobs: list[Import], failing: str, *, fails: bool, **rules: bool) -> list[int]:
    """How many calls were made before each had their last page; without those at the failing place."""
    others = [job for job in jobs if job.place != failing]
    theirs = [job for job in jobs if job.place == failing]
    Crowd(fails=lambda job: fails and job.place == failing, **rules).run(others, beside=theirs)
    return [job.slots for job in others]


def growth(before: list[int], after: list[int]) -> float:
    """By which part whoever lost most waits longer."""
    return max(two / one for one, two in zip(before, after, strict=True)) - 1


def test_a_place_that_fails_for_all_its_patients_costs_nobody_else_a_tenth():
    healthy = waits(many(), "place 7", fails=False)
    assert len(healthy) == 490
    assert growth(healthy, waits(many(), "place 7", fails=True)) <= 0.10


def test_nor_does_a_big_one():
    healthy = waits(around_a_big_place(), "big", fails=False)
    assert growth(healthy, waits(around_a_big_place(), "big", fails=True)) <= 0.10


def test_that_guard_fails_where_a_failing_place_is_not_left_alone():
    off = {"fair": False, "rests": False}
    healthy = waits(around_a_big_place(), "big", fails=False, **off)
    assert growth(healthy, waits(around_a_big_place(), "big", fails=True, **off)) > 0.5


def beside_one_who_wants_much(imports: int, **rules: bool) -> list[Import]:
    """Thirty patients who come one after the other while one patient has so many imports of 500 pages."""
    jobs = [Import(patient=each, pages=5, begins=60 + each * 30.0) for each in range(2, 32)]
    Crowd(**rules).run(jobs, beside=[Import(patient=1, pages=500) for _ in range(imports)])
    return jobs


def mean_wait(jobs: list[Import]) -> float:
    return sum(job.seconds for job in jobs) / len(jobs)


def test_one_who_asks_for_forty_times_as_much_costs_nobody_a_tenth():
    decent, greedy = beside_one_who_wants_much(1), beside_one_who_wants_much(40)
    assert mean_wait(greedy) <= mean_wait(decent) * 1.10
    assert max(job.seconds for job in greedy) < 20


def test_that_guard_fails_without_turns():
    decent, greedy = (beside_one_who_wants_much(imports, fair=False) for imports in (1, 40))
    assert mean_wait(greedy) > mean_wait(decent) * 5


def test_a_chart_of_any_size_begins_to_come_at_once_while_another_is_fetched():
    newcomer = Import(patient=2, pages=1, begins=600.0)
    Crowd().run([newcomer], beside=[Import(patient=1, pages=5000)])
    assert newcomer.seconds <= 4.0


def test_a_patient_alone_has_all_there_is_for_work():
    alone = Import(patient=1, pages=400, lane=Lane.ASKED)
    Crowd().run([alone])
    assert 60 * alone.pages / alone.seconds > 36


def test_many_who_wait_do_not_wake_each_other():
    turns_on, turns_off = Crowd(), Crowd(fair=False)
    for crowded in (turns_on, turns_off):
        crowded.run([Import(patient=each, pages=3) for each in range(1, 251)])
    assert turns_on.asked <= 2.2 * turns_on.calls
    assert turns_off.asked > 5 * turns_off.calls


def test_turns_go_round_page_by_page():
    jobs = [Import(patient=each, pages=4) for each in range(1, 101)]
    Crowd().run(jobs)
    for page in range(1, 3):
        last_of_this = max(job.came[page][1] for job in jobs)
        first_of_next = min(job.came[page + 1][1] for job in jobs)
        assert last_of_this < first_of_next + 15


def test_people_are_served_at_once_while_a_hundred_imports_wait():
    work = [Import(patient=each, pages=50) for each in range(1, 101)]
    people = [Import(patient=each, pages=1, lane=Lane.PERSON, begins=each * 7.0) for each in range(200, 250)]
    Crowd().run(people, beside=work)
    assert [each.seconds for each in people] == [0.0] * 50
