"""Days and times in words: in the reader's zone, which is named, also where it has no letters of its own."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone

from ground import times

SUMMER, WINTER = datetime(2026, 7, 2, 2, 5, tzinfo=UTC), datetime(2026, 11, 21, 19, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "summer", "winter"),
    [
        ("America/New_York", "July 1, 2026, 10:05 p.m. EDT", "Nov. 21, 2026, 2:30 p.m. EST"),
        ("America/Phoenix", "July 1, 2026, 7:05 p.m. MST", "Nov. 21, 2026, 12:30 p.m. MST"),
        ("America/Sao_Paulo", "July 1, 2026, 11:05 p.m. UTC-03", "Nov. 21, 2026, 4:30 p.m. UTC-03"),
    ],
)
def test_a_moment_is_told_in_the_readers_zone_by_its_name_at_that_time(zone, summer, winter):
    with timezone.override(ZoneInfo(zone)):
        assert (times.moment(SUMMER), times.moment(WINTER)) == (summer, winter)
        assert f"{times.day(SUMMER)}, {times.hour(SUMMER)}" == summer
        assert times.hour(SUMMER).startswith(times.clock(SUMMER))


def test_a_day_is_the_same_everywhere_and_nothing_is_said_of_none():
    shown = Template("{{ born|day }}{{ never|day }}{{ never|hour }}{{ never|clock }}{{ never|moment }}")
    for zone in ("Pacific/Honolulu", "Asia/Kolkata"):
        with timezone.override(ZoneInfo(zone)):
            assert shown.render(Context({"born": date(1968, 5, 14), "never": None})) == "May 14, 1968"
