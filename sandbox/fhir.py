"""The FHIR routes over the stores, one store for each version (docs/oneup.md, FHIR API and whole-patient
operations).
"""

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.answers import Refusal, answer, fhir_failure
from sandbox.charts import dump, identity, load
from sandbox.credentials import Reader, bearer, reader_of, unauthorized
from sandbox.fhir_include import NAMES, included, read_wishes
from sandbox.fhir_search import BadParameter, Narrowing, Page
from sandbox.fhir_store import FhirStore, Gone, NotFound, paged
from sandbox.state import State, state_of

_MEDIA = "application/fhir+json"
_NUMBERS = {"dstu2": "1.0.2", "stu3": "3.0.2", "r4": "4.0.1"}
_LARGEST_PAGE, _LARGEST_SKIP = 100, 9990
_R4_ONLY = ("_type", "_since", "start", "end")
KINDS = frozenset({
    "AllergyIntolerance", "Binary", "CarePlan", "CareTeam", "Claim", "Condition", "Coverage", "Device",
    "DiagnosticReport", "DocumentReference", "Encounter", "ExplanationOfBenefit", "FamilyMemberHistory",
    "Goal", "Immunization", "Location", "Medication", "MedicationOrder", "MedicationRequest",
    "MedicationStatement", "Observation", "Organization", "Patient", "Practitioner", "Procedure",
    "Provenance",
})  # fmt: skip


@dataclass(frozen=True)
class Paging:
    """How much is asked for and from where; `rest` are the parameters that select."""

    count: int
    after: str | None
    skip: int
    rest: tuple[tuple[str, str], ...]


async def metadata(request: Request) -> Response:
    """GET: a small CapabilityStatement, open to everybody."""
    version = version_of(request)
    kind = "Conformance" if version == "dstu2" else "CapabilityStatement"
    interactions = [{"code": code} for code in ("create", "read", "search-type")]
    body = {"resourceType": kind, "status": "active", "kind": "instance", "fhirVersion": _NUMBERS[version],
            "format": ["json"], "implementation": {"url": f"{state_of(request).options.base}/api/{version}/"},
            "rest": [{"mode": "server", "resource": [
                {"type": name, "interaction": interactions} for name in sorted(KINDS)]}]}  # fmt: skip
    return answer(body, kind=_MEDIA)


async def everything(request: Request) -> Response:
    """GET Patient/{id}/$everything: all of one chart, types in alphabetical order, page by page."""
    version, reader, paging = version_of(request), reader_of(request), _paging(request)
    store = state_of(request).stores[version]
    if version != "r4" and any(name in _R4_ONLY for name, _ in paging.rest):
        raise fhir_failure(400, "not-supported", "_type, _since, start and end are R4 only")
    patient = request.path_params["id"]
    look = _everything_of_user if state_of(request).switches.everything_covers == "user" else _everything
    page = _first_found(reader, lambda user: look(store, user, patient, paging))
    return _bundle(request, page, paging)


async def read(request: Request) -> Response:
    """GET {Type}/{id}: one resource."""
    state, version, reader = state_of(request), version_of(request), reader_of(request)
    kind, identifier = request.path_params["type"], request.path_params["id"]
    if kind == "AuditEvent":
        return _one_event(state, reader, identifier)
    body = _first_found(reader, lambda user: state.stores[version].read(user, kind, identifier))
    return Response(body, media_type=_MEDIA)


async def search(request: Request) -> Response:
    """GET {Type}: a search over one type; POST {Type}/_search with the parameters in the body."""
    state, version, reader = state_of(request), version_of(request), reader_of(request)
    paging = _paging(request, await _form(request) if request.method == "POST" else "")
    kind = request.path_params["type"]
    try:
        if kind == "AuditEvent":
            events = state.audit.resources(reader.users, paging.rest) if version == "r4" else []
            return _bundle(request, _event_page(events, paging), paging)
        return _bundle(request, _with_included(state.stores[version], reader, kind, paging), paging)
    except BadParameter as wrong:
        raise fhir_failure(400, "invalid", str(wrong)) from wrong


