"""The control surface under /_sandbox/: what tests and the demo may do that no client of 1up can.

Every answer is JSON. A wish that cannot be read gets 400 with a sentence that says why.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import arrivals, ingestion, observation
from sandbox.answers import Refusal, answer
from sandbox.charts import dump
from sandbox.faults import read_fault
from sandbox.options import read_app
from sandbox.sharing import Group
from sandbox.state import Connection, Holder, State, User, state_of

Wish = Mapping[str, Any]


def _refused(reason: object) -> Refusal:
    return Refusal(answer({"error": str(reason)}, 400))


async def _wish(request: Request) -> Any:
    try:
        return await request.json() if await request.body() else {}
    except ValueError as broken:
        raise _refused("the body is not JSON") from broken


def _user(state: State, name: str) -> User:
    """A user by 1up's number or by the app's own name for it."""
    for user in state.users.values():
        if name in (str(user.id), user.app_user_id):
            return user
    raise Refusal(answer({"error": "no such user"}, 404))


async def health(request: Request) -> Response:
    """GET: alive, and how much there is."""
    state = state_of(request)
    world = state.world
    return answer({"ok": True, "places": len(world.directory), "sign_ins": len(world.logins)})


async def reset(request: Request) -> Response:
    """POST: forget everything but the apps."""
    holder: Holder = request.app.state.holder
    holder.reset()
    return answer({"ok": True})


async def clock(request: Request) -> Response:
    """GET the time; POST {"forward": seconds} moves it and runs the pass that falls due."""
    state = state_of(request)
    if request.method == "POST":
        wish = await _wish(request)
        try:
            state.clock.forward(float(wish["forward"]))
        except (KeyError, TypeError, ValueError) as wrong:
            raise _refused('say {"forward": seconds}, and never backwards') from wrong
        await ingestion.catch_up(state)
    return answer({"now": state.clock.now().isoformat()})


async def tick(request: Request) -> Response:
    """POST: run an ingestion pass now."""
    return answer({"finished": await ingestion.run_pass(state_of(request))})


async def faults(request: Request) -> Response:
    """GET the faults, POST one or a list of them, DELETE them all."""
    state = state_of(request)
    if request.method == "DELETE":
        state.faults.clear()
    if request.method == "POST":
        wish = await _wish(request)
        for each in wish if isinstance(wish, list) else [wish]:
            try:
                state.faults.add(read_fault(each))
            except (TypeError, ValueError) as wrong:
                raise _refused(wrong) from wrong
    return answer({"faults": state.faults.rows()})


async def switches(request: Request) -> Response:
    """GET the variants that are played, POST some to change them."""
    state = state_of(request)
    if request.method == "POST":
        try:
            state.switches = state.switches.changed(await _wish(request))
        except (TypeError, ValueError) as wrong:
            raise _refused(wrong) from wrong
    return answer(asdict(state.switches))


async def limits(request: Request) -> Response:
    """POST {"per_minute": n or null, "users_per_hour": n or null}."""
    state, wish = state_of(request), await _wish(request)
    state.limits.calls.limit = wish.get("per_minute", state.limits.calls.limit)
    state.limits.users.limit = wish.get("users_per_hour", state.limits.users.limit)
    return answer({"per_minute": state.limits.calls.limit, "users_per_hour": state.limits.users.limit})


async def apps(request: Request) -> Response:
    """POST {"client_id", "secret", "redirect_uri"}: register an app or replace one. It outlives a reset."""
    state = state_of(request)
    try:
        state.add_app(read_app(await _wish(request)))
    except (KeyError, TypeError) as wrong:
        raise _refused(f"missing: {wrong}") from wrong
    return answer({"apps": sorted(state.apps)})


async def ledger(request: Request) -> Response:
    """GET: every request since the start or reset, above ?after=number."""
    return answer({"requests": state_of(request).ledger.rows(int(request.query_params.get("after", "0")))})


async def truth(request: Request) -> Response:
    """GET: all resources a user must have after a complete import, with a digest of each."""
    state = state_of(request)
    user = _user(state, request.path_params["user"])
    return answer({"user": user.id, "resources": observation.truth(state, user.id)})


async def user(request: Request) -> Response:
    """GET: one user's connections, audit codes and revoked token families."""
    state = state_of(request)
    return answer(observation.user(state, _user(state, request.path_params["user"])))


