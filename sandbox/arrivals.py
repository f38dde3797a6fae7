"""A crowd that has signed in, agreed and been collected already: a population without a thousand hops."""

from datetime import timedelta

from sandbox import audit
from sandbox.ingestion import take_again
from sandbox.patients.crowd import SYSTEM, big_chart
from sandbox.state import Connection, State

_LARGEST = 10_000  # people at once


def arrive(
    state: State, client_id: str, *, count: int, resources: int, seed: int = 1
) -> list[dict[str, object]]:
    """So many people of an app with a chart of so many resources each; whom it made, in order.

    The same again finds them. Raises ValueError for a crowd that is too large or a chart without room.
    """
    if not 1 <= count <= _LARGEST or resources < 8:
        raise ValueError("a crowd is 1 to 10,000 people with 8 resources or more")
    return [_one(state, client_id, seed * 10_000 + number, resources) for number in range(count)]


def _one(state: State, client_id: str, number: int, resources: int) -> dict[str, object]:
    name = f"crowd-{number}"
    user = state.find_user(client_id, app_user_id=name) or state.add_user(client_id, name)
    known = state.connections_of(user.id, SYSTEM)
    connection = known[0] if known else _connect(state, user.id, number, resources)
    return {"oneup_user_id": user.id, "app_user_id": name, "patient": connection.patients[0]}


def _connect(state: State, user: int, number: int, resources: int) -> Connection:
    now = state.clock.now()
    connection = Connection(
        user=user,
        system_id=SYSTEM,
        fhir_version="r4",
        username="",
        charts=(big_chart(resources, number),),
        agreed=now,
        due=now,
        status="done",
        taken=now,
        source_until=now + timedelta(seconds=state.switches.source_seconds),
    )
    state.connections.append(connection)
    for code in (audit.STARTED, audit.FINISHED):
        state.happened(connection, code)
    take_again(state, connection, now)
    return connection
