"""Medicines: what kind of statement it is, in every version, and never more than was said."""

import pytest

from records.fhir.kinds import head, read
from tests.unit.records.fhir.fhir_charts import facts, resource, row


@pytest.mark.parametrize(
    ("members", "status"),
    [
        ({"status": "active"}, "active"),
        ({"status": "active", "taken": "n"}, "not-taken"),
        ({"status": "active", "taken": "y"}, "active"),
        ({"status": "completed", "wasNotTaken": True}, "not-taken"),
        ({"status": "completed", "wasNotGiven": True}, "not-done"),
        ({}, ""),
    ],
)
def test_not_taken_is_never_shown_as_taken(members, status):
    assert head({"resourceType": "MedicationStatement", **members}, "STU3").status == status


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("MedicationRequest", "prescription"),
        ("MedicationOrder", "prescription"),
        ("MedicationDispense", "dispense"),
        ("MedicationAdministration", "administration"),
        ("MedicationStatement", "statement"),
    ],
)
def test_which_kind_of_statement_it_is_can_be_told_apart(name, category):
    assert head({"resourceType": name}, "R4").category == category


def test_a_fill_says_that_it_is_no_proof_of_taking():
    assert "does not say that you took it" in facts("medicines/r4/fill")["What this is"]


def test_a_medicine_behind_a_reference_is_named_when_the_page_knows_it():
    assert row("medicines/r4/by-reference").head.title == "Amoxicillin 500 mg capsule"
    assert head(resource("medicines/r4/by-reference"), "R4").title == ""


def test_a_contained_medicine_gives_its_name_and_code():
    found = head(resource("medicines/r4/contained"), "R4")
    assert (found.title, found.code.split("|")[1]) == ("Amlodipine 5 MG Oral Tablet", "197361")


def test_an_r5_medicine_is_read_too():
    inline = {"resourceType": "MedicationRequest", "medication": {"concept": {"text": "Lisinopril"}}}
    pointed = {
        "resourceType": "MedicationRequest",
        "medication": {"reference": {"reference": "Medication/1"}},
    }
    assert head(inline, "R5").title == "Lisinopril"
    assert head(pointed, "R5", {"Medication/1": "Lisinopril"}).title == "Lisinopril"


@pytest.mark.parametrize(
    ("repeat", "shown"),
    [
        ({"frequency": 1, "period": 1, "periodUnit": "d"}, "Once a day"),
        ({"frequency": 2, "period": 1.0, "periodUnits": "d"}, "Twice a day"),
        ({"period": 8, "periodUnit": "h"}, "Every 8 hours"),
        ({"frequency": 5, "period": 3, "periodUnit": "d"}, "5 × / 3 d"),
    ],
)
def test_how_often_is_in_words_where_we_have_them(repeat, shown):
    found = read(
        {"resourceType": "MedicationRequest", "dosageInstruction": [{"timing": {"repeat": repeat}}]}, "R4"
    )
    assert [fact.value for fact in found.facts if fact.label == "How often"] == [shown]


def test_the_sources_word_for_how_often_comes_first():
    timing = {"code": {"text": "at bedtime"}, "repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}
    found = read({"resourceType": "MedicationRequest", "dosageInstruction": [{"timing": timing}]}, "R4")
    assert [fact.value for fact in found.facts if fact.label == "How often"] == ["at bedtime"]


def test_a_statement_is_dated_by_when_it_was_taken_not_by_when_it_was_noted():
    members = {"effectivePeriod": {"start": "2017-03"}, "dateAsserted": "2020-01-01"}
    assert head({"resourceType": "MedicationStatement", **members}, "R4").when == "2017-03"


@pytest.mark.parametrize(
    ("quantity", "value"), [({"value": 2, "unit": "puffs"}, "2 puffs"), ({"value": 1}, "")]
)
def test_a_list_shows_a_dose_only_when_it_says_of_what(quantity, value):
    dosage = {"doseAndRate": [{"doseQuantity": quantity}]}
    assert head({"resourceType": "MedicationRequest", "dosageInstruction": [dosage]}, "R4").value == value