async def tokens(request: Request) -> Response:
    """POST {"user", "end": "access" | "refresh" | "both" | "family"}: tokens die before their time."""
    state, wish = state_of(request), await _wish(request)
    found, end = _user(state, str(wish.get("user"))), wish.get("end")
    if end == "family":
        state.tokens.revoke(found.id)
        return answer({"ended": "family"})
    if end not in {"access", "refresh", "both"}:
        raise _refused("end is access, refresh, both or family")
    ended = state.tokens.expire(
        found.id, state.clock.now(), access=end in {"access", "both"}, refresh=end in {"refresh", "both"}
    )
    return answer({"ended": ended})


async def source(request: Request) -> Response:
    """POST {"user", "system_id", "expires_in": seconds, "gone": bool}: a place's permission ends by itself.

    Without a system_id it is all of the user's places.
    """
    state, wish = state_of(request), await _wish(request)
    place = int(wish["system_id"]) if wish.get("system_id") is not None else None
    found = state.connections_of(_user(state, str(wish.get("user"))).id, place)
    if not found:
        raise Refusal(answer({"error": "no such connection"}, 404))
    for connection in found:
        connection.source_until = state.clock.now() + timedelta(seconds=float(wish.get("expires_in", 0)))
        connection.source_token = connection.source_token and not wish.get("gone", False)
    return answer({"changed": len(found)})


async def chart(request: Request) -> Response:
    """POST {"user", "system_id", "add": [resource], "drop": [{"resourceType", "id"}]}: a place's chart
    changes.

    `add` replaces a resource of the same type and id (ids as in the chart, not as minted). It shows after a
    pass.
    """
    state, wish = state_of(request), await _wish(request)
    found = state.connections_of(_user(state, str(wish.get("user"))).id, int(wish.get("system_id", 0)))
    if not found:
        raise Refusal(answer({"error": "no such connection"}, 404))
    _change_chart(found[-1], wish)
    return answer({"resources": len(found[-1].charts[0].resources)})


def _change_chart(connection: Connection, wish: Wish) -> None:
    added, dropped = wish.get("add", []), wish.get("drop", [])
    first, *others = connection.charts
    heads = tuple(
        f'{{"resourceType":"{r["resourceType"]}","id":"{r["id"]}"'.encode() for r in [*added, *dropped]
    )
    kept = [each for each in first.resources if not heads or not each.startswith(heads)]
    connection.charts = (replace(first, resources=[*kept, *(dump(r) for r in added)]), *others)


async def crowd(request: Request) -> Response:
    """POST {"count", "resources", "seed", "client_id"}: so many people are connected and collected."""
    state, wish = state_of(request), await _wish(request)
    named = {name: int(wish[name]) for name in ("count", "resources", "seed") if name in wish}
    client = str(wish.get("client_id") or next(iter(state.apps)))
    try:
        async with state.pass_lock:
            people = await asyncio.to_thread(arrivals.arrive, state, client, **named)
    except (TypeError, ValueError) as wrong:
        raise _refused(wrong) from wrong
    return answer({"people": people})


async def groups(request: Request) -> Response:
    """POST {"id", "members": [{"fhir_version", "patient"}], "client_id"}: exported together."""
    state, wish = state_of(request), await _wish(request)
    try:
        members = {(str(each["fhir_version"]), str(each["patient"])) for each in wish["members"]}
        group = Group(str(wish["id"]), str(wish.get("client_id") or next(iter(state.apps))), members)
    except (KeyError, TypeError) as wrong:
        raise _refused(f"missing: {wrong}") from wrong
    state.groups[group.id] = group
    return answer({"members": len(group.members)})


async def grants(request: Request) -> Response:
    """GET: who lets whom see which Patient."""
    rows = [asdict(each) for each in state_of(request).grants]
    return answer({"grants": sorted(rows, key=lambda row: (row["owner"], row["patient_id"], row["grantee"]))})


Handler = Callable[[Request], Awaitable[Response]]
_ROUTES: tuple[tuple[str, Handler, tuple[str, ...]], ...] = (
    ("health", health, ("GET",)),
    ("reset", reset, ("POST",)),
    ("clock", clock, ("GET", "POST")),
    ("tick", tick, ("POST",)),
    ("faults", faults, ("GET", "POST", "DELETE")),
    ("switches", switches, ("GET", "POST")),
    ("limits", limits, ("POST",)),
    ("apps", apps, ("POST",)),
    ("ledger", ledger, ("GET",)),
    ("truth/{user}", truth, ("GET",)),
    ("users/{user}", user, ("GET",)),
    ("tokens", tokens, ("POST",)),
    ("chart", chart, ("POST",)),
    ("source", source, ("POST",)),
    ("crowd", crowd, ("POST",)),
    ("groups", groups, ("POST",)),
    ("grants", grants, ("GET",)),
)
routes = [Route(f"/_sandbox/{path}", handler, methods=list(methods)) for path, handler, methods in _ROUTES]
