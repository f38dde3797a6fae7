"""Amounts in words, with the source's unit and nothing made up."""

from decimal import Decimal

import pytest

from records.fhir.quantities import (
    amount,
    dosage_words,
    dose,
    money,
    quantity_words,
    range_words,
    ratio_words,
)

UCUM = "http://unitsofmeasure.org"


@pytest.mark.parametrize(
    ("quantity", "shown"),
    [
        ({"value": 6.1, "unit": "%"}, "6.1 %"),
        ({"value": Decimal("7.0"), "unit": "mmol/L"}, "7.0 mmol/L"),
        ({"value": 5, "comparator": "<", "unit": "mg/dL"}, "< 5 mg/dL"),
        ({"value": 60, "comparator": ">=", "unit": "mL/min"}, "≥ 60 mL/min"),
        ({"value": 120, "code": "mm[Hg]"}, "120 mmHg"),
        ({"value": 72, "unit": "{beats}/min"}, "72 beats/min"),
        ({"value": 7, "unit": "{score}"}, "7"),
        ({"value": 4.5, "unit": "10*3/uL"}, "4.5 10^3/uL"),
        ({"value": 8, "unit": "[IU]/mL"}, "8 IU/mL"),
        ({"value": "trace", "unit": "x"}, "trace"),
        ({"unit": "mg"}, ""),
        ({"value": True}, ""),
    ],
)
def test_a_quantity_reads_as_it_was_sent(quantity, shown):
    assert quantity_words(quantity) == shown


def test_a_number_with_a_comparator_is_no_plain_number():
    assert amount({"value": 5, "comparator": "<"}).number is None
    assert amount({"value": 5, "unit": "x"}).number == 5.0


def test_the_unit_for_comparing_is_the_ucum_code():
    assert amount({"value": 5, "unit": "percent", "system": UCUM, "code": "%"}).unit == "%"
    assert (
        amount({"value": 5, "unit": "puffs", "system": "http://other", "code": "415215001"}).unit == "puffs"
    )


def test_a_rounded_number_keeps_the_exact_one_beside_it():
    found = amount({"value": 178.69452709041775, "unit": "cm"})
    assert (found.words, found.exact) == ("178.69 cm", "178.69452709041775")
    assert amount({"value": 178.6, "unit": "cm"}).exact == ""


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (
            {"low": {"value": 3.5, "unit": "mmol/L"}, "high": {"value": 5.1, "unit": "mmol/L"}},
            "3.5 – 5.1 mmol/L",
        ),
        ({"low": {"value": 1, "unit": "h"}, "high": {"value": 2, "unit": "d"}}, "1 h – 2 d"),
        ({"low": {"value": 60}}, "≥ 60"),
        ({"high": {"value": 5, "unit": "%"}}, "≤ 5 %"),
        ({}, ""),
    ],
)
def test_a_range_says_its_unit_once(sent, shown):
    assert range_words(sent) == shown


def test_a_titre_and_a_strength_are_two_kinds_of_ratio():
    assert ratio_words({"numerator": {"value": 1}, "denominator": {"value": 128}}) == "1:128"
    assert (
        ratio_words({"numerator": {"value": 5, "unit": "mg"}, "denominator": {"value": 1, "unit": "mL"}})
        == "5 mg / 1 mL"
    )


def test_money_shows_its_cents_in_every_version():
    assert money({"value": Decimal("984.1"), "currency": "USD"}) == "$984.10"
    assert money({"value": 100, "code": "USD"}) == "$100.00"
    assert money({"value": Decimal("-1204.5"), "currency": "USD"}) == "-$1,204.50"
    assert money({"value": Decimal("80.5"), "currency": "EUR"}) == "80.50 EUR"
    assert money({"value": Decimal("0.125"), "currency": "USD"}) == "0.125 USD"  # never rounded
    assert money({"currency": "USD"}) == ""


def test_a_dose_is_found_in_every_version():
    quantity = {"value": 2, "unit": "puffs"}
    assert dose({"doseAndRate": [{"doseQuantity": quantity}]}) == "2 puffs"
    assert dose({"doseQuantity": quantity}) == dose({"quantity": quantity}) == "2 puffs"
    assert dose({"doseRange": {"low": {"value": 1}, "high": {"value": 2}}}) == "1 – 2"


def test_the_words_for_the_patient_come_before_the_words_for_the_pharmacist():
    assert (
        dosage_words([{"text": "1 tab PO qd", "patientInstruction": "One tablet a day"}])
        == "One tablet a day"
    )


def test_an_age_is_told_in_words():
    assert quantity_words({"value": 71, "unit": "a"}) == "71 years"
    assert quantity_words({"value": 1, "code": "a"}) == "1 year"
