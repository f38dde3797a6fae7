"""Text is cleaned, bounded and folded; numbers keep what was measured."""

from decimal import Decimal

import pytest

from records.fhir.texts import clean, fold, markup, number, number_words, prose, search_words


def test_null_bytes_surrogates_and_directional_marks_never_come_through():
    assert clean("a\x00b\ud800c\u202ed\u200be") == "abcde"


def test_a_line_is_one_line():
    assert clean("  two\n\twords   here ") == "two words here"


def test_a_long_line_says_that_it_was_cut():
    assert clean("x" * 600, 10) == "xxxxxxxxx…"


def test_a_line_of_the_exact_length_is_whole():
    assert clean("x" * 10, 10) == "x" * 10


def test_joined_letters_of_other_scripts_stay_joined():
    assert clean("می\u200cخواهم") == "می\u200cخواهم"


@pytest.mark.parametrize("thing", [None, True, [], {}, ["a"], {"a": 1}, b"x"])
def test_what_is_no_text_is_empty(thing):
    assert clean(thing) == "" and prose(thing) == "" and number_words(thing) == ""


def test_a_note_keeps_its_lines_but_not_a_page_of_nothing():
    assert prose("one\r\n\r\n\r\n\r\ntwo\x00") == "one\n\ntwo"


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (6, "6"),
        (6.1, "6.1"),
        (Decimal("6.10"), "6.10"),
        ("6.10", "6.10"),
        (178.69452709041775, "178.69"),
        (Decimal("0.000123456789"), "0.000123"),
        (1e-9, "0.000000001"),
        (-0.5, "-0.5"),
        (Decimal("1E+3"), "1000"),
    ],
)
def test_a_number_is_written_as_it_was_measured(sent, shown):
    assert number_words(sent) == shown


@pytest.mark.parametrize(
    "damage",
    [float("nan"), float("inf"), 10**400, Decimal("1E+999999"), "1E+999", "six", "1,5", "", "9" * 99],
)
def test_a_damaged_number_is_no_number(damage):
    assert number_words(damage) == "" and number(damage) is None


def test_search_finds_across_case_and_accents():
    assert fold("Ménière's DISEASE") == fold("meniere's disease")


def test_search_words_are_said_once_and_bounded():
    assert search_words("Asthma", "Asthma", "mild") == "asthma mild"
    assert len(search_words("ß" * 3000)) <= 2000


def test_markup_is_passed_on_whole_or_not_at_all():
    assert markup("<b>a\x00</b>") == "<b>a</b>"
    assert markup("x" * 200_001) == ""
