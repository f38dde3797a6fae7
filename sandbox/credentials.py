"""Whose request this is: fields from anywhere a client may put them, the app, the bearer, the user acted for.

1up takes client credentials as headers named client_id and client_secret, as query, as form or as JSON, and
mixed
(docs/oneup.md, client credentials). Unknown fields are refused, so that a misspelt one cannot pass a test.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.answers import Refusal, account_failure, gateway_failure
from sandbox.options import App
from sandbox.state import State, User, state_of

CREDENTIALS = frozenset({"client_id", "client_secret"})


async def fields(request: Request, allowed: Collection[str]) -> dict[str, str]:
    """Query, body and credential headers merged, the later winning. Refuses a broken body or an unknown
    field.
    """
    merged = dict(request.query_params)
    merged.update(await _body_fields(request))
    unknown = set(merged) - CREDENTIALS - set(allowed)
    if unknown:
        raise account_failure(f"unknown field: {', '.join(sorted(unknown))}", 400)
    merged.update({name: request.headers[name] for name in CREDENTIALS if name in request.headers})
    return merged


async def _body_fields(request: Request) -> dict[str, str]:
    raw = (await request.body()).decode("utf-8", "replace")
    if not raw:
        return {}
    if "json" not in request.headers.get("content-type", ""):
        return dict(parse_qsl(raw, keep_blank_values=True))
    return {name: _text(value) for name, value in _json_object(raw).items() if value is not None}


def _json_object(raw: str) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise account_failure("the body is not a JSON object", 400)
    return found


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)


def known_app(state: State, given: dict[str, str], secret_field: str = "client_secret") -> App | None:
    """The app these credentials belong to, if they are right."""
    app = state.apps.get(given.get("client_id", ""))
    secret = given.get(secret_field) or ""
    if app is None or not compare_digest(app.secret.encode(), secret.encode()):
        return None
    return app


def app_of(state: State, given: dict[str, str]) -> App:
    """The app, or the gateway's refusal."""
    app = known_app(state, given)
    if app is None:
        raise Refusal(unauthorized(state))
    return app


def unauthorized(state: State) -> Response:
    """What the gateway answers to a caller it does not know: JSON today, a login page or a redirect long
    ago.
    """
    if state.switches.unauthorized == "html":
        return Response("<!doctype html><title>Login</title><h1>Please log in</h1>", media_type="text/html")
    if state.switches.unauthorized == "redirect":
        return RedirectResponse(f"{state.options.base}/login", 302)
    return gateway_failure("Unauthorized", 401).response


@dataclass(frozen=True)
class Reader:
    """Who reads FHIR: one user by a token or by number, or all users of an app."""

    users: tuple[int, ...]
    client_id: str


def bearer(request: Request) -> User | None:
    """The user of a good access token in the Authorization header."""
    state = state_of(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    family = state.tokens.holder(token.strip(), state.clock.now()) if scheme.lower() == "bearer" else None
    return state.users.get(family.user) if family else None


def reader_of(request: Request) -> Reader:
    """The Reader of a FHIR call, by token or by client headers with x-oneup-user-id. Refuses everybody
    else.
    """
    state = state_of(request)
    if "authorization" in request.headers:
        user = bearer(request)
        if user is None:
            raise Refusal(unauthorized(state))
        return Reader((user.id,), user.client_id)
    return _client_reader(request, state)


def _client_reader(request: Request, state: State) -> Reader:
    app = app_of(state, {name: request.headers[name] for name in CREDENTIALS if name in request.headers})
    wanted = request.headers.get("x-oneup-user-id", "")
    if wanted == "client":
        return Reader(
            tuple(u.id for u in state.users.values() if u.client_id == app.client_id), app.client_id
        )
    user = state.find_user(app.client_id, oneup_user_id=wanted) if wanted else None
    if user is None:
        raise gateway_failure("Forbidden", 403)
    return Reader((user.id,), app.client_id)
