"""Wording, dates and units of every kind and version, as read in Honolulu, at Greenwich and in Kolkata."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from records.fhir import moments
from records.templatetags import records_words
from tests.unit.records.fhir.fhir_charts import CHARTS, FOLDER, row
from tests.unit.records.read_aloud import CELLS, ZONES, cell_text, golden

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d").search


def recorded(chart: str) -> list[str]:
    """Every date on a page, as it was recorded."""
    shown = row(chart)
    found = [fact.value for fact in shown.facts if fact.kind in ("date", "period")]
    return [date for text in (shown.head.when, *found) for date in text.split("/") if date]


DATES = sorted({date for chart in CHARTS for date in recorded(chart)})
DAYS = [date for date in DATES if not _TIME(date)]
INSTANTS = [date for date in DATES if _TIME(date)]


def test_there_are_dates_of_every_precision_and_zone_to_look_at():
    assert {moments.parse(date).precision for date in DAYS} == {"year", "month", "day"}
    assert {date[-6:] for date in INSTANTS} >= {"-10:00", "+05:30", "-05:00", "+01:00"}


@pytest.mark.parametrize("cell", CELLS)
def test_a_kind_reads_as_expected_in_three_time_zones(cell):
    assert cell_text(cell) == golden(cell).read_text()


def test_every_kept_text_has_charts():
    assert {path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.glob("*/*.txt")} == set(
        CELLS
    )


@pytest.mark.parametrize("say", [records_words.when, records_words.month])
def test_a_date_without_a_time_is_the_same_day_everywhere(say):
    for date in DAYS:
        said = set()
        for zone in ZONES:
            with timezone.override(zone):
                said.add(say(date))
        assert len(said) == 1, date


def test_a_date_is_told_no_more_precisely_than_it_was_recorded():
    assert [records_words.when(date) for date in ("2019", "2019-05", "2019-05-03")] == [
        "2019",
        "May 2019",
        "May 3, 2019",
    ]


def test_an_instant_is_told_at_the_readers_time():
    instant = "2026-01-01T02:30:00+05:30"
    told = {}
    for zone in ZONES:
        with timezone.override(zone):
            told[zone] = records_words.when(instant)
    assert told == {
        "Pacific/Honolulu": "Dec. 31, 2025, 11 a.m. HST",
        "UTC": "Dec. 31, 2025, 9 p.m. UTC",
        "Asia/Kolkata": "Jan. 1, 2026, 2:30 a.m. IST",
    }


def test_a_time_without_a_zone_stands_as_it_was_sent():
    told = set()
    for zone in ZONES:
        with timezone.override(zone):
            told.add(records_words.when("2026-01-01T02:30:00"))
    assert told == {"Jan. 1, 2026, 2:30 a.m."}


def test_an_instant_is_sorted_where_it_happened_whatever_zone_it_is_written_in():
    written = ("2026-01-01T02:30:00+05:30", "2025-12-31T21:00:00Z", "2025-12-31T11:00:00-10:00")
    assert len({moments.parse(text).sort for text in written}) == 1
    assert moments.parse("2025-12-31T23:50:00-10:00").sort - moments.parse("2025-12-31").sort > timedelta(
        days=1
    )
