"""What a place sent reaches the page: measured over every made-up chart, and each rule shown at work."""

import pytest

from records.fhir.kinds import read
from records.fhir.leaves import leaves, unseen
from tests.unit.records.fhir.fhir_charts import CHARTS, NAMES, resource

ENOUGH = 0.97


def test_nearly_every_value_of_every_chart_reaches_its_page():
    sent = {chart: list(leaves(resource(chart))) for chart in CHARTS}
    lost = {chart: unseen(resource(chart), chart.split("/")[1].upper(), NAMES) for chart in CHARTS}
    share = 1 - sum(map(len, lost.values())) / sum(map(len, sent.values()))
    assert share >= ENOUGH, {chart: [leaf.name for leaf in some] for chart, some in lost.items() if some}


def condition(**members):
    return {"resourceType": "Condition", "id": "c", "code": {"text": "Asthma"}, **members}


def lost(**members):
    return [leaf.name for leaf in unseen(condition(**members), "R4")]


@pytest.mark.parametrize(
    "members",
    [
        {"madeUp": {"deep": [{"er": "a value nobody knows"}]}},
        {"extension": [{"url": "http://a.example/season", "valueString": "worse in spring"}]},
        {"category": [{"coding": [{"system": "http://b.example", "code": "own", "display": "Our own"}]}]},
        {"severity": {"coding": [{"system": "http://snomed.info/sct", "code": "255604002"}]}},
    ],
)
def test_what_no_reader_of_ours_asks_for_is_shown_all_the_same(members):
    assert lost(**members) == []


def test_addresses_ids_and_the_patients_own_name_are_no_leaves():
    noise = {
        "subject": {"reference": "Patient/1", "display": "Rosa"},
        "meta": {"versionId": "1"},
        "identifier": [{"value": "7"}],
        "category": [{"coding": [{"system": "http://b.example", "code": "http://b.example/1"}]}],
    }
    assert [leaf.name for leaf in leaves(condition(**noise))] == ["code.text"]


def test_a_value_that_is_dropped_is_found_out(monkeypatch):
    monkeypatch.setattr("records.fhir.asked.left_over", lambda *_given: [])
    assert lost(madeUp="a value nobody knows") == ["madeUp"]


def test_a_status_that_was_overruled_is_shown_last_and_small():
    refuted = {"coding": [{"code": "refuted"}]}
    facts = read(condition(clinicalStatus="active", verificationStatus=refuted), "R4").facts
    assert [fact.quiet for fact in facts if fact.label == "Status as sent"] == [True]


def test_that_something_is_not_so_is_no_news():
    labels = [fact.label for fact in read(condition(experimental=False, reviewed=True), "R4").facts]
    assert "Reviewed" in labels
    assert "Experimental" not in labels
