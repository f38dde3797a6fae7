"""High and low: as sent; else only against the result's own range, and never "normal"."""

import pytest

from records.fhir.flags import flag, interpretation_words, range_text
from records.fhir.quantities import amount


def sent(*codes):
    return {"interpretation": [{"coding": [{"code": code}]} for code in codes]}


def ranged(value, *ranges, **more):
    part = {"valueQuantity": {"value": value, "unit": "mmol/L"}, "referenceRange": list(ranges), **more}
    return flag(part, amount(part["valueQuantity"]))


NORMAL = {"low": {"value": 3.5, "unit": "mmol/L"}, "high": {"value": 5.1, "unit": "mmol/L"}}


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("H", "H"),
        ("hh", "HH"),
        ("LU", "L"),
        (">", "H"),
        ("N", "N"),
        ("A", "A"),
        ("High", "H"),
        ("Critical Low", "LL"),
    ],
)
def test_a_mark_the_laboratory_sent_is_kept(code, found):
    assert flag(sent(code), amount(None)) == (found, "sent")


def test_of_several_marks_the_gravest_is_shown():
    assert flag(sent("N", "H", "HH"), amount(None)) == ("HH", "sent")


def test_a_mark_in_words_or_as_one_object_is_understood():
    assert flag({"interpretation": {"text": "High"}}, amount(None)) == ("H", "sent")


def test_a_mark_we_do_not_know_is_no_flag_but_keeps_its_words():
    part = {"interpretation": [{"coding": [{"code": "S", "display": "Susceptible"}]}]}
    assert flag(part, amount(3)) == ("", "")
    assert interpretation_words(part) == "Susceptible"


@pytest.mark.parametrize(("value", "found"), [(3.4, "L"), (5.2, "H"), (3.5, ""), (5.1, ""), (4, "")])
def test_outside_its_own_range_is_high_or_low_and_inside_is_nothing(value, found):
    assert ranged(value, NORMAL) == (found, "range" if found else "")


@pytest.mark.parametrize(
    "ranges",
    [
        [NORMAL, NORMAL],
        [{**NORMAL, "appliesTo": [{"text": "Children"}]}],
        [{**NORMAL, "age": {"high": {"value": 12}}}],
        [{**NORMAL, "type": {"coding": [{"code": "therapeutic"}]}}],
        [{"high": {"value": 5, "unit": "mg/dL"}}],
        [{"low": {"value": 12, "unit": "mg/dL"}}],
        [{"text": "3.5-5.1"}],
        [{"high": {"value": 5, "unit": "mmol/L", "comparator": "<"}}],
    ],
)
def test_a_range_that_may_not_be_for_this_value_is_not_compared_with(ranges):
    assert ranged(9, *ranges) == ("", "")


def test_a_mark_that_was_sent_is_not_second_guessed():
    assert ranged(9, NORMAL, interpretation=[{"text": "Borderline"}]) == ("", "")


def test_a_value_below_what_can_be_measured_is_not_compared():
    part = {"referenceRange": [NORMAL]}
    assert flag(part, amount({"value": 1, "comparator": "<", "unit": "mmol/L"})) == ("", "")


def test_a_range_says_whom_it_is_for():
    women = {
        "text": "12-16",
        "appliesTo": [{"text": "Women"}],
        "type": {"text": "Normal Range", "coding": [{"code": "normal"}]},
    }
    assert range_text({"referenceRange": [women, {"low": {"value": 13}}]}) == "12-16 (Women); ≥ 13"
