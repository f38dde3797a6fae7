"""Logs: allow-listed keys, no texts of errors, no tokens, no addresses."""

import json
import logging
import sys

import pytest

from portal.logs import Clean, Line
from tests import factories as make


def line(message: str, *args: object, exc_info=None, **extra: object) -> str:
    record = logging.LogRecord("connect", logging.INFO, "f.py", 1, message, args, exc_info)
    record.__dict__.update(extra)
    Clean().filter(record)
    return Line().format(record)


def test_an_event_carries_its_ids():
    assert json.loads(line("import finished", run=7, kept=418))["kept"] == 418


def test_a_key_that_is_not_on_the_list_is_dropped():
    assert "Asthma" not in line("import finished", diagnosis="Asthma")


@pytest.mark.parametrize(
    "word", ["b7d1c0e44a9f4c0c9c3f5b8de2a6711f", "eyJhbGciOiJIUzI1NiJ9.e30", "rosa@example.org"]
)
def test_a_token_or_an_address_is_scrubbed_wherever_it_stands(word):
    assert word not in line(f"asked with {word}") + line("asked with %s", word) + line("asked", path=word)


@pytest.mark.django_db
def test_a_refusal_names_the_kind_of_address_and_not_the_address(client, caplog):
    client.get("/connect/places/0f7b5a2e-2f53-4c0c-8f0e-2d3f6f1f0a11/check/")
    client.get("/records/quillwort/1/Condition/sarcoidosis/")
    user = make.user()
    client.force_login(user)
    client.get("/records/quillwort/1/Condition/sarcoidosis/")
    said = "\n".join(Line().format(record) for record in caplog.records if Clean().filter(record))
    assert "Not Found" in said
    assert "records/<slug:slug>/<int:origin>/<word:name>/<word:key>/" in said
    assert "quillwort" not in said
    assert "sarcoidosis" not in said
    assert json.loads(said.splitlines()[-1])["request"]


def test_an_error_is_logged_by_type_and_place_never_by_its_text():
    try:
        raise ValueError("Asthma")
    except ValueError:
        text = line("it broke", exc_info=sys.exc_info())
    assert "ValueError" in text
    assert "Asthma" not in text


def test_a_message_that_cannot_be_made_says_nothing():
    assert "log.unreadable" in line("%d pages", "many")
