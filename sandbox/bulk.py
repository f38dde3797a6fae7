"""Bulk export in its documented forms (docs/oneup.md §10): by token, by client header, for a group, and the
population's, behind a gateway of its own with tokens of its own.
"""

import re
import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from sandbox.answers import Refusal, answer, fhir_failure, gateway_failure, outcome, token_failure
from sandbox.credentials import Reader, fields, known_app, reader_of, unauthorized
from sandbox.exports import LARGEST_GROUP, Export, ExportFile, cut_into_files, new_id
from sandbox.fhir import KINDS, version_of
from sandbox.fhir_search import BadParameter, Predicate, Stored, date_test
from sandbox.state import State, state_of

_NDJSON = "application/fhir+ndjson"
_REALM_SECONDS = 300
_ASK_AGAIN = "2"  # seconds
_FROM = re.compile(r"bytes=(\d+)-")


async def realm_token(request: Request) -> Response:
    """POST: a token of the customer's own realm, for the app by its credentials (docs/oneup.md §10)."""
    state, given = state_of(request), await fields(request, ("grant_type", "scope"))
    app = known_app(state, given)
    if app is None or app.client_id != request.path_params["customer"]:
        raise token_failure("invalid_client", "Invalid client or Invalid client credentials", 401)
    if given.get("grant_type") != "client_credentials":
        raise token_failure("unsupported_grant_type", "Unsupported grant_type")
    token = secrets.token_hex(16)
    state.secrets.add(token)
    state.realm_tokens[token] = (app.client_id, state.clock.now() + timedelta(seconds=_REALM_SECONDS))
    return answer({"access_token": token, "token_type": "Bearer", "expires_in": _REALM_SECONDS})


async def analytics(request: Request) -> Response:
    """GET bulk-data/{v}/$export: one user's records by token or number, or those of all of an app's users."""
    return _begin(request, version_of(request), reader_of(request), None)


async def analytics_group(request: Request) -> Response:
    """GET bulk-data/r4/Group/{id}/$export: a group's, with client headers alone."""
    if "authorization" in request.headers:
        raise gateway_failure("Forbidden", 403)
    return _begin(request, "r4", reader_of(request), request.path_params["group"])


async def population(request: Request) -> Response:
    """GET $export at the population gateway: all of a customer's users, or a group of their Patients."""
    reader = _customer(request)
    if request.method in ("POST", "DELETE"):
        raise gateway_failure("Forbidden", 403)
    return _begin(request, "r4", reader, request.path_params.get("group"))


async def job(request: Request) -> Response:
    """GET $export/job/{id}: how far it is, or its list; PUT tries a failed one again, DELETE drops it."""
    state, export = state_of(request), _export_of(request)
    if request.method == "DELETE":
        _only_at(request, "analytics")
        del state.exports[export.id]
        return Response(status_code=202)
    if request.method == "PUT":
        _only_at(request, "gateway")
        export.failed, export.ready = (
            False,
            state.clock.now() + timedelta(seconds=state.switches.export_seconds),
        )
        return Response(status_code=202)
    if export.failed:
        return outcome(500, "exception", "The export failed")
    now = state.clock.now()
    if now < export.ready:
        waiting = {"Retry-After": _ASK_AGAIN, "X-Progress": f"{export.progress(now)}%"}
        return Response(status_code=202, headers=waiting)
    return _listed(state, export)


async def file(request: Request) -> Response:
    """GET one NDJSON file with the headers its export was asked with, until it has expired."""
    state, wanted = state_of(request), request.path_params["file"]
    export = _found(
        state, _reader(request), lambda one: wanted in one.files and state.clock.now() >= one.ready
    )
    if state.clock.now() >= export.ready + timedelta(seconds=state.switches.export_file_seconds):
        raise fhir_failure(404, "not-found", "the file has expired")
    return _streamed(request, export.files[wanted], ranges=state.switches.export_ranges)


