"""Dates as precise as they were recorded, in the reader's language and zone; codes in our words."""

from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from records.templatetags.records_words import flag_word, period, status_word, when


@pytest.fixture(autouse=True)
def in_new_york():
    with timezone.override(ZoneInfo("America/New_York")):
        yield


@pytest.mark.parametrize(
    ("recorded", "english", "spanish"),
    [
        ("2019", "2019", "2019"),
        ("2019-05", "May 2019", "mayo de 2019"),
        ("2019-05-03", "May 3, 2019", "3 de mayo de 2019"),
        ("2019-05-03T02:30:00Z", "May 2, 2019, 10:30 p.m. EDT", "2 de mayo de 2019 a las 22:30 EDT"),
        ("2019-05-03T10:00:00", "May 3, 2019, 10 a.m.", "3 de mayo de 2019 a las 10:00"),
        ("last spring", "last spring", "last spring"),
        ("", "", ""),
        ("2019-02-31", "February 2019", "febrero de 2019"),
    ],
)
def test_a_date_is_said_no_more_precisely_than_it_was_recorded(recorded, english, spanish):
    with translation.override("en"):
        assert when(recorded) == english
    with translation.override("es"):
        assert when(recorded).casefold() == spanish.casefold()


@pytest.mark.parametrize("edge", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "0000", "9999"])
def test_the_ends_of_the_calendar_break_nothing(edge):
    assert when(edge)


@pytest.mark.parametrize(
    ("recorded", "said"),
    [("2019/2020-05", "2019 to May 2020"), ("2019/", "from 2019"), ("/2020", "until 2020")],
)
def test_a_period_may_be_open(recorded, said):
    assert period(recorded) == said


def test_a_code_we_have_no_word_for_is_shown_as_sent():
    assert status_word("completed", "vaccines") == "Given"
    assert status_word("frobnicated", "vaccines") == "frobnicated"


def test_flags_are_words():
    assert (flag_word("H"), flag_word("")) == ("High", "")
