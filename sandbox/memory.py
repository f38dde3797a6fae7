"""What outlives the process when a file is named: accounts, connections and audit events, never a token.

A demo that is started again keeps its portal's data; without this, 1up would have forgotten everybody.
Tokens need not be kept: the product mints a new code whenever a refresh token is dead. Records are made again
from the charts.
"""

import json
from contextlib import suppress
from dataclasses import asdict, astuple
from datetime import datetime
from pathlib import Path
from typing import Any

from sandbox import ingestion
from sandbox.audit import Happening
from sandbox.state import Connection, State, User

_FORMAT = 1
_KEPT_EVENTS = 5000
_TIMES = ("agreed", "due", "taken", "source_until", "refreshed", "last_asked")


class Memory:
    """The file, and what was last written to it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written: object = None

    def save(self, state: State) -> None:
        """Write the state down if anything in it changed since the last time."""
        mark = _mark(state)
        if mark == self._written:
            return
        fresh = self._path.with_name(self._path.name + ".new")
        fresh.write_text(json.dumps(_snapshot(state)))
        fresh.replace(self._path)
        self._written = mark

    def recall(self, state: State) -> None:
        """Put what the file holds into a fresh state. A missing or foreign file means a fresh start."""
        kept: dict[str, Any] = {}
        with suppress(OSError, ValueError):
            kept = json.loads(self._path.read_text())
        if kept.get("format") != _FORMAT:
            return
        for each in kept["users"]:
            state.keep_user(User(**each))
        for each in kept["audit"]:
            state.audit.add(_happening(each))
        for each in kept["connections"]:
            _reconnect(state, each)


def _mark(state: State) -> object:
    """A value that differs whenever the snapshot would."""
    connections = tuple(
        (id(c), c.status, c.source_token, c.source_until, c.refreshed, c.asked, tuple(c.erased))
        for c in state.connections
    )
    return id(state), tuple(astuple(user) for user in state.users.values()), state.audit.count(), connections


def _snapshot(state: State) -> dict[str, Any]:
    return {
        "format": _FORMAT,
        "users": [asdict(user) for user in state.users.values()],
        "audit": [_event(happening) for happening in state.audit.latest(_KEPT_EVENTS)],
        "connections": [_connection(each) for each in state.connections],
    }


def _event(happening: Happening) -> dict[str, Any]:
    return {**asdict(happening), "at": happening.at.isoformat()}


def _happening(kept: dict[str, Any]) -> Happening:
    details = tuple((name, value) for name, value in kept["details"])
    return Happening(**{**kept, "at": datetime.fromisoformat(kept["at"]), "details": details})


def _connection(connection: Connection) -> dict[str, Any]:
    """Everything but the charts, which the next process has of its own."""
    return {
        "user": connection.user,
        "system_id": connection.system_id,
        "fhir_version": connection.fhir_version,
        "username": connection.username,
        "status": connection.status,
        "source_token": connection.source_token,
        "asked": connection.asked,
        "erased": sorted(connection.erased),
        **{name: when.isoformat() for name in _TIMES if (when := getattr(connection, name))},
    }


def _reconnect(state: State, kept: dict[str, Any]) -> None:
    """One connection again, if this process still knows who signed in."""
    logins = [each for each in state.world.logins_at(kept["system_id"]) if each.username == kept["username"]]
    if not logins or kept["user"] not in state.users:
        return
    charts = tuple(chart for chart in logins[0].charts if chart.fhir_version == kept["fhir_version"])
    times = {name: datetime.fromisoformat(kept[name]) for name in _TIMES if kept.get(name)}
    erased = set(kept.get("erased", ()))  # absent in a file of an older sandbox
    connection = Connection(**{**kept, **times, "charts": charts, "erased": erased})
    state.connections.append(connection)
    if connection.taken:
        ingestion.take_again(state, connection, connection.taken)
