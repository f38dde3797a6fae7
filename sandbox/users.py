"""User management: 1up users made, listed, renamed, and codes minted (docs/oneup.md, user management)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.answers import account_failure, answer
from sandbox.credentials import app_of, bearer, fields
from sandbox.options import App
from sandbox.state import State, User, state_of

_PATH = "/api/user-management/v1/user"
_NAMES = ("app_user_id", "oneup_user_id")


async def list_users(request: Request) -> Response:
    """GET: the users of an app, or the one that was asked for."""
    state = state_of(request)
    given = await fields(request, _NAMES)
    app = _caller(request, given)
    users = [u for u in state.users.values() if u.client_id == app.client_id and _is_asked_for(u, given)]
    return _user_list(state, [_entry(user) for user in users])


async def create_user(request: Request) -> Response:
    """POST: a new user and its first code. One that exists is refused with the text clients decide on."""
    state = state_of(request)
    given = await fields(request, ("app_user_id", "active"))
    app = _caller(request, given)
    name = given.get("app_user_id", "")
    if not name:
        raise account_failure("app_user_id is required", 400)
    if state.find_user(app.client_id, app_user_id=name):
        raise account_failure("this user already exists", state.switches.existing_user_status)
    user = state.add_user(app.client_id, name, active=given.get("active", "true") != "false")
    return answer(_with_code(state, user), state.switches.created_status)


async def change_user(request: Request) -> Response:
    """PUT: the app's own name for a user, and whether it is active. Both spellings of the name are taken."""
    state = state_of(request)
    given = await fields(request, (*_NAMES, "app_id_user", "active"))
    app = app_of(state, given)
    user = state.find_user(app.client_id, oneup_user_id=given.get("oneup_user_id", ""))
    if user is None:
        raise account_failure("this user does not exist", 404)
    name = given.get("app_user_id") or given.get("app_id_user") or user.app_user_id
    other = state.find_user(app.client_id, app_user_id=name)
    if other not in (None, user):
        raise account_failure("this app_user_id is taken", 400)
    user.app_user_id = name
    _activate(state, user, given.get("active", str(user.active)).lower() != "false")
    return answer({"success": True, state.switches.put_reply: user.id})


async def mint_code(request: Request) -> Response:
    """POST auth-code: a new code for a user that exists and is switched on; no patient takes part."""
    state = state_of(request)
    given = await fields(request, _NAMES)
    app = app_of(state, given)
    names = {name: given.get(name, "") for name in _NAMES}
    user = state.find_user(app.client_id, **names) if any(names.values()) else None
    if user is None:
        raise account_failure("this user does not exist", state.switches.unknown_user_status)
    if not user.active:
        raise account_failure("this user is not active", 400)
    return answer(_with_code(state, user))


def _activate(state: State, user: User, wanted: bool) -> None:
    """Switch a user on or off. Off, its tokens and codes are dead, and stay so when it is switched on."""
    user.active = wanted
    if not wanted:
        state.tokens.revoke(user.id)
        state.tokens.end_codes(user.id)


def _caller(request: Request, given: dict[str, str]) -> App:
    """The app by its credentials, or by a token of one of its users, as the older tables ask for."""
    state = state_of(request)
    user = bearer(request) if "authorization" in request.headers else None
    return state.apps[user.client_id] if user else app_of(state, given)


def _is_asked_for(user: User, given: dict[str, str]) -> bool:
    if "oneup_user_id" in given and given["oneup_user_id"] != str(user.id):
        return False
    return "app_user_id" not in given or given["app_user_id"] == user.app_user_id


def _entry(user: User) -> dict[str, Any]:
    return {"oneup_user_id": user.id, "app_user_id": user.app_user_id, "active": user.active}


def _with_code(state: State, user: User) -> dict[str, Any]:
    code = state.tokens.code(user.id, user.client_id, state.clock.now(), state.switches.code_delay)
    told = {"access_token": "not-one", "refresh_token": "not-one"}
    more = told if state.switches.create_reply == "tokens" else {}
    return {"success": True, "code": code, **more, **_entry(user)}


def _user_list(state: State, entries: list[dict[str, Any]]) -> Response:
    shape = state.switches.user_list
    if shape == "refused" and not entries:
        raise account_failure("this user does not exist", 400)
    if shape == "array":
        return answer(entries)
    if shape == "bare" and entries:
        return answer({"success": True, **entries[0]})
    return answer({"success": True, "entry": entries})


routes = [
    Route(_PATH, list_users, methods=["GET"]),
    Route(_PATH, create_user, methods=["POST"]),
    Route(_PATH, change_user, methods=["PUT"]),
    Route(f"{_PATH}/auth-code", mint_code, methods=["POST"]),
]
