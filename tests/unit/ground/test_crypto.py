"""Sealed values: bound to their place, opened by old keys, never printed."""

import base64

import pytest

from ground import crypto
from ground.crypto import CannotOpen, Keyring, key_id
from ground.models import Mail

OLD, NEW = b"o" * 32, b"n" * 32


def test_what_is_sealed_opens_again():
    ring = Keyring({"a": OLD})
    assert ring.open(ring.seal(b"token", "t.c.1"), "t.c.1") == b"token"


def test_a_value_moved_to_another_row_does_not_open():
    ring = Keyring({"a": OLD})
    with pytest.raises(CannotOpen):
        ring.open(ring.seal(b"token", "t.c.1"), "t.c.2")


def test_the_first_key_seals_and_older_ones_still_open():
    old = Keyring({"a": OLD}).seal(b"token", "x")
    both = Keyring({"b": NEW, "a": OLD})
    assert both.open(old, "x") == b"token"
    assert key_id(both.seal(b"token", "x")) == "b"


def test_without_its_key_a_value_does_not_open():
    with pytest.raises(CannotOpen):
        Keyring({"b": NEW}).open(Keyring({"a": OLD}).seal(b"token", "x"), "x")


@pytest.mark.parametrize("junk", [b"", b"\x01", b"\x02\x01a" + b"0" * 40, b"\x01\x01a", b"not sealed at all"])
def test_junk_does_not_open(junk):
    with pytest.raises(CannotOpen):
        Keyring({"a": OLD}).open(junk, "x")


@pytest.mark.parametrize(
    "text", ["", "a:short", "a:" + base64.b64encode(b"x" * 31).decode(), "a:not base64!"]
)
def test_bad_keys_are_refused(text):
    with pytest.raises(ValueError):
        Keyring.from_text(text)


def test_a_sealed_column_reads_as_words_and_holds_none():
    mail = Mail(to="rosa@example.org")
    assert mail.body is None
    mail.body = "a code"
    assert mail.body == "a code"
    assert b"a code" not in mail.body_sealed


def test_the_installations_own_keys_are_used():
    assert crypto.unseal(crypto.seal("words", "x"), "x") == "words"
