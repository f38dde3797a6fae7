"""One user lets another see a Patient (docs/oneup.md §13). The reply and its refusals are our choice; 1up's
documents name the call alone.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.answers import Refusal, answer, fhir_failure, gateway_failure
from sandbox.credentials import bearer, unauthorized
from sandbox.fhir import version_of
from sandbox.sharing import Grant
from sandbox.state import State, state_of


async def permission(request: Request) -> Response:
    """PUT lets another user see a Patient of the token's user; DELETE takes that back. Twice is as once."""
    state, grant = state_of(request), _asked(request)
    if request.method == "PUT":
        state.grants.add(grant)
    else:
        state.grants.discard(grant)
    return answer({"success": True})


def _asked(request: Request) -> Grant:
    state, version, patient = state_of(request), version_of(request), request.path_params["id"]
    owner = bearer(request)
    if owner is None:
        raise Refusal(unauthorized(state))
    if patient not in state.stores[version].held_by(owner.id):
        if any(patient in state.stores[version].held_by(user) for user in state.users):
            raise gateway_failure("Forbidden", 403)
        raise fhir_failure(404, "not-found", "no such Patient")
    grantee = _user(state, request.path_params["user"])
    return Grant(owner.id, version, patient, grantee)


def _user(state: State, number: str) -> int:
    """The user of this number, of whatever app: a patient may let another app's user see them."""
    for user in state.users.values():
        if str(user.id) == number:
            return user.id
    raise fhir_failure(404, "not-found", "no such user")


routes = [
    Route(f"{root}/Patient/{{id}}/_permission/{{user}}", permission, methods=["PUT", "DELETE"])
    for root in ("/api/fhir/{version}", "/api/{version}")
]
