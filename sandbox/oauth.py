"""The token endpoint, on both of its hosts (docs/oneup.md, token endpoint)."""

import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.answers import answer, token_failure
from sandbox.credentials import fields, known_app
from sandbox.options import App
from sandbox.state import State, state_of
from sandbox.tokens import Pair, Rejected

_FIELDS = ("grant_type", "code", "refresh_token", "scope", "secret")


async def token(request: Request) -> Response:
    """POST: tokens for a code or for a refresh token."""
    state = state_of(request)
    given = await fields(request, _FIELDS)
    app = known_app(state, given) or known_app(state, given, "secret")
    if app is None:
        raise token_failure("invalid_client", "Unknown client", 401)
    try:
        pair = _exchange(state, app, given)
    except Rejected as reason:
        raise token_failure("invalid_grant", str(reason)) from reason
    return answer(_reply(state, pair, given), headers={"Cache-Control": "no-store"})


def _exchange(state: State, app: App, given: dict[str, str]) -> Pair:
    now, kind = state.clock.now(), given.get("grant_type")
    if kind in {"authorization_code", state.switches.grant_word}:
        ends_older = state.switches.new_grant_ends_older
        return state.tokens.redeem(given.get("code", ""), app.client_id, now, ends_older=ends_older)
    if kind == "refresh_token":
        return state.tokens.refresh(given.get("refresh_token", ""), app.client_id, now)
    raise token_failure("unsupported_grant_type", "authorization_code or refresh_token")


def _reply(state: State, pair: Pair, given: dict[str, str]) -> dict[str, Any]:
    body = {
        "refresh_token": pair.refresh,
        "token_type": state.switches.token_type,
        "access_token": pair.access,
        "expires_in": state.switches.expires_in or int(state.tokens.lifetimes.access),
    }
    if state.switches.token_scope:
        body["scope"] = state.switches.token_scope
    if "openid" in given.get("scope", "").split():
        body["id_token"] = f"sandbox.{secrets.token_hex(16)}.unsigned"
    return body


routes = [
    Route("/auth/oauth2/token", token, methods=["POST"]),
    Route("/api/fhir/oauth2/token", token, methods=["POST"]),
]
