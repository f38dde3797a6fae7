"""Every documented call of 1up, for an operator at a terminal: an object of its own behind a door of its own.

Patients' work never has this object: it can list all users, write, and delete. It too names one user by
number and never the word `client` (docs/oneup.md §2.2). What it hands over is plain values; tokens and codes
stay in the process. `around` is called with each call's name and the call itself, so that it can be counted.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from connect.address import parse_address
from connect.allowed import Rule
from connect.gateway import Departure, PlacePage, Refused, SourceAccess, Tokens, TryLater, Unreadable
from connect.http import Answer, Deadline, Door, trouble
from connect.oneup import ingesting, links, places, replies
from connect.oneup.rules import BEARER, FHIR_ID, FHIR_TYPE, KEY, USER_ID, VERSION, ZIP, with_token
from connect.oneup.settings import OneUpSettings

Around = Callable[[str, Callable[[], Answer]], Answer]
Pairs = Iterable[tuple[str, str]]

_CAP = 50_000_000  # bytes: a page of FHIR, and the whole legacy list
_USERS = "/user-management/v1/user"
_LEGACY = "/connect/system/clinical"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class _Call(NamedTuple):
    """One thing the door lets out. `who` is app (credentials), number (and one user's) or token."""

    name: str
    method: str
    base: str
    path: str
    who: str


def _calls(settings: OneUpSettings) -> tuple[_Call, ...]:
    fhir, ingest = re.escape(settings.fhir_prefix) + f"/{VERSION}", re.escape(settings.ingest_path)
    chart = rf"{fhir}/Patient/{FHIR_ID}/\$everything"
    return (
        _Call("list_users", "GET", "api", _USERS, "app"),
        _Call("create_account", "POST", "api", _USERS, "app"),
        _Call("change_user", "PUT", "api", _USERS, "app"),
        _Call("new_code", "POST", "api", f"{_USERS}/auth-code", "app"),
        _Call("redeem", "POST", "auth", re.escape(settings.token_path), ""),
        _Call("refresh", "POST", "auth", re.escape(settings.token_path), ""),
        _Call("search", settings.search_method, "search", "/api/search", "token"),
        _Call("search", "GET", "search", f"/api/systems/{ZIP}", "token"),
        _Call("search", "GET", "search", "/api/all-systems", "token"),
        _Call("clinical_list", "POST", "api", _LEGACY, ""),
        _Call("depart", "GET", "search", f"/api/clinical/{KEY}", "token"),
        _Call("depart", "GET", "api", f"{_LEGACY}/{KEY}", ""),
        _Call("search_records", "GET", "api", f"{fhir}/{FHIR_TYPE}", "number"),
        _Call("read", "GET", "api", f"{fhir}/{FHIR_TYPE}/{FHIR_ID}", "number"),
        _Call("create_record", "POST", "api", f"{fhir}/{FHIR_TYPE}", "token"),
        _Call("everything", "GET", "api", chart, "number"),
        _Call("erase_patient", "DELETE", "api", chart, "token"),
        _Call("purge", "DELETE", "api", f"{fhir}/purge", "number"),
        _Call("ingest", "POST", "api", ingest, "app"),
        _Call("source_access", "GET", "api", f"{ingest}/token-status", "app"),
        _Call("revoke", "POST", "api", f"{ingest}/revoke-data-access", "app"),
    )


def _door(settings: OneUpSettings) -> Door:
    ours = {name: re.compile(re.escape(value)) for name, value in settings.credentials.items()}
    headers: dict[str, dict[str, re.Pattern[str]]] = {
        "": {},
        "app": ours,
        "number": ours | {"x-oneup-user-id": re.compile(USER_ID)},
        "token": {"authorization": BEARER, "x-client-id": ours["client_id"]},
    }
    return Door(
        Rule(call.name, call.method, getattr(settings, call.base), re.compile(call.path), headers[call.who])
        for call in _calls(settings)
    )


class OneUpOperator:
    """The calls of docs/oneup.md §1, each by its own method; raises the errors of `connect.gateway`."""

    def __init__(self, settings: OneUpSettings, around: Around) -> None:
        self._settings = settings
        self._around = around
        self._door = _door(settings)

    def users(self, **named: str) -> list[dict[str, Any]]:
        """Users of this app, all or by `app_user_id` or `oneup_user_id` (§3.1); nobody is an empty list."""
        try:
            reply = self._json("list_users", "GET", "api", _USERS, query=named.items(), headers=self._ours())
        except Refused as refused:
            if named and refused.status in {200, 400, 404}:
                return []
            raise
        found = reply.get("entry", [reply]) if isinstance(reply, dict) else reply
        return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []

    def create_user(self, app_user_id: str) -> tuple[str, str]:
        """1up's number of the new user, and a code (§3.2). Raises `AlreadyExists`."""
        return self._account("create_account", _USERS, {"app_user_id": app_user_id})

    def new_code(self, **named: str) -> tuple[str, str]:
        """The number of a user named either way, and a fresh code (§3.4). Raises `NotFound`."""
        return self._account("new_code", f"{_USERS}/auth-code", named)

    def change_user(self, oneup_user_id: str, **change: str) -> None:
        """Another `app_user_id`, or `active` "true" or "false" (§3.3)."""
        form = {"oneup_user_id": oneup_user_id, **change}
        self._json("change_user", "PUT", "api", _USERS, headers=self._ours(), form=form)

    def redeem(self, code: str) -> Tokens:
        """Tokens for a code (§4.1)."""
        return self._tokens("redeem", {"grant_type": "authorization_code", "code": code})

    def refresh(self, refresh_token: str) -> Tokens:
        """New tokens for a refresh token, which is dead afterwards (§4.2)."""
        return self._tokens("refresh", {"grant_type": "refresh_token", "refresh_token": refresh_token})

    def search(self, access: str, words: str, *, offset: int, system_type: str) -> PlacePage:
        """Twenty places by name, street or city (§5.1)."""
        query = [("query", places.search_words(words)), ("offset", str(offset)), ("system_type", system_type)]
        return self._places(self._settings.search_method, "/api/search", query, access, offset)

    def by_zip(self, access: str, zip_code: str, *, offset: int, system_type: str) -> PlacePage:
        """Twenty places of a ZIP code (§5.2)."""
        query = [("offset", str(offset)), ("system_type", system_type)]
        return self._places("GET", f"/api/systems/{zip_code}", query, access, offset)

    def all_systems(self, access: str, words: str, *, offset: int, system_type: str) -> PlacePage:
        """Twenty of all places (§5.3)."""
        query = [("query", places.search_words(words)), ("offset", str(offset)), ("system_type", system_type)]
        return self._places("GET", "/api/all-systems", query, access, offset)

    def clinical_list(self, words: str, *, offset: int, system_type: str) -> PlacePage:
        """Twenty of the older list, which 1up sends whole (§5.4)."""
        form = {**self._settings.credentials, "query": words, "systemType": system_type}
        call, given = "clinical_list", {name: value for name, value in form.items() if value}
        answer = self._send(call, "POST", "api", _LEGACY, form=given)
        return self._page(call, answer, offset)

    def hop(self, access: str, place_key: str, fhir_version: str) -> Departure:
        """Where a patient would sign in (§6.1)."""
        query = [("sendRedirectUrlAsResponse", "true"), ("fhirVersion", fhir_version)]
        headers = with_token(access) | {"x-client-id": self._settings.client_id}
        path = f"/api/clinical/{place_key}"
        reply = self._json("depart", "GET", "search", path, query=query, headers=headers)
        return links.departure("depart", reply, place_key, self._settings, access)

    def legacy_hop(self, access: str, place_key: str, fhir_version: str) -> str:
        """The host the older hop leads to (§6.2). The address asked for holds the token."""
        query = [
            ("client_id", self._settings.client_id),
            ("access_token", access),
            ("fhirVersion", fhir_version),
        ]
        answer = self._send("depart", "GET", "api", f"{_LEGACY}/{place_key}", query=query)
        if answer.status not in _REDIRECTS:
            replies.checked("depart", answer)
        try:
            host = parse_address(answer.location).host
        except ValueError:
            raise Unreadable("depart", answer.status) from None
        return host

    def search_records(self, number: str, version: str, kind: str, query: Pairs) -> Answer:
        """A FHIR search (§8.3): the Bundle as it came."""
        return self._fhir("search_records", number, version, kind, query)

    def read(self, number: str, version: str, kind: str, id: str) -> Answer:
        """One resource as it came (§8.6). Raises `NotFound`."""
        return self._fhir("read", number, version, f"{kind}/{id}", ())

    def everything(self, number: str, version: str, patient: str, query: Pairs) -> Answer:
        """One page of a chart as it came (§9.1)."""
        return self._fhir("everything", number, version, f"Patient/{patient}/$everything", query)

    def audit_events(self, number: str, query: Pairs) -> Answer:
        """A page of what 1up noted about one user (§12)."""
        return self._fhir("search_records", number, "r4", "AuditEvent", query)

    def create_record(self, access: str, version: str, kind: str, body: bytes) -> Answer:
        """Keep a resource for the token's user (§8.6): as 1up says it back."""
        path = f"{self._settings.fhir_prefix}/{version}/{kind}"
        answer = self._send("create_record", "POST", "api", path, headers=with_token(access), json=body)
        replies.checked("create_record", answer)
        return answer

    def erase_patient(self, access: str, version: str, patient: str) -> None:
        """Delete one Patient's chart of the token's user (§9.2)."""
        path = f"{self._settings.fhir_prefix}/{version}/Patient/{patient}/$everything"
        answer = self._send("erase_patient", "DELETE", "api", path, headers=with_token(access))
        replies.check_deleted("erase_patient", answer)

    def purge(self, number: str, version: str) -> None:
        """Delete all of one user in one version (§9.3). Raises `TryLater` where it was cut off."""
        path = f"{self._settings.fhir_prefix}/{version}/purge"
        replies.check_deleted("purge", self._send("purge", "DELETE", "api", path, headers=self._ours(number)))

    def ingest(self, number: str, place_key: str, version: str) -> None:
        """Ask a place to send anew (§11.1). Raises `CannotIngest`."""
        told = ingesting.about("ingest", number, version, place_key)
        ingesting.check_agreed("ingest", self._on_demand("ingest", "POST", "", told))

    def source_access(self, number: str, version: str) -> tuple[SourceAccess, ...]:
        """What is held of a user's sign-ins (§11.2)."""
        call, told = "source_access", ingesting.about("source_access", number, version)
        return ingesting.access(
            call, self._on_demand(call, "GET", "/token-status", told, told.items()), version
        )

    def revoke(self, number: str, place_key: str, version: str) -> None:
        """Take a patient's permission at a place back (§11.3). Raises `CannotIngest`."""
        told = ingesting.about("revoke", number, version, place_key)
        ingesting.check_agreed("revoke", self._on_demand("revoke", "POST", "/revoke-data-access", told))

    def _account(self, call: str, path: str, form: Mapping[str, str]) -> tuple[str, str]:
        answer = self._send(call, "POST", "api", path, headers=self._ours(), form=form)
        reply = replies.json_of(answer.body)
        named = str(reply.get("app_user_id", "")) if isinstance(reply, dict) else ""
        return replies.account(call, answer, form.get("app_user_id", named))

    def _tokens(self, call: str, grant: Mapping[str, str]) -> Tokens:
        form = {**grant, **self._settings.credentials}
        return replies.tokens(call, self._send(call, "POST", "auth", self._settings.token_path, form=form))

    def _places(self, method: str, path: str, query: Pairs, access: str, offset: int) -> PlacePage:
        answer = self._send("search", method, "search", path, query=query, headers=with_token(access))
        return self._page("search", answer, offset)

    def _page(self, call: str, answer: Answer, offset: int) -> PlacePage:
        reply = replies.checked(call, answer)
        insecure = self._settings.allow_insecure
        return places.place_page(call, answer.status, reply, offset=offset, kind="", insecure=insecure)

    def _fhir(self, call: str, number: str, version: str, path: str, query: Pairs) -> Answer:
        where = f"{self._settings.fhir_prefix}/{version}/{path}"
        answer = self._send(call, "GET", "api", where, query=query, headers=self._ours(number))
        if not isinstance(replies.checked(call, answer), dict):
            raise Unreadable(call, answer.status)
        return answer

    def _on_demand(
        self, call: str, method: str, path: str, told: Mapping[str, str], query: Pairs = ()
    ) -> Answer:
        where, body = self._settings.ingest_path + path, ingesting.body_of(told)
        return self._send(call, method, "api", where, query=query, headers=self._ours(), json=body)

    def _json(self, call: str, method: str, base: str, path: str, **how: Any) -> Any:
        return replies.checked(call, self._send(call, method, base, path, **how))

    def _send(
        self,
        call: str,
        method: str,
        base: str,
        path: str,
        *,
        query: Pairs = (),
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        json: bytes | None = None,
    ) -> Answer:
        """Any whole answer; one that wants us to wait is raised here, where it can be counted."""
        asked = urlencode([pair for pair in query if pair[1]])
        url = f"{getattr(self._settings, base)}{path}" + (f"?{asked}" if asked else "")
        deadline = Deadline(self._settings.erase_deadline)

        def send() -> Answer:
            answer = self._door.send(
                call, method, url, headers=headers or {}, form=form, json=json, deadline=deadline, cap=_CAP
            )
            if isinstance(error := trouble(call, answer), TryLater):
                raise error
            return answer

        return self._around(call, send)

    def _ours(self, number: str = "") -> dict[str, str]:
        return self._settings.credentials | ({"x-oneup-user-id": number} if number else {})
