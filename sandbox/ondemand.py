"""OnDemand Ingest: a place asked anew, what is held of a sign-in, and taking it back (docs/oneup.md, OnDemand
Ingest).

Statuses are documented, the five texts of 400 are ours. Both addresses are served that 1up's papers name.
"""

from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import audit
from sandbox.answers import account_failure, answer, gateway_failure
from sandbox.charts import VERSIONS
from sandbox.clock import instant
from sandbox.credentials import app_of, bearer, fields
from sandbox.directory import Place
from sandbox.ingestion import ask_again
from sandbox.state import Connection, State, User, state_of

_ROOTS = ("/api/on-demand-ingest", "/api/connect/api/on-demand-ingest")
_ONE = ("oneup_user_id", "fhir_version")
_ONE_PLACE = (*_ONE, "system_id")


async def ingest(request: Request) -> Response:
    """POST: ask a place to send anew. The answer comes at once, the records with a later pass."""
    state, given = state_of(request), await fields(request, _ONE_PLACE)
    connections = _connections(request, state, given)
    wait = _cooling(state, connections)
    if wait:
        raise gateway_failure("Too Many Requests", 429, {"Retry-After": str(wait)})
    for connection in connections:
        ask_again(state, connection)
    return answer({"success": True, "message": "Ingestion started"})


async def token_status(request: Request) -> Response:
    """GET, its question in the query or in a body: what is held of one user's sign-ins."""
    state, given = state_of(request), await fields(request, _ONE)
    user = _user(request, state, given)
    version = _version(given)
    found = [each for each in state.connections_of(user.id) if each.fhir_version == version]
    rows = [_row(each, state.clock.now()) for each in found]
    return answer({"success": True, "oneup_user_id": str(user.id), "tokens": rows})


async def revoke(request: Request) -> Response:
    """POST revoke-data-access: the source token is deleted. What was taken over stays; no more comes."""
    state, given = state_of(request), await fields(request, _ONE_PLACE)
    for connection in _connections(request, state, given):
        connection.source_token = False
        if connection.asked:
            connection.asked = False
            state.happened(connection, audit.NOT_CONNECTED, failure="access was revoked")
    return answer({"success": True, "message": "Data access revoked"}, 201)


def _connections(request: Request, state: State, given: dict[str, str]) -> list[Connection]:
    """The connections asked about, or the refusal that fits: the five texts of 400, and 403."""
    user, place, version = _user(request, state, given), _place(state, given), _version(given)
    if version not in place.versions:
        raise account_failure("missing or bad version", 400)
    found = [c for c in state.connections_of(user.id, place.id) if c.fhir_version == version]
    if not found:
        raise account_failure("system not connected for this user", 400)
    held = [each for each in found if each.is_held(state.clock.now())]
    if not held:
        raise account_failure("no valid source refresh token", 400)
    return held


def _user(request: Request, state: State, given: dict[str, str]) -> User:
    """The user by number, for its own app or its own token."""
    caller = bearer(request) if "authorization" in request.headers else None
    client_id = caller.client_id if caller else app_of(state, given).client_id
    number = given.get("oneup_user_id", "")
    user = state.users.get(int(number)) if number.isdecimal() else None
    if user is None or not user.active:
        raise account_failure("missing or bad user", 400)
    if user.client_id != client_id or caller not in (None, user):
        raise account_failure("this user belongs to another app", 403)
    return user


def _place(state: State, given: dict[str, str]) -> Place:
    number = given.get("system_id", "")
    place = state.world.directory.get(int(number)) if number.isdecimal() else None
    if place is None:
        raise account_failure("missing or bad system", 400)
    return place


def _version(given: dict[str, str]) -> str:
    if given.get("fhir_version") not in VERSIONS:  # "R4" is not "r4"
        raise account_failure("missing or bad version", 400)
    return given["fhir_version"]


def _cooling(state: State, connections: list[Connection]) -> int:
    """Whole seconds until these may be asked again; 0 when they may."""
    now, cooldown = state.clock.now(), state.switches.ingest_cooldown
    since = [(now - each.last_asked).total_seconds() for each in connections if each.last_asked]
    return max(0, *(int(cooldown - passed) + 1 for passed in since if passed < cooldown), 0)


def _row(connection: Connection, now: datetime) -> dict[str, Any]:
    held = connection.is_held(now)
    until = connection.source_until
    ended = "expired" if connection.source_token else "revoked"
    return {
        "system_id": str(connection.system_id),
        "fhir_version": connection.fhir_version,
        "status": "active" if held else ended,
        "refresh_token_present": held,
        "last_refreshed": instant(connection.refreshed or connection.agreed),
        "expires_at": instant(until) if until and connection.source_token else None,
    }


routes = [
    Route(f"{root}{path}", handler, methods=[method])
    for root in _ROOTS
    for method, path, handler in (
        ("POST", "", ingest),
        ("GET", "/token-status", token_status),
        ("POST", "/revoke-data-access", revoke),
    )
]