async def create(request: Request) -> Response:
    """POST {Type}: keep a resource under an id of ours and say it back. Bearer only, as documented."""
    state, version, kind = state_of(request), version_of(request), request.path_params["type"]
    user = bearer(request)
    if user is None:
        raise Refusal(unauthorized(state))
    sent = _resource(await request.body(), kind)
    body = state.stores[version].write(user.id, sent, at=state.clock.now())
    return Response(body, state.switches.created_resource_status, media_type=_MEDIA)


def _resource(body: bytes, kind: str) -> bytes:
    """A resource of this type in chart form; its own id, if it has one, gives way."""
    try:
        sent = load(body)
    except (ValueError, RecursionError) as broken:
        raise fhir_failure(400, "structure", "the body is not JSON") from broken
    if not isinstance(sent, dict) or sent.get("resourceType") != kind or kind not in KINDS:
        raise fhir_failure(400, "invalid", "the body is not a resource of this type")
    return dump({**sent, "id": "sent"})


async def _form(request: Request) -> str:
    body = (await request.body()).decode("utf-8", "replace")
    is_form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    if body and not is_form:
        raise fhir_failure(415, "invalid", "a search is posted as a form")
    return body


def version_of(request: Request) -> str:
    """The version in the address, if there is a store of it."""
    version: str = request.path_params["version"]
    is_closed = version == "stu3" and state_of(request).switches.fhir_versions == "two"
    if version not in _NUMBERS or is_closed:
        raise fhir_failure(404, "not-found", "no such FHIR version")
    return version


def _paging(request: Request, body: str = "") -> Paging:
    """Paging out of the query. Refuses a page over 100, a start over 9990 and a bare `|`, as 1up does."""
    if "|" in request.url.query:
        raise fhir_failure(400, "invalid", "in an address | is written %7C")
    pairs = parse_qsl(request.url.query, keep_blank_values=True) + parse_qsl(body, keep_blank_values=True)
    given = dict(pairs)
    rest = tuple(pair for pair in pairs if pair[0] not in {"_count", "_after", "_skip"})
    count, skip = _whole(given.get("_count", "10")), _whole(given.get("_skip", "0"))
    if not 1 <= count <= _LARGEST_PAGE or skip > _LARGEST_SKIP:
        raise fhir_failure(400, "invalid", "_count is 1 to 100, _skip at most 9990")
    return Paging(count, given.get("_after"), skip, rest)


def _whole(word: str) -> int:
    if not word.isdecimal():
        raise fhir_failure(400, "invalid", "not a whole number")
    return int(word)


def _first_found(reader: Reader, look: Any) -> Any:
    """The first of the reader's users who has it; the refusal that fits when none has."""
    for user in reader.users:
        try:
            return look(user)
        except NotFound:
            continue
        except Gone as gone:
            raise fhir_failure(410, "deleted", "the resource was deleted") from gone
        except BadParameter as wrong:
            raise fhir_failure(400, "invalid", str(wrong)) from wrong
    raise fhir_failure(404, "not-found", "no such resource")


def _everything(store: FhirStore, user: int, patient: str, paging: Paging) -> Page:
    given = dict(paging.rest)
    if set(given) - set(_R4_ONLY):
        raise BadParameter("unknown parameter")
    types = frozenset(given["_type"].split(",")) if "_type" in given else None
    by = Narrowing(given.get("_since"), types, given.get("start"), given.get("end"))
    return store.everything(user, patient, count=paging.count, after=paging.after, skip=paging.skip, by=by)


def _everything_of_user(store: FhirStore, user: int, patient: str, paging: Paging) -> Page:
    """All Patients' charts at once, as one catalogue describes the call; `_type` and `_since` do nothing."""
    store.read(user, "Patient", patient)
    found = sorted(store.all_of(user), key=lambda stored: (stored.resource_type, stored.id))
    return paged(found, count=paging.count, after=paging.after)


