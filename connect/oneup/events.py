"""AuditEvents as events: the only place where 1up tells how a connection is going (docs/oneup.md §12).

The person an event is about is asked for by "contains", so user 40712 is also found when 407 was asked for:
every event is compared with the one user whole, and somebody else's is dropped.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from connect.gateway import Event, EventWord
from connect.oneup.places import normal_versions, plain_text

_WORDS: dict[str, EventWord] = {
    "system-selected": "selected",
    "member-authorization": "returned",  # or declined, by its outcome
    "payer-connection-not-established": "unreachable",
    "data-transfer-initiated": "started",
    "resource-retrieval-failure": "failed",
    "member-data-ingestion-completed": "finished",
    "member-data-ingestion-timeout": "timed_out",
}
SUBTYPES = ",".join(_WORDS)
_FAILING = frozenset({"4", "8", "12"})  # FHIR's audit-event-outcome codes beyond success
_PERSON = "1up-user-"
_TYPE = re.compile(r"[A-Z][A-Za-z]{1,63}")
_VERSION_NAMES = frozenset({"fhirversion", "version"})
_TYPE_NAMES = frozenset({"resourcetype", "resource", "type"})


def events_of(resources: Iterable[bytes], external_id: str) -> tuple[Event, ...]:
    """The events of one user, oldest first; what is not an event we know is left out."""
    found = (_event(msgspec.json.decode(resource), external_id) for resource in resources)
    return tuple(sorted((each for each in found if each is not None), key=lambda each: each.at))


def person(external_id: str) -> str:
    """How an AuditEvent names a user."""
    return f"{_PERSON}{external_id}"


def _event(resource: dict[str, Any], external_id: str) -> Event | None:
    agents = _dicts(resource.get("agent"))
    people = {str(agent.get("name")) for agent in agents if str(agent.get("name")).startswith(_PERSON)}
    at, what = _when(resource), _what(resource)
    if resource.get("resourceType") != "AuditEvent" or at is None or what is None:
        return None
    if people and people != {person(external_id)}:
        return None
    place = next((agent for agent in agents if _is_custodian(agent)), {})
    details = list(_details(resource))
    versions = [name for kind, said in details if kind in _VERSION_NAMES for name in normal_versions(said)]
    return Event(
        place_key=plain_text(str(place.get("altId") or ""), 64),
        place_name=plain_text(place.get("name")),
        what=what,
        fhir_version=versions[0] if versions else "",
        at=at,
        kinds=tuple(said for kind, said in details if kind in _TYPE_NAMES and _TYPE.fullmatch(said)),
        key=plain_text(resource.get("id"), 64),
    )


def _what(resource: dict[str, Any]) -> EventWord | None:
    codes = [str(coding.get("code")) for coding in _dicts(resource.get("subtype"))]
    what = next((_WORDS[code] for code in codes if code in _WORDS), None)
    declined = what == "returned" and str(resource.get("outcome")) in _FAILING
    return "declined" if declined else what


def _when(resource: dict[str, Any]) -> datetime | None:
    """When it was recorded, else when it was stored; leap seconds and impossible dates count as absent."""
    meta = resource.get("meta")
    for said in (resource.get("recorded"), meta.get("lastUpdated") if isinstance(meta, dict) else None):
        try:
            when = datetime.fromisoformat(said if isinstance(said, str) else "")
            return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None


def _is_custodian(agent: dict[str, Any]) -> bool:
    kind = agent.get("type")
    codings = _dicts(kind.get("coding")) if isinstance(kind, dict) else []
    return any(coding.get("code") == "CST" for coding in codings)


def _details(resource: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Pairs of name (lower case, without separators) and text of all entities."""
    for entity in _dicts(resource.get("entity")):
        for detail in _dicts(entity.get("detail")):
            name = re.sub(r"[^a-z]", "", str(detail.get("type")).lower())
            yield name, plain_text(detail.get("valueString"))


def _dicts(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
