"""Clock, limits, options, switches, ledger, logos: the small parts of the sandbox, in this process."""

import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime, timedelta

import pytest

from sandbox.clock import Clock, instant
from sandbox.directory import Place
from sandbox.ledger import Ledger
from sandbox.limits import Limits, Window
from sandbox.logos import logo
from sandbox.options import read_options
from sandbox.switches import Switches

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)


def scope(path="/api/r4/Patient", query=b"", **headers):
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": "GET", "path": path, "query_string": query, "headers": pairs}


def test_the_clock_moves_forward_only():
    clock = Clock()
    clock.forward(3600)
    assert clock.now() - datetime.now(UTC) > timedelta(minutes=59)
    with pytest.raises(ValueError, match="forward"):
        clock.forward(-1)


def test_an_instant_is_written_with_milliseconds_in_utc():
    assert instant(datetime(2025, 3, 4, 10, 15, 0, 120_000, tzinfo=UTC)) == "2025-03-04T10:15:00.120Z"


def test_a_window_refuses_what_is_too_much_and_says_how_long():
    window = Window(2, 60)
    assert [window.take(NOW), window.take(NOW), window.take(NOW)] == [0, 0, 60]
    assert window.take(NOW + timedelta(seconds=59)) == 1
    assert window.take(NOW + timedelta(seconds=60)) == 0


def test_a_window_of_zero_always_refuses():
    assert Window(0, 60).take(NOW) == 60


def test_limits_are_off_unless_asked_for():
    off, on = Limits(on=False), Limits(on=True)
    assert not any(off.take("/api/r4/Patient", NOW) for _ in range(500))
    assert sum(not on.take("/api/r4/Patient", NOW) for _ in range(500)) == 60


def test_pages_of_a_place_do_not_count_against_the_app():
    on = Limits(on=True)
    assert not any(on.take("/place/4706/authorize", NOW) for _ in range(500))


def test_flags_win_over_the_environment():
    options = read_options(["--tick", "2"], {"SANDBOX_TICK": "7", "SANDBOX_SEED": "5"})
    assert (options.tick, options.seed) == (2, 5)


def test_the_defaults_are_1ups_own_times():
    options = read_options([], {})
    lives = (options.code_seconds, options.access_seconds, options.refresh_seconds, options.tick)
    assert lives == (7200, 7200, 7200, 120)
    assert options.apps[0].redirect_uris == ("http://localhost:8000/connect/return/",)


def test_the_port_may_stand_alone():
    assert read_options(["0"], {}).port == 0


def test_every_url_is_built_from_the_public_base():
    assert read_options([], {"SANDBOX_PUBLIC_BASE": "https://up.example/"}).base == "https://up.example"
    assert read_options(["8123"], {}).base == "http://127.0.0.1:8123"


@pytest.mark.parametrize("words", [["eighty"], ["--tick", "soon"], ["--rate-limits", "perhaps"]])
def test_a_value_that_cannot_be_read_stops_the_start(words, capsys):
    with pytest.raises(SystemExit):
        read_options(words, {})
    assert "error" in capsys.readouterr().err


def test_apps_can_be_added_and_never_show_their_secret():
    added = '[{"client_id": "third", "secret": "hush-hush", "redirect_uri": "http://localhost/x"}]'
    options = read_options([], {"SANDBOX_APPS": added})
    assert [app.client_id for app in options.apps] == ["demo-app", "another-app", "third"]
    assert "hush-hush" not in repr(options)


def test_a_misspelt_switch_is_refused():
    with pytest.raises(ValueError, match="serch_status"):
        Switches().changed({"serch_status": 200})


def test_the_ledger_keeps_names_of_headers_and_no_values():
    ledger = Ledger()
    ledger.note(scope(authorization="Bearer 5ecret", x_oneup_user_id="client"), "now", {"5ecret"})
    [row] = ledger.rows()
    assert row["header_names"] == ["authorization", "x-oneup-user-id"]
    assert row["acting_for"] == "client"
    assert row["token_in_url"] is False
    assert "5ecret" not in str(row)


@pytest.mark.parametrize(
    "seen",
    [
        scope(query=b"access_token=5ecret"),
        scope(query=b"x=%35ecret"),
        scope(path="/api/r4/Patient/5ecret"),
        scope(referer="https://portal.example/?t=5ecret"),
    ],
)
def test_the_ledger_marks_a_token_in_an_address_and_does_not_repeat_it(seen):
    ledger = Ledger()
    ledger.note(seen, "now", {"5ecret"})
    [row] = ledger.rows()
    assert row["token_in_url"] is True
    assert "5ecret" not in str(row)


def test_the_ledger_shows_only_harmless_query_values():
    ledger = Ledger()
    ledger.note(scope(query=b"query=oncology&offset=20&_count=100"), "now", set())
    assert ledger.rows()[0]["query"] == {"query": "...", "offset": "20", "_count": "100"}


def test_a_logo_is_well_formed_and_differs_between_brands():
    brands = ["Lakeside Clinic", "Cedar <Health> & Co", "Mercy Hill Hospital"]
    drawn = [logo(Place(n, name, "HealthSystem", "", "", "", "")) for n, name in enumerate(brands)]
    assert len(set(drawn)) == 3
    assert all(ElementTree.fromstring(text).tag.endswith("svg") for text in drawn)
