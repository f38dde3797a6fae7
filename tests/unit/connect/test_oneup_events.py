"""Audit events: asked for one user with our own credentials, and read whatever is missing."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from connect.gateway import Event, GatewayError, SignInAgain, TryLater, Unreadable
from connect.http import NotAllowed
from connect.oneup import OneUp
from tests.unit.connect.conftest import SECRET
from tests.unit.connect.served import Served, bundle, says_json

SINCE = datetime(2025, 3, 4, 11, 0, 0, 500_000, tzinfo=timezone(timedelta(hours=1)))
AT = datetime(2025, 3, 4, 10, 14, 31, tzinfo=UTC)


def audit(code: str = "data-transfer-initiated", **more: Any) -> dict[str, Any]:
    place = {"type": {"coding": [{"code": "CST"}]}, "name": "Harbor (demo)", "altId": "4706"}
    return {
        "resourceType": "AuditEvent",
        "id": "c01f",
        "recorded": "2025-03-04T10:14:31Z",
        "outcome": "0",
        "subtype": [{"system": "https://sandbox.example/audit-subtype", "code": code}],
        "agent": [{"name": "1up-user-40712", "requestor": True}, place],
        "entity": [{"name": "connection", "detail": [{"type": "fhir_version", "valueString": "r4"}]}],
        **more,
    }


def only(oneup: OneUp, server: Served, event: Any) -> Event:
    server.says(says_json(bundle(event)))
    (found,) = oneup.events("40712", SINCE)
    return found


def none(oneup: OneUp, server: Served, event: Any) -> bool:
    server.says(says_json(bundle(event)))
    return oneup.events("40712", SINCE) == ()


def test_events_are_asked_for_one_user_with_our_own_credentials(oneup: OneUp, server: Served) -> None:
    server.says(says_json(bundle()))
    assert oneup.events("40712", SINCE) == ()
    asked = server.seen[0]
    assert (asked.method, asked.path) == ("GET", "/api/r4/AuditEvent")
    assert asked.headers["x-oneup-user-id"] == "40712"
    assert (asked.headers["client_id"], asked.headers["client_secret"]) == ("the-app", SECRET)
    assert "authorization" not in asked.headers
    assert asked.query["agent-name:contains"] == "1up-user-40712"
    assert asked.query["recorded"] == "ge2025-03-04T10:00:00.500Z"
    assert "data-transfer-initiated" in asked.query["subtype"].split(",")
    assert SECRET not in asked.target


@pytest.mark.parametrize("everybody", ["client", "", "40712,40713", "40712 ", "*", "-1", "٤"])
def test_everybodys_events_cannot_be_asked_for(oneup: OneUp, server: Served, everybody: str) -> None:
    with pytest.raises(NotAllowed):
        oneup.events(everybody, SINCE)
    assert server.seen == []


def test_a_time_without_a_zone_is_a_mistake_of_ours(oneup: OneUp) -> None:
    with pytest.raises(ValueError, match="zone"):
        oneup.events("40712", SINCE.replace(tzinfo=None))


def test_an_event_in_full(oneup: OneUp, server: Served) -> None:
    assert only(oneup, server, audit()) == Event("4706", "Harbor (demo)", "started", "r4", AT, (), "c01f")


@pytest.mark.parametrize(
    ("code", "outcome", "what"),
    [
        ("system-selected", "0", "selected"),
        ("member-authorization", "0", "returned"),
        ("member-authorization", None, "returned"),
        ("member-authorization", "4", "declined"),
        ("member-authorization", "8", "declined"),
        ("member-authorization", 8, "declined"),
        ("payer-connection-not-established", "8", "unreachable"),
        ("data-transfer-initiated", "0", "started"),
        ("resource-retrieval-failure", "8", "failed"),
        ("member-data-ingestion-completed", "0", "finished"),
        ("member-data-ingestion-timeout", "4", "timed_out"),
    ],
)
def test_what_each_code_means(oneup: OneUp, server: Served, code: str, outcome: Any, what: str) -> None:
    assert only(oneup, server, audit(code, outcome=outcome)).what == what


@pytest.mark.parametrize(
    "change",
    [
        {"subtype": [{"code": "something-new"}]}, {"subtype": None}, {"subtype": {}}, {"subtype": [5]},
        {"recorded": None}, {"recorded": "yesterday"}, {"recorded": "2025-02-30T10:00:00Z"}, {"recorded": 5},
        {"recorded": "2016-12-31T23:59:60Z"}, {"recorded": "9999-12-31T23:59:59-12:00"},
        {"resourceType": "Patient"},
    ],
)  # fmt: skip
def test_an_event_we_cannot_place_is_left_out(oneup: OneUp, server: Served, change: dict[str, Any]) -> None:
    assert none(oneup, server, audit(**change))


def test_the_time_of_storing_stands_in_for_the_time_of_recording(oneup: OneUp, server: Served) -> None:
    found = only(oneup, server, audit(recorded=None, meta={"lastUpdated": "2025-03-04T11:14:31+01:00"}))
    assert found.at == AT


@pytest.mark.parametrize("person", ["1up-user-407120", "1up-user-4071", "1up-user-1"])
def test_an_event_of_somebody_else_is_dropped(oneup: OneUp, server: Served, person: str) -> None:
    assert none(oneup, server, audit(agent=[{"name": person}]))
    assert none(oneup, server, audit(agent=[{"name": person}, {"name": "1up-user-40712"}]))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"agent": None}, ("", "", "r4")),
        ({"agent": [5, {"type": 5}, {"type": {"coding": 5}}]}, ("", "", "r4")),
        ({"agent": [{"type": {"coding": [{"code": "CST"}]}, "name": 5, "altId": 4706}]}, ("4706", "", "r4")),
        ({"entity": None}, ("4706", "Harbor (demo)", "")),
        ({"entity": [{"detail": [5, {"type": "x"}]}]}, ("4706", "Harbor (demo)", "")),
        (
            {"entity": [{"detail": [{"type": "fhirVersion", "valueString": "DSTU2"}]}]},
            ("4706", "Harbor (demo)", "dstu2"),
        ),
    ],
)
def test_what_is_missing_is_left_empty(
    oneup: OneUp, server: Served, change: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    found = only(oneup, server, audit(**change))
    assert (found.place_key, found.place_name, found.fhir_version) == expected


def test_a_failure_names_its_kinds(oneup: OneUp, server: Served) -> None:
    details = [
        {"type": "fhir_version", "valueString": "r4"},
        {"type": "resource_type", "valueString": "DocumentReference"},
        {"type": "resourceType", "valueString": "Procedure"},
        {"type": "resource_type", "valueString": "no type at all"},
    ]
    found = only(oneup, server, audit("resource-retrieval-failure", entity=[{"detail": details}]))
    assert found.kinds == ("DocumentReference", "Procedure")


def test_events_come_oldest_first_from_all_pages(oneup: OneUp, server: Served) -> None:
    late, early = audit(id="late", recorded="2025-03-04T10:20:00Z"), audit(id="early")
    server.says(says_json(bundle(late, next="/api/r4/AuditEvent?_after=2")), says_json(bundle(early)))
    assert [event.key for event in oneup.events("40712", SINCE)] == ["early", "late"]


def test_one_broken_event_does_not_hide_the_others(oneup: OneUp, server: Served) -> None:
    server.says(says_json(bundle({**audit(), "note": "a\0b"}, audit(id="fine"))))
    assert [event.key for event in oneup.events("40712", SINCE)] == ["fine"]


@pytest.mark.parametrize(
    "link", ["https://evil.example/api/r4/AuditEvent?_after=2", f"/api/r4/AuditEvent?x={SECRET}"]
)
def test_our_secret_does_not_travel_along_a_link(oneup: OneUp, server: Served, link: str) -> None:
    server.says(says_json(bundle(audit(), next=link)))
    with pytest.raises(Unreadable):
        oneup.events("40712", SINCE)
    assert len(server.seen) == 1


@pytest.mark.parametrize(("status", "expected"), [(401, SignInAgain), (503, TryLater), (429, TryLater)])
def test_events_that_do_not_come(
    oneup: OneUp, server: Served, status: int, expected: type[GatewayError]
) -> None:
    server.says(says_json({"message": "no"}, status))
    with pytest.raises(expected):
        oneup.events("40712", SINCE)
