"""Units: turned into one another where that is exact, and refused everywhere else."""

from fractions import Fraction

import pytest

from records.fhir.units import convert, needs_the_substance


@pytest.mark.parametrize(
    ("number", "sent", "wanted", "expected"),
    [
        ("180", "mg/dL", "g/L", "1.8"),
        ("7.2", "ug/L", "ng/mL", "7.2"),
        ("7.2", "µg/L", "ng/mL", "7.2"),
        ("6.1", "10*3/uL", "10*9/L", "6.1"),
        ("6.1", "K/uL", "10*9/L", "6.1"),
        ("182", "[lb_av]", "kg", "82.55381134"),
        ("70", "[in_i]", "cm", "177.8"),
        ("98.6", "[degF]", "Cel", "37"),
        ("98.6", "°F", "Cel", "37"),
        ("120", "mm[Hg]", "kPa", "15.99864"),
        ("120", "mmHg", "mm[Hg]", "120"),
        ("72", "{beats}/min", "/min", "72"),
        ("72", "bpm", "/min", "72"),
        ("2", "mIU/L", "u[iU]/mL", "2"),
        ("1", "h", "min", "60"),
        ("90", "mL/min/1.73m2", "mL/min/{1.73_m2}", "90"),
        ("5", "odd units", "odd units", "5"),
        ("5", "", "", "5"),
    ],
)
def test_what_can_be_turned_exactly_is(number, sent, wanted, expected):
    assert convert(Fraction(number), sent, wanted) == Fraction(expected)


@pytest.mark.parametrize(
    ("sent", "wanted"),
    [
        ("mg/dL", "mmol/L"),  # needs the molar mass
        ("mmol/mol", "%"),  # an HbA1c of 55 mmol/mol is 7.2 %, not 5.5 %
        ("meq/L", "mmol/L"),  # needs the valence
        ("mg/L{FEU}", "mg/L{DDU}"),  # D-dimer: one is about twice the other
        ("mL/min/{1.73_m2}", "mL/min"),
        ("mg", "mL"),
        ("", "%"),
        ("", "1"),
        ("odd units", "mg"),
        ("mg/dL/", "mg/dL"),
        ("mg//dL", "mg/dL"),
        ("x" * 100, "mg"),
        ("%", "1"),
        ("Cel", "mg"),
        ("mg" * 30, "mg"),
    ],
)
def test_what_cannot_be_compared_is_refused_both_ways(sent, wanted):
    assert convert(Fraction(1), sent, wanted) is None
    assert convert(Fraction(1), wanted, sent) is None


def test_a_conversion_and_back_loses_nothing():
    there = convert(Fraction("98.7"), "[degF]", "Cel")
    assert convert(there, "Cel", "[degF]") == Fraction("98.7")


@pytest.mark.parametrize(
    ("sent", "wanted", "expected"),
    [
        ("mg/dL", "mmol/L", True),
        ("meq/L", "mmol/L", True),
        ("[iU]/L", "ug/L", True),
        ("mg/dL", "g/L", False),
        ("mg/dL", "%", False),
        ("mg", "", False),
        ("mg", "cm", False),
    ],
)
def test_it_is_told_where_only_the_substance_is_missing(sent, wanted, expected):
    assert needs_the_substance(sent, wanted) is expected
