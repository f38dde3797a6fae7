"""The sandbox as one ASGI application: the door where requests are noted and spoiled, and the rooms behind
it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import groupby

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox import (
    bulk,
    connect,
    control,
    directory,
    erasing,
    fhir,
    ingestion,
    logos,
    oauth,
    ondemand,
    permissions,
    portal,
    search,
    search_page,
    users,
)
from sandbox.answers import Refusal, answer
from sandbox.charts import Login
from sandbox.clock import instant
from sandbox.faults import play
from sandbox.ledger import Entry
from sandbox.memory import Memory
from sandbox.options import Options
from sandbox.patients import logins
from sandbox.state import Holder, World, state_of

_LOOK = 0.05  # seconds between two looks at the clock


class Door:
    """Stands before the application: writes each request down, keeps the rate limits, plays the faults."""

    def __init__(self, app: ASGIApp, holder: Holder) -> None:
        self._app = app
        self._holder = holder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; what is under /_sandbox/ passes untouched."""
        if scope["type"] != "http" or scope["path"].startswith("/_sandbox"):
            await self._app(scope, receive, send)
            return
        state = self._holder.state
        entry = state.ledger.note(scope, instant(state.clock.now()), state.secrets)
        wait = state.limits.take(scope["path"], state.clock.now())
        if wait:
            entry.status = 429
            await _too_many(wait)(scope, receive, send)
            return
        fault = state.faults.match(scope["method"], scope["path"])
        if fault:
            entry.fault, entry.status = True, fault.status
            await play(fault, self._app, scope, receive, send)
        else:
            await self._app(scope, receive, _watched(entry, send))


def _too_many(wait: int) -> Response:
    return answer({"message": "Too Many Requests"}, 429, headers={"Retry-After": str(wait)})


def _watched(entry: Entry, send: Send) -> Send:
    async def watched(message: Message) -> None:
        if message["type"] == "http.response.start":
            entry.status = message["status"]
        await send(message)

    return watched


async def front(request: Request) -> Response:
    """GET /: what this is, and who can sign in where, for whoever opens it in a browser."""
    world = state_of(request).world
    lines = ["This is the sandbox: a local stand-in for 1upHealth. Everyone in it is made up.", ""]
    for system_id, people in groupby(sorted(world.logins, key=_place_of), key=_place_of):
        place = world.directory.get(system_id)
        lines.append(place.name if place else str(system_id))
        lines += [f"    {each.person}: {each.username} / {each.password}" for each in people]
    return PlainTextResponse("\n".join(lines) + "\n")


def _place_of(login: Login) -> int:
    return login.system_id


async def _refuse(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)
    return refusal.response


async def _missing(request: Request, error: Exception) -> Response:
    return answer({"message": "Not Found"}, 404)


def _routes() -> list[BaseRoute]:
    rooms = (
        *(control, users, oauth, search, search_page, connect, portal, logos, ondemand, erasing),
        *(permissions, bulk, fhir),
    )
    return [Route("/", front), *(route for room in rooms for route in room.routes)]


def build_world(options: Options) -> World:
    """The people and places of this run."""
    people = tuple(logins(options.corpus, seed=options.seed, big=options.big))
    return World(options, directory.build(options.systems, options.seed, people), people)


async def _keep_ticking(holder: Holder, memory: Memory | None) -> None:
    """Run the passes that fall due, and write down what changed, for as long as the server lives."""
    while True:
        await asyncio.sleep(_LOOK)
        await ingestion.catch_up(holder.state)
        if memory:
            memory.save(holder.state)


def build_app(holder: Holder, memory: Memory | None = None) -> ASGIApp:
    """The application that uvicorn serves. It runs its own ingestion passes and keeps `memory` up to date."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        ticking = asyncio.create_task(_keep_ticking(holder, memory))
        yield
        ticking.cancel()
        with suppress(asyncio.CancelledError):
            await ticking

    app = Starlette(
        routes=_routes(),
        lifespan=lifespan,
        exception_handlers={Refusal: _refuse, 404: _missing, 405: _missing},
    )
    app.state.holder = holder
    return Door(app, holder)
