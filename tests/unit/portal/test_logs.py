"""Logs: allow-listed keys, no texts of errors, no tokens, no addresses."""

import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest

from ground.correlation import request_id
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


# --- Canaries ----------------------------------------------------------------------------------------------
CANARY = "Quillwort"


class Unsayable:
    """Something whose words raise."""

    def __str__(self) -> str:
        raise RuntimeError(CANARY)


@pytest.fixture
def said(settings) -> Iterator[io.StringIO]:
    """Everything that the root handler writes, as in life, whatever logger it comes from."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(Clean())
    handler.setFormatter(Line())
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


def test_the_root_handler_cleans_and_every_line_goes_through_it(settings):
    console = settings.LOGGING["handlers"]["console"]
    assert (console["filters"], console["formatter"]) == (["clean"], "line")
    assert settings.LOGGING["root"]["handlers"] == ["console"]
    assert not any(each.get("handlers") for each in settings.LOGGING["loggers"].values())


@pytest.mark.django_db
def test_what_a_browser_sends_is_in_no_line(client, said):
    client.get(
        f"/help/?q={CANARY}",
        headers={"Referer": f"https://a.example/{CANARY}", "User-Agent": CANARY, "X-Other": CANARY},
    )
    client.cookies["other"] = CANARY
    client.post("/accounts/login/", {"login": f"{CANARY}@example.org", "password": CANARY})
    client.get(f"/{CANARY}/?{CANARY}={CANARY}")
    client.get(f"/connect/return/?success=true&code={CANARY}")
    lines = [json.loads(each) for each in said.getvalue().splitlines()]
    assert CANARY.lower() not in said.getvalue().lower()
    answered = [each for each in lines if each["event"] == "answered"]
    assert {"help/", "accounts/login/"} <= {each["path"] for each in answered}
    assert all(each["request"] and each["millis"] >= 0 for each in answered)


@pytest.mark.django_db
def test_probes_leave_no_line(client, said):
    client.get("/livez")
    client.get("/readyz")
    assert "answered" not in said.getvalue()


@pytest.mark.parametrize(
    "name", ["connect", "django.request", "django.server", "celery.app.trace", "django.db.backends", "kombu"]
)
def test_what_an_error_says_is_in_no_line(said, name):
    log = logging.getLogger(name)
    try:
        raise ValueError(f"duplicate key (code)=({CANARY})")
    except ValueError as trouble:
        log.error("it broke", exc_info=True, extra={"diagnosis": CANARY, "kind": "import"})
        if name != "connect":
            log.error("Task ground.work raised unexpected: %r", trouble, exc_info=True)
        if name == "django.server":
            log.warning('"GET /records/%s/ HTTP/1.1" 500', CANARY)
    assert "ValueError" in said.getvalue()
    assert CANARY not in said.getvalue()


def test_what_cannot_be_said_is_not_said_and_ends_nothing(said, capsys):
    logging.getLogger("connect").info("with %s", Unsayable())
    logging.getLogger("connect").info("with an extra", extra={"state": Unsayable()})
    assert [json.loads(each)["event"] for each in said.getvalue().splitlines()] == [
        "log.unreadable",
        "log.scrubbed",
    ]
    assert CANARY not in said.getvalue() + "".join(capsys.readouterr())


def test_a_line_of_a_job_carries_the_request_that_asked_for_it(said):
    token = request_id.set("abc123abc123")
    logging.getLogger("ground.jobs").info("job failed", extra={"job": 7})
    request_id.reset(token)
    assert json.loads(said.getvalue())["request"] == "abc123abc123"
