"""Deletion: one Patient's chart, or all of a user in one version (docs/oneup.md, whole-patient operations).

1up documents 200 and an OperationOutcome, and that a purge is cut off after 30 seconds. Whether what was
deleted comes back with the next pass while the place's permission stands is not known: here it does, since
that is the harder case.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.answers import Refusal, fhir_failure, gateway_failure, outcome
from sandbox.credentials import bearer, reader_of, unauthorized
from sandbox.fhir import version_of
from sandbox.state import State, state_of


async def everything(request: Request) -> Response:
    """DELETE Patient/{id}/$everything with the owner's token."""
    state, version, patient = state_of(request), version_of(request), request.path_params["id"]
    user = bearer(request)
    if user is None:
        raise Refusal(unauthorized(state))
    _no_parameters(request)
    if patient not in _patients(state, user.id, version):
        raise fhir_failure(404, "not-found", "no such resource")
    async with state.pass_lock:
        _forget(state, user.id, version, patient)
    return outcome(200, "informational", f"All resources of patient {patient} were deleted", "information")


async def purge(request: Request) -> Response:
    """DELETE purge, for one user by token or by number; a switch cuts it off half-way."""
    state, version, reader = state_of(request), version_of(request), reader_of(request)
    _no_parameters(request)
    if len(reader.users) != 1 or request.headers.get("x-oneup-user-id") == "client":
        raise gateway_failure("Forbidden", 403)
    [user] = reader.users
    most = state.switches.purge_most
    async with state.pass_lock:
        held = state.stores[version].held_by(user)
        for patient in held[: most or None]:
            _forget(state, user, version, patient)
    if most and len(held) > most:
        raise gateway_failure("Endpoint request timed out", 504)
    return outcome(200, "informational", "All resources of the user were deleted", "information")


def _forget(state: State, user: int, version: str, patient: str) -> None:
    """Forget a chart with its history, and that it was taken over."""
    state.stores[version].forget(user, patient)
    for connection in state.connections_of(user):
        gone = [position for position, known in connection.patients.items() if known == patient]
        for position in gone if connection.fhir_version == version else ():
            connection.erased.add(position)
            connection.held.pop(position, None)


def _patients(state: State, user: int, version: str) -> list[str]:
    return [held.patient_id for held in state.stores[version].patients(user)]


def _no_parameters(request: Request) -> None:
    if request.query_params:
        raise fhir_failure(400, "invalid", "unknown parameter")


routes = [
    Route(f"{root}/{path}", handler, methods=["DELETE"])
    for root in ("/api/fhir/{version}", "/api/{version}")
    for path, handler in (("Patient/{id}/$everything", everything), ("purge", purge))
]
