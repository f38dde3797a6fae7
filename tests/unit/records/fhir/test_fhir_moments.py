"""Dates: sortable, never more precise than recorded, never an error."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.fhir.moments import FIRST, LAST, NEVER, _shaped, ends, is_date, parse, recorded


@pytest.mark.parametrize(
    ("text", "sort", "precision"),
    [
        ("2019", datetime(2019, 1, 1, tzinfo=UTC), "year"),
        ("2019-05", datetime(2019, 5, 1, tzinfo=UTC), "month"),
        ("2019-05-03", datetime(2019, 5, 3, tzinfo=UTC), "day"),
        ("2019-05-03T10:00:00-05:00", datetime(2019, 5, 3, 15, tzinfo=UTC), "time"),
        ("2019-05-03T10:00:00.1234567Z", datetime(2019, 5, 3, 10, 0, 0, 123456, tzinfo=UTC), "time"),
        ("2019-05-03 10:00", datetime(2019, 5, 3, 10, tzinfo=UTC), "time"),
        ("2019-01-01T24:00:00Z", datetime(2019, 1, 2, tzinfo=UTC), "time"),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC), "time"),
        ("2019-02-30", datetime(2019, 2, 1, tzinfo=UTC), "month"),
        ("2019-02-29T10:00:00Z", datetime(2019, 2, 1, tzinfo=UTC), "month"),
        ("2019-13-01", datetime(2019, 1, 1, tzinfo=UTC), "year"),
        ("2019-05-03T25:00:00Z", datetime(2019, 5, 3, tzinfo=UTC), "day"),
        ("9999-12-31T23:59:59-12:00", LAST, "time"),
        ("0001-01-01T00:00:00+14:00", FIRST, "time"),
        ("0000-02-31", FIRST, "day"),
    ],
)
def test_a_date_stands_where_it_was_and_no_finer(text, sort, precision):
    assert parse(text) == (sort, precision)


@pytest.mark.parametrize(
    "text", ["", "soon", "03/05/2019", "20190503", "2019-05-03T", "٢٠١٩", None, 2019, ["2019"]]
)
def test_what_is_no_date_has_no_place(text):
    assert parse(text) == NEVER
    assert ends(text) is None
    assert not is_date(text)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("2019", datetime(2019, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
        ("2020", datetime(2020, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
        ("2020-02", datetime(2020, 2, 29, 23, 59, 59, 999999, tzinfo=UTC)),
        ("2019-05-03", datetime(2019, 5, 3, 23, 59, 59, 999999, tzinfo=UTC)),
        ("2019-05-03T10:00:00Z", datetime(2019, 5, 3, 10, tzinfo=UTC)),
        ("9999", LAST),
    ],
)
def test_a_vague_date_lasts_to_its_end(text, end):
    assert ends(text) == end


def test_what_is_recorded_is_kept_as_it_was():
    assert recorded(" 2019-02-30 ") == "2019-02-30"
    assert recorded("last spring") == ""


@settings(deadline=None, database=None)
@given(
    st.from_regex(
        r"\d{4}(-\d\d?(-\d\d?([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?)?)?", fullmatch=True
    )
)
def test_whatever_looks_like_a_date_can_be_sorted(text):
    sort, precision = parse(text)
    assert is_date(text) == (sort is not None)
    if sort is not None:
        assert FIRST <= sort <= ends(text) <= LAST
        assert precision in ("year", "month", "day", "time")


@pytest.mark.parametrize("zone", ["", "Z", "+02:00", "-00:30", "+05:75", "+24:00", "+23:60"])
@pytest.mark.parametrize("day", ["2019-02-28", "2020-02-29", "2019-02-30", "0001-01-01", "9998-12-31"])
@pytest.mark.parametrize("time", ["", "T00:00:00", "T23:59:59.5", "T24:00:00", "T23:59:60", "T12:60:00"])
def test_the_short_way_places_a_date_where_the_long_way_does(day, time, zone):
    text = day + time + (zone if time else "")
    assert parse(text) == _shaped(text)
