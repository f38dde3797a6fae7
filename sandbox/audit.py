"""The Patient Connect audit events: the only place where progress shows (docs/oneup.md, audit events)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.clock import instant
from sandbox.fhir_search import BadParameter, date_test

SEARCHED = "system-search-results"
SELECTED = "system-selected"
RETURNED = "member-authorization"
NOT_CONNECTED = "payer-connection-not-established"
STARTED = "data-transfer-initiated"
TYPE_FAILED = "resource-retrieval-failure"
FINISHED = "member-data-ingestion-completed"
TIMED_OUT = "member-data-ingestion-timeout"


@dataclass(frozen=True)
class Happening:
    """One thing that happened to one user; `details` are (type, value) pairs."""

    user: int
    code: str
    at: datetime
    system_id: int | None = None
    system_name: str = ""
    failure: str = ""  # why it failed, if it did
    details: tuple[tuple[str, str], ...] = ()
    id: str = ""


class AuditLog:
    """Happenings in the order they were written down."""

    def __init__(self) -> None:
        self._all: list[Happening] = []

    def add(self, happening: Happening) -> None:
        """Write one down; it gets its id here."""
        self._all.append(_with_id(happening, len(self._all) + 1))

    def resources(self, users: Iterable[int], parameters: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
        """The AuditEvents of these users that match the search parameters, oldest first. Raises
        BadParameter.
        """
        wanted = set(users)
        found = [h for h in self._all if h.user in wanted]
        for name, value in parameters:
            found = [h for h in found if _matches(h, name, value)]
        return [_resource(h) for h in found]

    def count(self) -> int:
        """How many happenings there are."""
        return len(self._all)

    def latest(self, most: int) -> list[Happening]:
        """The last happenings, oldest first."""
        return self._all[-most:]

    def codes(self, user: int) -> list[str]:
        """What happened to one user, as codes in order."""
        return [h.code for h in self._all if h.user == user]


def _with_id(happening: Happening, number: int) -> Happening:
    return Happening(**{**vars(happening), "id": f"c0{number:06x}"})


def _matches(happening: Happening, name: str, value: str) -> bool:
    if name in ("recorded", "_lastUpdated"):
        return date_test(value)(happening.at)
    if name == "_id":
        return happening.id in value.split(",")
    if name == "subtype":
        return happening.code in {each.rpartition("|")[2] for each in value.split(",")}
    names = (f"1up-user-{happening.user}", happening.system_name)
    if name == "agent-name:contains":
        return any(value.lower() in each.lower() for each in names)
    if name == "agent-name":
        return any(each.lower().startswith(value.lower()) for each in names)
    raise BadParameter("unknown parameter")


def _resource(happening: Happening) -> dict[str, Any]:
    coding = {"system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest"}
    body: dict[str, Any] = {
        "resourceType": "AuditEvent",
        "id": happening.id,
        "meta": {"versionId": "9000000000000", "lastUpdated": instant(happening.at)},
        "type": coding,
        "subtype": [{"system": "https://sandbox.example/audit-subtype", "code": happening.code}],
        "action": "E",
        "recorded": instant(happening.at),
        "outcome": "8" if happening.failure else "0",
    }
    if happening.failure:
        body["outcomeDesc"] = happening.failure
    body["agent"] = _agents(happening)
    body["source"] = {"observer": {"display": "1up"}}
    if happening.details:
        pairs = [{"type": name, "valueString": value} for name, value in happening.details]
        body["entity"] = [{"name": "connection", "detail": pairs}]
    return body


def _agents(happening: Happening) -> list[dict[str, Any]]:
    agents: list[dict[str, Any]] = [{"name": f"1up-user-{happening.user}", "requestor": True}]
    if happening.system_id is not None:
        custodian = {"system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "CST"}
        agents.append(
            {
                "type": {"coding": [custodian]},
                "name": happening.system_name,
                "altId": str(happening.system_id),
                "requestor": False,
            }
        )
    return agents
