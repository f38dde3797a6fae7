"""Results of one test in a line: what is joined, what is not, and why."""

from fractions import Fraction

from records.fhir.measured import measured
from records.fhir.series import Band, Entry, series
from tests import factories as make


def a1c(value=6.1, on="2026-03-04", unit="%", **more):
    quantity = {"value": value, "unit": unit, "code": unit} if unit else {"value": value}
    return entry(make.observation("x", on=on, **({"valueQuantity": quantity} | more)))


def entry(resource):
    return Entry(str(resource.get("effectiveDateTime", "")), measured(resource))


def pressure(upper, lower, on="2026-03-04", unit="mm[Hg]"):
    parts = [
        {
            "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
            "valueQuantity": {"value": value, "unit": "mmHg", "code": unit},
        }
        for code, value in (("8480-6", upper), ("8462-4", lower))
    ]
    return entry(
        {"resourceType": "Observation", "status": "final", "effectiveDateTime": on, "component": parts}
    )


def numbers(found):
    return [tuple(map(float, point.numbers)) for point in found.points]


def reasons(found):
    return dict(found.left)


def test_results_stand_in_the_order_of_their_dates():
    found = series([a1c(7, "2026-03"), a1c(8.1, "2024-06-02"), a1c(6, "2019")])
    assert numbers(found) == [(6,), (8.1,), (7,)]
    assert [point.breaks for point in found.points] == ["", "", ""]
    assert found.left == ()


def test_a_date_known_to_the_year_stands_in_its_middle():
    (point,) = series([a1c(6, "2019")]).points
    assert (point.at.month, point.at.day) == (7, 2)
    assert (point.first.year, point.last.year) == (2019, 2019)


def test_the_unit_is_that_of_the_result_asked_for():
    entries = [a1c(180, unit="mg/dL"), a1c(2, "2020", unit="g/L")]
    assert (series(entries, 0).unit, numbers(series(entries, 0))) == ("mg/dL", [(200,), (180,)])
    assert (series(entries, 1).unit, numbers(series(entries, 1))) == ("g/L", [(2,), (1.8,)])


def test_the_range_is_turned_with_its_value():
    sent = {"referenceRange": [{"low": {"value": 70, "unit": "mg/dL"}, "high": {"value": 99}}]}
    entries = [a1c(0.9, unit="g/L"), a1c(90, "2020", unit="mg/dL", **sent)]
    assert series(entries).points[0].bands == (Band(Fraction("0.7"), Fraction("0.99")),)


def test_a_range_for_some_people_alone_is_no_band():
    sent = {"referenceRange": [{"high": {"value": 5}, "appliesTo": [{"text": "Women"}]}]}
    (point,) = series([a1c(4, **sent)]).points
    assert point.bands == (Band(None, None),)


def test_what_cannot_be_compared_is_named_with_its_reason():
    entries = [
        a1c(100, unit="mg/dL"),
        a1c(5.5, unit="mmol/L"),
        a1c(5.5, unit="%"),
        a1c(5.5, unit=""),
        a1c(90, "long ago", unit="mg/dL"),
        a1c(unit="mg/dL", valueQuantity={"value": 5, "comparator": "<", "code": "mg/dL"}),
        entry({"resourceType": "Observation", "effectiveDateTime": "2026", "valueString": "Positive"}),
        entry({"resourceType": "Observation", "effectiveDateTime": "2026"}),
        a1c(80, unit="mg/dL", status="cancelled"),
        pressure(132, 84),
    ]
    found = series(entries)
    assert numbers(found) == [(100,)]
    assert list(reasons(found).values()) == [
        *("substance", "unit", "unitless", "undated", "inexact", "words", "nothing", "cancelled", "shape"),
    ]


def test_the_line_is_broken_where_the_method_changes():
    ways = ("Immunoassay", "IMMUNOASSAY", "HPLC", None)
    entries = [
        a1c(6, f"20{20 + n}", **({"method": {"text": way}} if way else {})) for n, way in enumerate(ways)
    ]
    assert [point.breaks for point in series(entries).points] == ["", "", "method", ""]


def test_the_line_is_broken_where_a_result_between_is_not_drawn():
    below = a1c(on="2021", valueQuantity={"value": 5, "comparator": "<", "code": "%"})
    found = series([a1c(6, "2022"), below, a1c(6, "2020")])
    assert [point.breaks for point in found.points] == ["", "between"]


def test_the_line_is_broken_over_years_without_a_result():
    found = series([a1c(6, "2026-03"), a1c(5, "2021-02"), a1c(6, "2020")])
    assert [point.breaks for point in found.points] == ["", "", "pause"]
    assert [point.breaks for point in series([a1c(6, "2025-12"), a1c(5, "2021-02")]).points] == ["", ""]


def test_a_cancelled_test_between_breaks_nothing():
    found = series([a1c(6, "2022"), a1c(5, "2021", status="cancelled"), a1c(6, "2020")])
    assert [point.breaks for point in found.points] == ["", ""]


def test_blood_pressure_has_two_numbers():
    found = series([pressure(132, 84), pressure(128, 88, "2024"), pressure(17, 11, "2020", "kPa")])
    assert numbers(found)[1:] == [(128, 88), (132, 84)]
    assert round(numbers(found)[0][0], 2) == 127.51
    assert found.shown == "mmHg"


def test_a_pressure_in_two_units_is_no_pair():
    parts = [
        {"code": {"coding": [{"code": code}]}, "valueQuantity": {"value": 1, "code": unit}}
        for code, unit in (("8480-6", "mm[Hg]"), ("8462-4", "kPa"))
    ]
    found = measured({"resourceType": "Observation", "component": parts})
    assert found.readings == ()


def test_nothing_at_all_is_an_empty_series():
    assert series([]).points == ()
    assert series([a1c(6, "no date")]).left == ((0, "undated"),)
