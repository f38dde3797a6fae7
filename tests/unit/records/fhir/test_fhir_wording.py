"""Our words are message ids, and every one of them is marked where it is written."""

import ast

import pytest

from records.fhir import wording
from records.fhir.digest import Problem
from records.fhir.generic import ALSO_SENT
from records.fhir.kinds import KINDS
from tests.unit.records.fhir.fhir_charts import CHARTS, FOLDER, resource, row

SOURCE = FOLDER.parents[2] / "records" / "fhir"


def marked() -> set[str]:
    """Every text inside `_("…")` in this package."""
    trees = [ast.parse(path.read_text()) for path in SOURCE.glob("*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "_"]
    return {call.args[0].value for call in named if isinstance(call.args[0], ast.Constant)}


MARKED = marked()


def test_the_scan_found_something():
    assert "Severity" in MARKED and len(MARKED) > 200


# Labels of fields nobody knows are made from their names, so the generic pages are left out, and what was
# sent besides; and the questions of a questionnaire are its own.
_MADE = ("BodyStructure", "Basic", "Questionnaire", "QuestionnaireResponse")


@pytest.mark.parametrize("chart", [one for one in CHARTS if resource(one)["resourceType"] not in _MADE])
def test_every_word_of_ours_can_be_translated(chart):
    facts = [fact for fact in row(chart).facts if ALSO_SENT not in fact.under]
    assert {fact.label for fact in facts} | {fact.value for fact in facts if fact.ours} <= MARKED
    assert {one.absent for one in row(chart).results if one.absent} <= MARKED


def test_the_catalogue_can_be_translated():
    assert {
        text for kind in KINDS for text in (kind.heading, kind.singular, kind.untitled, kind.purpose)
    } <= MARKED


def test_a_code_without_words_is_not_guessed():
    assert wording.status_words("conditions", "quiescent") == ""
    assert wording.flag_words("POS") == wording.flag_words("") == ""


def test_the_same_code_means_what_the_page_is_about():
    assert wording.status_words("vaccines", "completed") == "Given"
    assert wording.status_words("procedures", "completed") == "Done"
    assert wording.status_words("care-plans", "completed") == "Completed"


def test_every_problem_of_a_resource_has_words():
    assert set(wording.PROBLEMS) == set(Problem.__args__) - {""}
