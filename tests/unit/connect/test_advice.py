"""What is said of an import that brought nothing, or not everything. Without a database."""

import pytest

from connect.models import Connection, ImportRun, Place
from connect.services import advice, withheld, words

Outcome = ImportRun.Outcome


def ended(outcome: str, error: str = "", **more: object) -> ImportRun:
    """An import of Pine Clinic's that is over."""
    connection = Connection(place=Place(key="1", name="Pine Clinic"))
    return ImportRun(connection=connection, phase=ImportRun.Phase.ENDED, outcome=outcome, error=error, **more)


@pytest.mark.parametrize(
    ("outcome", "error", "text", "way_on"),
    [
        (Outcome.DECLINED, "", "you did not agree", "choose to agree"),
        (Outcome.NOTHING, "", "have not heard", "start again"),
        (Outcome.UNREACHABLE, "", "did not come about", "nothing you did"),
        (Outcome.STOPPED, "", "was stopped", "stays here"),
        (Outcome.NOT_MINE, "differs", "sent someone else's name", "that it was you who signed in there"),
        (Outcome.NOT_MINE, "not_mine", "You told us", "with your own account"),
        (Outcome.NOT_MINE, "no_answer", "heard nothing for a week", "we will ask again"),
    ],
)
def test_each_way_to_bring_nothing_has_its_words_and_its_help(outcome, error, text, way_on):
    run = ended(outcome, error)
    assert text in words.ended_text(run)
    assert way_on in advice(run)


def test_kinds_that_a_place_withheld_are_named():
    run = ended(Outcome.DONE, failed_kinds=["Immunization"])
    assert withheld(run).startswith("Not handed over by Pine Clinic, or not all of it: Vaccines.")


@pytest.mark.parametrize("outcome", [Outcome.STOPPED, Outcome.DONE])
def test_nothing_is_said_of_kinds_where_none_was_withheld_or_the_import_did_not_end_well(outcome):
    refused = [] if outcome == Outcome.DONE else ["Immunization"]
    assert withheld(ended(outcome, failed_kinds=refused)) == ""
