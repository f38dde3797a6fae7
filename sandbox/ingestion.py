"""The pass that brings records over, every so often (docs/oneup.md, timing).

What was agreed becomes visible when a pass ends, not before; audit events are the only sign of it. Each
pass also
looks again at every place that left a source token, as 1up's own sync does.
"""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from sandbox import audit
from sandbox.charts import Chart
from sandbox.special_places import SLOW, TIMES_OUT
from sandbox.state import Attempt, Connection, State

_POLL = 0.05  # seconds between two looks at the clock


async def keep_ticking(current) -> None:  # type: ignore[no-untyped-def]
    """Run passes for as long as the server lives; `current` gives the present State."""
    while True:
        await asyncio.sleep(_POLL)
        await catch_up(current())


async def catch_up(state: State) -> None:
    """Run a pass if one is due by the sandbox's clock."""
    if state.clock.now() >= state.next_pass:
        await run_pass(state)


async def run_pass(state: State) -> int:
    """One pass over every connection; says how many finished. Big charts are read in a thread."""
    async with state.pass_lock:
        state.next_pass = state.clock.now() + timedelta(seconds=state.options.tick)
        finished = 0
        for connection in list(state.connections):
            finished += await _visit(state, connection)
        return finished


def queue(state: State, attempt: Attempt, charts: tuple[Chart, ...]) -> Connection:
    """Note a connection that has just been agreed to; its records come with a later pass."""
    place = state.world.directory.get(attempt.system_id)
    now = state.clock.now()
    wait = state.options.slow_seconds if place and place.behaviour == SLOW else 0.0
    username = attempt.login.username if attempt.login else ""
    connection = Connection(
        user=attempt.user,
        system_id=attempt.system_id,
        fhir_version=attempt.fhir_version,
        username=username,
        charts=charts,
        agreed=now,
        due=now + timedelta(seconds=wait),
    )
    for older in state.connections_of(attempt.user, attempt.system_id):
        if (older.fhir_version, older.username) == (connection.fhir_version, username):
            state.connections.remove(older)
    state.connections.append(connection)
    happened(state, attempt.user, attempt.system_id, audit.STARTED, version=attempt.fhir_version)
    return connection


def happened(
    state: State,
    user: int,
    system_id: int,
    code: str,
    *,
    version: str = "",
    outcome: str = audit.GOOD,
    text: str = "",
    details: tuple[tuple[str, str], ...] = (),
) -> None:
    """Write one audit event about one place down."""
    place = state.world.directory.get(system_id)
    named = (("fhir_version", version),) if version else ()
    event = audit.Happening(
        user, code, state.clock.now(), system_id, place.name if place else "", outcome, text
    )
    state.audit.add(replace(event, details=named + details))


async def _visit(state: State, connection: Connection) -> int:
    first = connection.status == "waiting"
    if state.clock.now() < connection.due or not (first or connection.source_token):
        return 0
    stopped = first and _behaviour(state, connection) == TIMES_OUT
    charts = [_partial(chart) for chart in connection.charts] if stopped else list(connection.charts)
    await _take(state, connection, charts)
    if not first:
        return 0
    _report_refused(state, connection)
    connection.status = "timed-out" if stopped else "done"
    connection.source_token = connection.source_token and not stopped
    code = audit.TIMED_OUT if stopped else audit.FINISHED
    happened(state, connection.user, connection.system_id, code, version=connection.fhir_version)
    return 1


async def _take(state: State, connection: Connection, charts: list[Chart]) -> None:
    at = state.clock.now()
    for position, chart in enumerate(charts):
        if connection.held.get(position) is chart:
            continue
        connection.patients[position] = await asyncio.to_thread(_ingest, state, connection, chart, at)
        connection.held[position] = chart


def _ingest(state: State, connection: Connection, chart: Chart, at: datetime) -> str:
    refused = state.switches.refused_types.get(str(connection.system_id), [])
    return state.stores[chart.fhir_version].ingest(connection.user, _without(chart, refused), at=at)


def _behaviour(state: State, connection: Connection) -> str:
    place = state.world.directory.get(connection.system_id)
    return place.behaviour if place else ""


def _partial(chart: Chart) -> Chart:
    """What had arrived when the import gave up: the first half."""
    return replace(chart, resources=list(chart.resources)[: len(chart.resources) // 2])


def _without(chart: Chart, types: list[str]) -> Chart:
    if not types:
        return chart
    heads = tuple(f'{{"resourceType":"{name}"'.encode() for name in types)
    return replace(chart, resources=[each for each in chart.resources if not each.startswith(heads)])


def _report_refused(state: State, connection: Connection) -> None:
    for name in state.switches.refused_types.get(str(connection.system_id), []):
        happened(
            state,
            connection.user,
            connection.system_id,
            audit.TYPE_FAILED,
            version=connection.fhir_version,
            outcome=audit.FAILED,
            text=f"{name} could not be retrieved",
            details=(("resource_type", name),),
        )
