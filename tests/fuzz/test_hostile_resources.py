"""A share of the hostile resources of `make fuzz`, with a seed that stays."""

import pytest

from tests.fuzz import resources

SEED = 3
pytestmark = pytest.mark.django_db


def test_hostile_resources_cost_no_neighbour_no_page_and_leave_a_trace_each():
    *_, result = resources.run(SEED, range(400), looks=20)
    assert result.problems == []
    assert (result.hostile, result.lost, result.unaccounted, result.errors) == (400, 0, 0, 0)
    assert result.stored > result.neighbours
    assert len(result.reasons) > 5


def test_a_lost_neighbour_is_noticed(monkeypatch):
    monkeypatch.setattr(resources.store, "keep", lambda **_told: None)
    *_, result = resources.run(SEED, range(40), looks=0)
    assert (result.lost, result.unaccounted) == (21, 40)
