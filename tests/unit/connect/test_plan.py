"""`manage.py plan` says what a budget holds, by the rules that pace work; docs/scale.md shows it."""

import json
import re
import shlex
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from connect import turns
from connect.planning import DAY, HOUR, Look, plan
from connect.turns import Budget, Lane
from tests.unit.connect.crowd import Crowd, Import

SCALE = Path(__file__).resolve().parents[3] / "docs/scale.md"
BLOCK = re.compile(r"^    \$ manage\.py (plan .*)\n((?:(?:    .*)?\n)+)", re.M)


def said(*words: str) -> str:
    out = StringIO()
    call_command("plan", *words, stdout=out)
    return out.getvalue()


def test_the_document_shows_what_the_command_prints():
    found = BLOCK.findall(SCALE.read_text())
    assert len(found) >= 2
    for command, printed in found:
        lines = [line[4:].rstrip() for line in printed.rstrip().splitlines()]
        assert lines == said(*shlex.split(command)[1:]).rstrip().splitlines()


def test_twice_the_people_take_twice_as_long_and_twice_the_budget_half():
    look = Look()
    one = plan(1000, 3, look, a_minute=50, users_an_hour=300)
    assert plan(2000, 3, look, a_minute=50, users_an_hour=300).refresh == pytest.approx(2 * one.refresh)
    doubled = plan(1000, 3, look, a_minute=100, users_an_hour=600).refresh
    assert doubled == pytest.approx(one.refresh / 2, rel=0.01)


def test_the_budget_it_asks_for_holds_the_interval():
    asked = plan(100_000, 3, Look(), a_minute=50, users_an_hour=300, wanted=DAY)
    given = plan(
        100_000, 3, Look(), a_minute=asked.calls_a_minute, users_an_hour=asked.users_an_hour, wanted=DAY
    )
    assert 0.97 * DAY < given.interval <= DAY


def test_the_narrower_of_the_two_budgets_decides():
    assert plan(1000, 1, Look(), a_minute=5000, users_an_hour=300).narrow == "users"
    assert plan(1000, 1, Look(), a_minute=50, users_an_hour=30_000).narrow == "all"


def test_what_is_planned_is_what_the_rules_let_through(monkeypatch):
    """A hundred and fifty patients' looks of two calls, on the simulated clock."""
    monkeypatch.setattr("tests.unit.connect.crowd.SWEEP", 2.0)
    jobs = [Import(patient=each, pages=2) for each in range(1, 151)]
    Crowd().run(jobs)
    planned = 300 * turns.spacing(Budget("all", 50), Lane.ROUTINE)
    took = max(job.seconds for job in jobs)
    assert planned * 0.85 < took + 62 < planned * 1.25


def test_the_same_as_values_for_programs():
    told = json.loads(said("--patients", "10", "--json", "--interval", "12"))
    assert told["plans"][0]["patients"] == 10
    assert told["plans"][0]["wanted"] == 12 * HOUR
    assert told["assumed"]["records"] == Look().records


@pytest.mark.parametrize("words", [["--patients", "0"], ["--patients", "1", "--page", "0"]])
def test_numbers_that_make_no_sense_are_refused_in_words(words):
    with pytest.raises(CommandError, match="more than none"):
        said(*words)
