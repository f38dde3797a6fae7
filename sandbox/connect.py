"""The hop to a place's sign-in, in both forms, and the way back (docs/oneup.md, sending the patient)."""

import secrets
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sandbox import audit, ingestion
from sandbox.answers import answer, gateway_failure, search_failure
from sandbox.directory import Place
from sandbox.portal_pages import return_page
from sandbox.search import resource_url, searcher
from sandbox.state import Attempt, State, User, state_of

_CLINICAL_PARAMETERS = {"fhirVersion", "sendRedirectUrlAsResponse"}


async def clinical(request: Request) -> Response:
    """GET with a bearer (or its cookie): the place's authorisation address, as JSON when asked, else a
    redirect.
    """
    state, user = state_of(request), _hopper(request)
    unknown = set(request.query_params) - _CLINICAL_PARAMETERS
    if unknown:
        raise search_failure(f"unknown parameter: {', '.join(sorted(unknown))}", 400)
    place, version = _destination(request)
    client_id = request.headers.get("x-client-id") or request.cookies.get("client_id") or user.client_id
    if client_id != user.client_id:
        raise search_failure("An error occurred when processing the access token.", 401)
    address = _depart(state, user, place, version)
    if request.query_params.get("sendRedirectUrlAsResponse") != "true":
        return RedirectResponse(address, 302)
    return answer({"system_id": str(place.id), "system_name": place.name, "authorization_url": address})


async def legacy_clinical(request: Request) -> Response:
    """GET with client_id and access_token in the address: a redirect. The ledger marks the token in the
    URL.
    """
    state, given = state_of(request), request.query_params
    family = state.tokens.holder(given.get("access_token", ""), state.clock.now())
    if family is None or family.client_id != given.get("client_id"):
        raise gateway_failure("Unauthorized", 401)
    place, version = _destination(request)
    address = _depart(state, state.users[family.user], place, version, given.get("state", ""))
    return RedirectResponse(address, 302)


async def returned(request: Request) -> Response:
    """Where the place sends the browser after its consent page: on to the app, by script, with a plain
    link.
    """
    state = state_of(request)
    attempt = state.attempts.get(request.query_params.get("state", ""))
    if attempt is None or not attempt.outcome:
        return Response("This sign-in is over. Start again from the app.", 404, media_type="text/plain")
    return return_page(callback_address(state, attempt))


def callback_address(state: State, attempt: Attempt) -> str:
    """The app's own address with what 1up appends: `success=true&iss=…`, or the refusal."""
    place = state.world.directory.get(attempt.system_id)
    query = {"success": "true" if attempt.outcome == "allowed" else "false"}
    if attempt.outcome == "allowed" and place:
        query["iss"] = resource_url(state, place, attempt.fhir_version)
    if attempt.outcome != "allowed":
        query |= {"error": "access_denied", "error_description": "The sign-in was not completed"}
    if state.switches.echo_state and attempt.own_state:
        query["state"] = attempt.own_state
    uri = state.apps[attempt.client_id].redirect_uris[0]
    return f"{uri}{'&' if '?' in uri else '?'}{urlencode(query, quote_via=quote)}"


def settle(state: State, attempt: Attempt, outcome: str) -> None:
    """What the person, or the place, decided. Asked twice, the first answer stands."""
    if attempt.outcome:
        return
    attempt.outcome = outcome
    version = attempt.fhir_version
    charts = tuple(c for c in attempt.login.charts if c.fhir_version == version) if attempt.login else ()
    state.happened(attempt, audit.RETURNED, failure="" if outcome == "allowed" else "declined")
    if outcome == "allowed" and charts:
        ingestion.queue(state, attempt, charts)
    elif outcome == "allowed":
        state.happened(attempt, audit.NOT_CONNECTED, failure="no chart of this person in that version")


def give_up(state: State, attempt: Attempt) -> None:
    """The place broke: nothing comes back, and only an audit event says so."""
    state.happened(attempt, audit.NOT_CONNECTED, failure="500 Internal Server Error")


def _hopper(request: Request) -> User:
    """The user by header, or by the cookie that System Search's own page uses."""
    state = state_of(request)
    cookie = request.cookies.get("auth_token", "")
    if "authorization" in request.headers or not cookie:
        return searcher(request)
    family = state.tokens.holder(cookie, state.clock.now())
    if family is None:
        raise search_failure("An error occurred when processing the access token.", 401)
    return state.users[family.user]


def _destination(request: Request) -> tuple[Place, str]:
    state = state_of(request)
    number = request.path_params["system_id"]
    place = state.world.directory.get(int(number)) if number.isdecimal() else None
    if place is None:
        raise search_failure("unknown system", 404)
    version = request.query_params.get("fhirVersion") or place.versions[0]
    if version not in place.versions:
        raise search_failure("this system does not support that fhirVersion", 400)
    return place, version


def _depart(state: State, user: User, place: Place, version: str, own_state: str = "") -> str:
    key = secrets.token_urlsafe(24)
    attempt = Attempt(key, user.id, user.client_id, place.id, version, state.clock.now(), own_state)
    state.attempts[key] = attempt
    state.happened(attempt, audit.SELECTED)
    query = {
        "response_type": "code",
        "client_id": "1up-app",
        "redirect_uri": f"{state.options.base}/api/connect/returned",
        "state": key,
    }
    return f"{state.options.base}/place/{place.id}/authorize?{urlencode(query)}"


routes = [
    Route("/search/api/clinical/{system_id}", clinical, methods=["GET"]),
    Route("/api/connect/system/clinical/{system_id}", legacy_clinical, methods=["GET"]),
    Route("/api/connect/returned", returned, methods=["GET"]),
]
