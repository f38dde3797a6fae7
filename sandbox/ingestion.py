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
from sandbox.special_places import REVOKED, SLOW, TIMES_OUT
from sandbox.state import Attempt, Connection, State


async def catch_up(state: State) -> None:
    """Run a pass if one is due by the sandbox's clock."""
    if state.clock.now() >= state.next_pass:
        await run_pass(state)


async def run_pass(state: State) -> int:
    """One pass over every connection; says how many finished what they were asked for.

    Big charts are read in a thread.
    """
    async with state.pass_lock:
        state.next_pass = state.clock.now() + timedelta(seconds=state.options.tick)
        finished = 0
        for connection in list(state.connections):
            try:
                finished += await _visit(state, connection)
            except ValueError:
                _fail(state, connection)
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
        source_until=now + timedelta(seconds=state.switches.source_seconds),
    )
    for older in state.connections_of(attempt.user, attempt.system_id):
        if (older.fhir_version, older.username) == (connection.fhir_version, username):
            state.connections.remove(older)
    state.connections.append(connection)
    state.happened(connection, audit.STARTED)
    return connection


def ask_again(state: State, connection: Connection) -> None:
    """Note that a place was asked to send anew: the next pass takes it all over and says so."""
    now = state.clock.now()
    connection.last_asked = connection.refreshed = now
    connection.held.clear()
    if connection.status == "waiting":
        return  # its first import is still to come, and answers this too
    place = state.world.directory.get(connection.system_id)
    if place and place.behaviour == SLOW:
        connection.due = now + timedelta(seconds=state.options.slow_seconds)
    if not connection.asked:
        connection.asked = True
        state.happened(connection, audit.STARTED)


def take_again(state: State, connection: Connection, at: datetime) -> None:
    """Take a connection's records over as an earlier process did, with the same ids and the same time."""
    charts = _charts(connection, connection.status == "timed-out")
    for position, chart in enumerate(charts):
        if position in connection.erased:
            continue
        _take_one(state, connection, position, chart, at)


async def _visit(state: State, connection: Connection) -> int:
    first = connection.status == "waiting"
    if not _is_due(state, connection):
        return 0
    stopped = first and _behaviour(state, connection) == TIMES_OUT
    await _take(state, connection, _charts(connection, stopped))
    if connection.asked:
        return _answer(state, connection)
    return _close(state, connection, stopped) if first else 0


def _is_due(state: State, connection: Connection) -> bool:
    """Whether this pass looks there: for the first time, because it was asked to, or because it may."""
    now = state.clock.now()
    wanted = connection.status == "waiting" or connection.asked or connection.is_held(now)
    return wanted and now >= connection.due and state.users[connection.user].active


def _answer(state: State, connection: Connection) -> int:
    """End what an ingest asked for."""
    connection.asked = False
    _report_refused(state, connection)
    state.happened(connection, audit.FINISHED)
    return 1


def _fail(state: State, connection: Connection) -> None:
    """A chart that cannot be read must not stop everybody's passes."""
    connection.status, connection.source_token, connection.asked = "failed", False, False
    state.happened(connection, audit.NOT_CONNECTED, failure="the chart cannot be read")


def _close(state: State, connection: Connection, stopped: bool) -> int:
    """End a first import: say so, and keep the source's token unless the place never gives one."""
    _report_refused(state, connection)
    connection.status = "timed-out" if stopped else "done"
    connection.source_token = not stopped and _behaviour(state, connection) != REVOKED
    if stopped:
        state.happened(connection, audit.TIMED_OUT, failure="the place did not answer in time")
    else:
        state.happened(connection, audit.FINISHED)
    return 1


async def _take(state: State, connection: Connection, charts: list[Chart]) -> None:
    """Take over what changed, in a thread so that other requests are served meanwhile."""
    at = state.clock.now()
    for position, chart in enumerate(charts):
        if connection.held.get(position) is not chart:
            await asyncio.to_thread(_take_one, state, connection, position, chart, at)
    connection.taken = connection.taken or at


def _take_one(state: State, connection: Connection, position: int, chart: Chart, at: datetime) -> None:
    connection.patients[position] = _ingest(state, connection, chart, at)
    connection.held[position] = chart
    connection.erased.discard(position)


def _charts(connection: Connection, stopped: bool) -> list[Chart]:
    return [_partial(chart) for chart in connection.charts] if stopped else list(connection.charts)


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
        failure = f"{name} could not be retrieved"
        state.happened(connection, audit.TYPE_FAILED, failure=failure, details=(("resource_type", name),))
