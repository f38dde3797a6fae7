"""What a test may look at from outside: the truth about one user's records, and what became of one user."""

from typing import Any

from sandbox.clock import instant
from sandbox.state import Connection, State, User


def truth(state: State, user: int) -> list[dict[str, str]]:
    """Every resource a complete import of this user must end with; `sha256` leaves out what a server writes
    in meta.
    """
    return [
        {"version": t.fhir_version, "type": t.resource_type, "id": t.id, "sha256": t.digest}
        for store in state.stores.values()
        for t in store.truth(user)
    ]


def user(state: State, found: User) -> dict[str, Any]:
    """A user's connections, audit codes in order, and how many token families were revoked."""
    return {
        "oneup_user_id": found.id,
        "app_user_id": found.app_user_id,
        "connections": [_connection(each) for each in state.connections_of(found.id)],
        "audit": state.audit.codes(found.id),
        "revoked_families": state.tokens.revoked_families(found.id),
    }


def _connection(connection: Connection) -> dict[str, Any]:
    return {
        "system_id": connection.system_id,
        "fhir_version": connection.fhir_version,
        "username": connection.username,
        "status": connection.status,
        "source_token": connection.source_token,
        "source_until": instant(connection.source_until) if connection.source_until else None,
        "patients": [name for at, name in connection.patients.items() if at not in connection.erased],
    }
