"""One parser for everybody: nothing lost of a number, nothing raised."""

from decimal import Decimal

import pytest

from records.fhir.parsing import parse


def test_a_decimal_keeps_its_last_zero():
    assert parse(b'{"value":6.10}') == {"value": Decimal("6.10")}


def test_half_a_character_costs_only_itself():
    assert parse(b'{"id":"a","note":"\\ud800"}')["id"] == "a"


def test_a_wrong_byte_in_a_text_costs_only_itself():
    assert parse(b'{"id":"a","note":"\xff"}')["id"] == "a"


@pytest.mark.parametrize("broken", [b"", b"[1]", b"null", b"{", b"<html>", b'{"a":' + b"[" * 99999])
def test_what_is_no_resource_is_an_empty_one(broken):
    assert parse(broken) == {}
