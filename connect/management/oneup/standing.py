"""What stands between 1up and the places: rows 22 to 25 of the contract."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from connect.gateway import SourceAccess, instant
from connect.management.oneup.verb import Desk, Given, Row, Told, Verb, dicts
from connect.oneup.replies import json_of

_PLACE = ("user", "system", "--fhir-version")


def _ingest(desk: Desk, given: Given) -> Told:
    desk.oneup.ingest(desk.number(given["user"]), given["system"], given["fhir_version"])
    return Told(sentence="1up asks the place. How it goes, `events` tells.")


def _token_status(desk: Desk, given: Given) -> Told:
    found = desk.oneup.source_access(desk.number(given["user"]), given["fhir_version"])
    return Told([_held(each) for each in found])


def _revoke(desk: Desk, given: Given) -> Told:
    desk.oneup.revoke(desk.number(given["user"]), given["system"], given["fhir_version"])
    return Told(sentence="The permission was taken back. What was collected stays.")


def _events(desk: Desk, given: Given) -> Told:
    since = instant(timezone.now() - timedelta(days=given["days"]))
    query = [("recorded", f"ge{since}"), ("_count", str(given["count"])), ("_skip", str(given["skip"] or ""))]
    answer = desk.oneup.audit_events(desk.number(given["user"]), query)
    bundle = json_of(answer.body)
    events = [each.get("resource") for each in dicts(bundle.get("entry"))]
    return Told(
        [_event(each) for each in dicts(events)], f"{len(events)} here of {bundle.get('total', '?')}."
    )


def _held(access: SourceAccess) -> Row:
    renewable = {True: "yes", False: "no", None: "unknown"}[access.renewable]
    return {
        "system": access.place_key,
        "version": access.fhir_version,
        "state": access.state or "unknown",
        "renewable": renewable,
        "refreshed": access.refreshed_at.isoformat() if access.refreshed_at else "unknown",
        "expires": access.expires_at.isoformat() if access.expires_at else "unknown",
    }


def _event(event: dict[str, Any]) -> Row:
    place: dict[str, Any] = next((each for each in dicts(event.get("agent")) if each.get("altId")), {})
    return {
        "at": event.get("recorded", ""),
        "what": " ".join(str(each.get("code", "")) for each in dicts(event.get("subtype"))),
        "outcome": "good" if event.get("outcome") == "0" else event.get("outcome", ""),
        "system": place.get("altId", ""),
        "name": place.get("name", ""),
    }


VERBS = (
    Verb("ingest", "22", "ask a place to send anew", _ingest, _PLACE),
    Verb("token-status", "23", "what 1up holds of a user's sign-ins", _token_status,
         ("user", "--fhir-version")),
    Verb("revoke", "24", "take a patient's permission at a place back", _revoke, _PLACE,
         warns="After this nothing more comes from the place until the patient signs in there again."),
    Verb("events", "25", "what 1up noted about a user", _events, ("user", "--days", "--count", "--skip")),
)  # fmt: skip