def _streamed(request: Request, found: ExportFile, *, ranges: bool) -> Response:
    asked = _FROM.fullmatch(request.headers.get("range", "")) if ranges else None
    start, size = int(asked[1]) if asked else 0, found.size
    headers = {"Content-Length": str(max(0, size - start))}
    if asked:
        headers["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
    return StreamingResponse(found.pieces(start), 206 if asked else 200, headers, _NDJSON)


def _begin(request: Request, version: str, reader: Reader, group: str | None) -> Response:
    """Freeze what is asked for; a list at once, or where to ask after it."""
    state = state_of(request)
    chosen = _chosen(request, version)
    resources = (each for each in _reached(state, reader, version, group) if chosen(each))
    now, here = state.clock.now(), f"{state.options.base}{request.url.path}"
    is_async = state.switches.export == "later"
    root = re.sub(r"/Group/[^/]+/", "/", here)
    export = Export(
        new_id(), reader.client_id, frozenset(reader.users), root, f"{here}?{request.url.query}".rstrip("?"),
        is_async, now, now + timedelta(seconds=state.switches.export_seconds if is_async else 0),
        cut_into_files(resources, state.switches.export_lines),
    )  # fmt: skip
    state.exports[export.id] = export
    if state.switches.export_failures:
        state.switches = state.switches.changed({"export_failures": state.switches.export_failures - 1})
        export.failed = True
        if not is_async:
            return outcome(500, "exception", "The export failed")
    if is_async:
        return Response(status_code=202, headers={"Content-Location": f"{root}/job/{export.id}"})
    return _listed(state, export)


def _listed(state: State, export: Export) -> Response:
    expires = export.ready + timedelta(seconds=state.switches.export_file_seconds)
    return answer(export.manifest(), headers={"Expires": expires.strftime("%a, %d %b %Y %H:%M:%S GMT")})


def _chosen(request: Request, version: str) -> Predicate:
    """What `_type` and `_since` leave. An invalid type fails the whole call."""
    given = dict(request.query_params)
    if set(given) - {"_type", "_since"}:
        raise fhir_failure(400, "invalid", "unknown parameter")
    types = set(given["_type"].split(",")) if "_type" in given else None
    if types is not None and not types <= KINDS:
        raise fhir_failure(400, "invalid", "invalid type in _type")
    if "_since" in given and version != "r4":
        raise fhir_failure(400, "not-supported", "_since is R4 only")
    try:
        recent = date_test(f"ge{given['_since']}") if "_since" in given else (lambda _: True)
    except BadParameter as wrong:
        raise fhir_failure(400, "invalid", str(wrong)) from wrong
    return lambda stored: (types is None or stored.resource_type in types) and recent(stored.at)


def _reached(state: State, reader: Reader, version: str, group: str | None) -> Iterator[Stored]:
    """Everything of the reader's users, or of a group's members among them; nothing that others share."""
    store = state.stores[version]
    members = None if group is None else _members(state, reader, version, group)
    for user in reader.users:
        for patient in store.held_by(user):
            if members is None or patient in members:
                yield from store.held(user, patient)


def _members(state: State, reader: Reader, version: str, group: str) -> set[str]:
    found = state.groups.get(group)
    if found is None or found.client_id != reader.client_id:
        raise fhir_failure(404, "not-found", "no such group")
    if len(found.members) > LARGEST_GROUP:
        raise fhir_failure(400, "too-costly", "a group export takes at most 10,000 members")
    return {patient for at, patient in found.members if at == version}


def _customer(request: Request) -> Reader:
    """Who asks the population gateway: the realm's token reaches all of the app, a user's that user's."""
    state, app = state_of(request), state_of(request).apps.get(request.path_params["customer"])
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    client_id, until = state.realm_tokens.get(token.strip(), ("", state.clock.now()))
    if scheme.lower() != "bearer" or app is None:
        raise Refusal(unauthorized(state))
    if client_id and state.switches.gateway_token != "user":
        if client_id != app.client_id or state.clock.now() >= until:
            raise Refusal(unauthorized(state))
        return Reader(tuple(u.id for u in state.users.values() if u.client_id == client_id), client_id)
    if client_id or state.switches.gateway_token == "realm":
        raise Refusal(unauthorized(state))
    reader = reader_of(request)
    if reader.client_id != app.client_id:
        raise gateway_failure("Forbidden", 403)
    return reader


def _reader(request: Request) -> Reader:
    return _customer(request) if "customer" in request.path_params else reader_of(request)


def _export_of(request: Request) -> Export:
    wanted = request.path_params["job"]
    return _found(state_of(request), _reader(request), lambda one: one.id == wanted)


def _found(state: State, reader: Reader, is_it: Callable[[Export], bool]) -> Export:
    """An export of this reader. Somebody else's is not there."""
    for export in state.exports.values():
        mine = export.client_id == reader.client_id and export.users <= frozenset(reader.users)
        if mine and is_it(export):
            return export
    raise fhir_failure(404, "not-found", "no such export")


def _only_at(request: Request, where: str) -> None:
    if ("customer" in request.path_params) != (where == "gateway"):
        raise gateway_failure("Forbidden", 403)


_ANALYTICS = "/analytics/bulk-data/{version}/$export"
_GATEWAY = "/gateway/v1/{customer}/bulk-export/bulk-data/r4"
_ANY = ["GET", "PUT", "POST", "DELETE"]
routes = [
    Route(_ANALYTICS, analytics, methods=["GET"]),
    Route("/analytics/bulk-data/r4/Group/{group}/$export", analytics_group, methods=["GET"]),
    Route(f"{_ANALYTICS}/job/{{job}}", job, methods=["GET", "PUT", "DELETE"]),
    Route(f"{_ANALYTICS}/{{folder}}/{{file}}.ndjson", file, methods=["GET"]),
    Route("/gateway/auth/realms/{customer}/protocol/openid-connect/token", realm_token, methods=["POST"]),
    Route(f"{_GATEWAY}/$export", population, methods=_ANY),
    Route(f"{_GATEWAY}/Group/{{group}}/$export", population, methods=_ANY),
    Route(f"{_GATEWAY}/$export/job/{{job}}", job, methods=["GET", "PUT", "DELETE"]),
    Route(f"{_GATEWAY}/$export/{{folder}}/{{file}}.ndjson", file, methods=["GET"]),
]
