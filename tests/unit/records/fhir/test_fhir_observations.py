"""Results: the value in words, why there is none, and what belongs to a panel."""

import pytest

from records.fhir.kinds import head, read
from tests.unit.records.fhir.fhir_charts import facts, row


def observed(**members):
    return head({"resourceType": "Observation", "status": "final", **members}, "R4")


@pytest.mark.parametrize(
    ("members", "value", "number"),
    [
        ({"valueQuantity": {"value": 6.1, "unit": "%"}}, "6.1 %", 6.1),
        ({"valueInteger": 7}, "7", 7.0),
        ({"valueString": "Positive"}, "Positive", None),
        ({"valueString": "6.1"}, "6.1", None),
        ({"valueCodeableConcept": {"coding": [{"code": "neg"}]}}, "neg", None),
        ({"valueBoolean": False}, "No", None),
        ({"valueRange": {"low": {"value": 1}, "high": {"value": 5}}}, "1 – 5", None),
        ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 128}}}, "1:128", None),
        ({"valueDateTime": "2019-05"}, "2019-05", None),
        ({"valuePeriod": {"start": "2019", "end": "2020"}}, "2019 – 2020", None),
        ({"valueSampledData": {"data": "1 E 3"}}, "1 – 3 (2)", None),
        ({"valueSampledData": {"data": "E L"}}, "", None),
        ({}, "", None),
    ],
)
def test_a_value_of_any_type_is_in_words(members, value, number):
    found = observed(**members)
    assert (found.value, found.number) == (value, number)


@pytest.mark.parametrize(
    ("members", "when"),
    [
        ({"effectiveDateTime": "2019-05", "issued": "2020-01-01"}, "2019-05"),
        ({"effectivePeriod": {"start": "2019"}, "issued": "2020-01-01"}, "2019"),
        ({"effectiveTiming": {"event": ["2018-02-03"]}}, "2018-02-03"),
        ({"issued": "2020-01-01T00:00:00Z"}, "2020-01-01T00:00:00Z"),
        ({"effectivePeriod": {"end": "2021"}}, "2021"),
        ({}, ""),
    ],
)
def test_a_result_is_dated_by_when_it_was_measured(members, when):
    assert observed(**members).when == when


def test_blood_pressure_is_upper_over_lower_in_whatever_order_it_came():
    assert row("vitals/r4/blood-pressure").head.value == "132/84 mmHg"


def test_blood_pressure_in_two_units_is_not_joined():
    def part(code, value, unit):
        return {
            "code": {"text": code, "coding": [{"code": code}]},
            "valueQuantity": {"value": value, "unit": unit},
        }

    parts = [part("8480-6", 132, "mmHg"), part("8462-4", 11, "kPa")]
    assert observed(component=parts).value == "8480-6 132 mmHg; 8462-4 11 kPa"


def test_a_result_that_was_not_performed_says_so_instead_of_being_empty():
    assert facts("test-results/r4/not-performed")["Result"] == "The test was not performed."
    assert facts("test-results/r4/potassium")["Result"] == "3.1 mmol/L"


def test_a_flag_of_ours_says_that_it_is_ours():
    assert "Where this comes from" in facts("test-results/r4/potassium")
    assert "Where this comes from" not in facts("test-results/r4/hba1c")


def test_the_laboratorys_own_word_is_kept_when_it_says_something_else():
    found = read(
        {
            "resourceType": "Observation",
            "interpretation": [{"text": "Borderline", "coding": [{"code": "A"}]}],
        },
        "R4",
    )
    assert {"How it compares": "Abnormal", "The laboratory's mark": "Borderline"}.items() <= {
        fact.label: fact.value for fact in found.facts
    }.items()


@pytest.mark.parametrize(
    "members",
    [
        {"hasMember": [{"reference": "Observation/a", "display": "Sodium"}]},
        {"related": [{"type": "has-member", "target": {"reference": "Observation/a", "display": "Sodium"}}]},
    ],
)
def test_a_panel_points_at_its_results_in_every_version(members):
    found = read({"resourceType": "Observation", **members}, "STU3").results
    assert [(one.name, one.target) for one in found] == [("Sodium", "Observation/a")]


def test_what_a_result_was_derived_from_is_no_part_of_it():
    members = {"related": [{"type": "derived-from", "target": {"reference": "Observation/a"}}]}
    assert read({"resourceType": "Observation", **members}, "STU3").results == ()


def test_each_part_of_a_panel_has_its_own_range_flag_and_reason():
    measles, rubella, mumps = row("test-results/r4/antibody-panel").results
    assert (measles.value, measles.flag) == ("Positive", "")
    assert (rubella.value, rubella.flag, rubella.range) == ("8 IU/mL", "L", "≥ 10 IU/mL")
    assert (mumps.value, mumps.absent) == ("", "The source sent no value.")


def test_a_release_at_the_same_second_is_not_said_twice():
    same = {"effectiveDateTime": "2019-05-03T10:00:00Z", "issued": "2019-05-03T10:00:00.123Z"}
    labels = [fact.label for fact in read({"resourceType": "Observation", **same}, "R4").facts]
    assert "Date" in labels and "Result released" not in labels
