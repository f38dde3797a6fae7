"""System Search and the older list of systems (docs/oneup.md, finding a system)."""

import re
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import audit
from sandbox.answers import answer, search_failure
from sandbox.credentials import app_of, bearer, fields
from sandbox.directory import TYPES, Place
from sandbox.state import State, User, state_of

PAGE = 20
_ALLOWED = re.compile(r"[A-Za-z0-9' ]*")
_ZIP = re.compile(r"\d{5}(-\d{4})?")
_PARAMETERS = {"query", "offset", "system_type", "only_health_systems"}


def searcher(request: Request) -> User:
    """The user of the token, or System Search's own refusal."""
    user = bearer(request)
    if user is None:
        raise search_failure("An error occurred when processing the access token.", 401)
    return user


async def search(request: Request) -> Response:
    """POST (201) or GET: twenty places by name, address or city, alphabetical, from `offset`."""
    state, user = state_of(request), searcher(request)
    query = request.query_params.get("query", "")
    if not _ALLOWED.fullmatch(query):
        raise search_failure("query may hold letters, digits, blanks and apostrophes only", 400)
    found = state.world.directory.find(query, kind=_kind(request))
    _note_search(state, user, len(found))
    return _page(request, found, state.switches.search_status if request.method == "POST" else 200)


async def by_zip(request: Request) -> Response:
    """GET: twenty places of one ZIP, which stands in the path or in `query`."""
    state, user = state_of(request), searcher(request)
    zip_code = request.path_params.get("zip") or request.query_params.get("query", "")
    if not _ZIP.fullmatch(zip_code):
        raise search_failure("a ZIP has five digits, or nine with a hyphen", 400)
    found = state.world.directory.find(kind=_kind(request), zip_code=zip_code)
    _note_search(state, user, len(found))
    return _page(request, found, 200)


async def legacy_list(request: Request) -> Response:
    """GET or POST: the whole list in the older shape, for client credentials."""
    state = state_of(request)
    given = await fields(request, ("systemType", "query"))
    app_of(state, given)
    kind = given.get("systemType", "").replace(" ", "")
    places = state.world.directory.find(given.get("query", ""), kind=kind)
    return answer([_legacy_entry(state, place) for place in places])


def _kind(request: Request) -> str:
    unknown = set(request.query_params) - _PARAMETERS
    if unknown:
        raise search_failure(f"unknown parameter: {', '.join(sorted(unknown))}", 400)
    kind = request.query_params.get("system_type", "")
    if kind and kind not in TYPES:
        raise search_failure("no such system_type", 400)
    return kind


def _note_search(state: State, user: User, matches: int) -> None:
    details = (("result_count", str(matches)),)
    state.audit.add(audit.Happening(user.id, audit.SEARCHED, state.clock.now(), details=details))


def _page(request: Request, found: Sequence[Place], status: int) -> Response:
    offset = request.query_params.get("offset", "0")
    if not offset.isdecimal() or int(offset) % PAGE:
        raise search_failure("offset is a multiple of 20", 400)
    state = state_of(request)
    page = found[int(offset) : int(offset) + PAGE] if state.switches.search_pages == "twenty" else found
    if state.switches.search_shape == "systemList":
        return answer({"systemList": {str(place.id): _legacy_entry(state, place) for place in page}}, status)
    return answer([_entry(state, place) for place in page], status)


def resource_url(state: State, place: Place, version: str = "") -> str:
    """The place's own FHIR address, which the callback repeats as `iss`."""
    return f"{state.options.base}/place/{place.id}/fhir/{version or place.versions[0]}"


def _logo(state: State, place: Place) -> str:
    return f"{state.options.base}/logos/{place.id}.svg"


def _entry(state: State, place: Place) -> dict[str, Any]:
    short = {"id": place.id, "name": place.name, "address": place.address}
    if state.switches.search_shape == "short":
        return short
    version = place.versions[0]
    return {
        **short,
        "fhirVersion": version.upper() if state.switches.version_format == "R4" else version,
        "ehr": place.ehr,
        "resourceUrl": resource_url(state, place),
        "logo": _logo(state, place),
    }


def _legacy_entry(state: State, place: Place) -> dict[str, Any]:
    numbers = {"r4": "R4 4.0.1", "stu3": "STU3 3.0.2", "dstu2": "DSTU2 1.0.2"}
    address = {"line": [place.street, ""], "city": place.city, "state": place.state, "postalCode": place.zip}
    return {
        "id": place.id,
        "name": place.name,
        "resource_url": resource_url(state, place),
        "logo": _logo(state, place),
        "api_version": f"FHIR {numbers[place.versions[0]]}",
        "status": "connection_working",
        "ehr": place.ehr,
        "locations": [{"name": "Main campus", "address": address}],
    }


routes = [
    Route("/search/api/search", search, methods=["POST", "GET"]),
    Route("/search/api/systems/{zip}", by_zip, methods=["GET"]),
    Route("/search/api/systems", by_zip, methods=["GET"]),
    Route("/search/api/all-systems", search, methods=["GET"]),
    Route("/api/connect/system/clinical", legacy_list, methods=["GET", "POST"]),
]