def _with_included(store: FhirStore, reader: Reader, kind: str, paging: Paging) -> Page:
    """A page of matches and what goes with them, which neither `total` nor the page's size counts."""
    wishes = read_wishes(paging.rest)
    if wishes and store.fhir_version != "r4":
        raise BadParameter("_include and _revinclude are R4 only")
    selecting = tuple(pair for pair in paging.rest if pair[0] not in NAMES)
    page = _search(store, reader, kind, replace(paging, rest=selecting))
    pool = (stored for user in reader.users for stored in store.all_of(user))
    return replace(page, included=included(page.entries, pool, wishes))


def _search(store: FhirStore, reader: Reader, kind: str, paging: Paging) -> Page:
    """One user's page from the store; for all users of an app, their matches one after another."""
    if len(reader.users) == 1:
        return store.search(
            reader.users[0],
            kind,
            parameters=paging.rest,
            count=paging.count,
            after=paging.after,
            skip=paging.skip,
        )
    found = [
        body
        for user in reader.users
        for body in store.search(user, kind, parameters=paging.rest, count=10**9).entries
    ]
    return _slice(found, paging)


def _event_page(events: Iterable[dict[str, Any]], paging: Paging) -> Page:
    bodies = [json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode() for event in events]
    return _slice(bodies, paging)


def _slice(found: Sequence[bytes], paging: Paging) -> Page:
    """A page of a list that only grows at its end; its cursor is a position in disguise."""
    start = _position(paging.after) if paging.after else paging.skip
    end = start + paging.count
    cursor = base64.urlsafe_b64encode(f"at:{end}".encode()).decode().rstrip("=") if end < len(found) else None
    return Page(len(found), list(found[start:end]), cursor)


def _position(cursor: str) -> int:
    try:
        mark, _, number = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition(":")
        return int(number) if mark == "at" else int("no")
    except ValueError as wrong:
        raise BadParameter("not a cursor of this server") from wrong


def _one_event(state: State, reader: Reader, identifier: str) -> Response:
    found = state.audit.resources(reader.users, (("_id", identifier),))
    if not found:
        raise fhir_failure(404, "not-found", "no such resource")
    return answer(found[0], kind=_MEDIA)


def _bundle(request: Request, page: Page, paging: Paging) -> Response:
    """A searchset of the page, its resources byte for byte as the store has them."""
    state = state_of(request)
    root = f"{state.options.base}/api/{request.path_params['version']}"
    head = {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": page.total,
        "link": _links(request, page, paging),
    }
    matches = [_entry(root, body, b"match") for body in page.entries]
    entries = b",".join([*matches, *(_entry(root, body, b"include") for body in page.included)])
    text = json.dumps(head, separators=(",", ":")).encode()[:-1]
    if entries or state.switches.empty_search != "absent":
        text += b',"entry":[' + entries + b"]"
    return Response(text + b"}", media_type=_MEDIA)


def _entry(root: str, body: bytes, mode: bytes) -> bytes:
    kind, identifier = identity(body)
    return b'{"fullUrl":"%s/%s/%s","search":{"mode":"%s"},"resource":%s}' % (
        root.encode(),
        kind.encode(),
        identifier.encode(),
        mode,
        body,
    )


def _links(request: Request, page: Page, paging: Paging) -> list[dict[str, str]]:
    state = state_of(request)
    here = f"{state.options.base}{request.url.path.removesuffix('/_search').replace('/api/fhir/', '/api/')}"
    own = [*paging.rest, ("_count", str(paging.count))]
    present = [*own, ("_after", paging.after)] if paging.after else own
    links = [{"relation": "self", "url": f"{here}?{urlencode(present)}"}]
    if page.next_cursor and state.switches.next_link == "present":
        links.append({"relation": "next", "url": f"{here}?{urlencode([*own, ('_after', page.next_cursor)])}"})
    return links


routes = [
    Route(f"{root}/{path}", handler, methods=[method])
    for root in ("/api/fhir/{version}", "/api/{version}")
    for method, path, handler in (
        ("GET", "metadata", metadata),
        ("GET", "Patient/{id}/$everything", everything),
        ("POST", "{type}/_search", search),
        ("GET", "{type}/{id}", read),
        ("GET", "{type}", search),
        ("POST", "{type}", create),
    )
]
