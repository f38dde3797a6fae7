"""The 1up client: one method for each verb of `connect.gateway.Gateway`, plain values in and out.

Which of two disagreeing documents is followed stands in docs/oneup.md §15.1. Nothing here sleeps or retries.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from urllib.parse import urlencode

from connect.gateway import (
    Departure,
    Event,
    Gateway,
    NotFound,
    Page,
    PatientRef,
    PlaceKind,
    PlacePage,
    SearchFrame,
    SourceAccess,
    Tokens,
    Unreadable,
    instant,
)
from connect.http import Answer, Deadline, Door, trouble
from connect.oneup import bundles, events, ingesting, links, places, replies
from connect.oneup.brackets import NotWhole
from connect.oneup.patients import patient_refs
from connect.oneup.rules import FHIR_ID, FHIR_TYPE, KEY, ZIP, app_door, user_door, with_token
from connect.oneup.settings import OneUpSettings

_SMALL = 1_000_000  # bytes: accounts, tokens, the hop
_DIRECTORY = 20_000_000  # bytes: the whole list of systems, where the reply is not paged
_PAGES = 50  # of Patients or events of one account; more is a circle or a fault


class OneUp(Gateway):
    """1upHealth. Holds no patient's state: one object serves all patients and threads of a process."""

    name = "oneup"

    def __init__(self, settings: OneUpSettings) -> None:
        self._settings = settings
        self._as_patient = user_door(settings)
        self._as_app = app_door(settings)

    def create_account(self, app_user_id: str) -> tuple[str, str]:
        """1up's number of the new user and a code (docs/oneup.md §3.2). Raises `AlreadyExists`."""
        return self._account("create_account", "/user-management/v1/user", app_user_id)

    def new_code(self, app_user_id: str) -> tuple[str, str]:
        """1up's number of the user and a fresh code (docs/oneup.md §3.4). Raises `NotFound`."""
        return self._account("new_code", "/user-management/v1/user/auth-code", app_user_id)

    def redeem(self, code: str) -> Tokens:
        """Tokens for a code (docs/oneup.md §4.1); a code not known (yet) is `TryLater` with one second."""
        return self._tokens("redeem", {"grant_type": "authorization_code", "code": code})

    def refresh(self, refresh_token: str) -> Tokens:
        """New tokens (docs/oneup.md §4.2). The old refresh token is dead afterwards."""
        return self._tokens("refresh", {"grant_type": "refresh_token", "refresh_token": refresh_token})

    def search_places(self, access: str, words: str, *, offset: int = 0, kind: PlaceKind = "") -> PlacePage:
        """A page of 20 places (docs/oneup.md §5.1); `offset` counts places and is a multiple of 20."""
        query = places.search_words(words)
        if words.strip() and not query:
            return PlacePage(
                (), offset, has_more=False
            )  # nothing 1up can look for; it would list the alphabet
        asked = {"query": query, "offset": str(offset), "system_type": places.SYSTEM_TYPES.get(kind, "")}
        url = _url(f"{self._settings.search}/api/search", asked)
        call, method = "search_places", self._settings.search_method
        answer = self._as_patient.send(
            call, method, url, headers=with_token(access), deadline=self._deadline(), cap=_DIRECTORY
        )
        reply = replies.checked(call, answer)
        return places.place_page(
            call, answer.status, reply, offset=offset, kind=kind, insecure=self._settings.allow_insecure
        )

    def places_near(self, access: str, zip_code: str, *, offset: int = 0, kind: PlaceKind = "") -> PlacePage:
        """A page of the places in a ZIP code (docs/oneup.md §5.2). What is no ZIP code has none."""
        if not re.fullmatch(ZIP, zip_code):
            return PlacePage((), offset, has_more=False)
        asked = {"offset": str(offset), "system_type": places.SYSTEM_TYPES.get(kind, "")}
        url = _url(f"{self._settings.search}/api/systems/{zip_code}", asked)
        call = "places_near"
        answer = self._get(self._as_patient, call, url, with_token(access), self._deadline(), _DIRECTORY)
        reply = replies.checked(call, answer)
        return places.place_page(
            call, answer.status, reply, offset=offset, kind=kind, insecure=self._settings.allow_insecure
        )

    def depart(self, access: str, place_key: str, fhir_version: str = "") -> Departure:
        """The place's sign-in address, asked for from server to server (docs/oneup.md §6.1).

        With `legacy_hop` it is 1up's own, and nothing is asked.
        """
        if not re.fullmatch(KEY, place_key):
            raise NotFound("depart")
        if self._settings.legacy_hop:
            return links.legacy_departure(access, place_key, fhir_version, self._settings)
        asked = {"sendRedirectUrlAsResponse": "true", "fhirVersion": fhir_version}
        url = _url(f"{self._settings.search}/api/clinical/{place_key}", asked)
        headers = with_token(access) | {"x-client-id": self._settings.client_id}
        answer = self._get(self._as_patient, "depart", url, headers, self._deadline(), _SMALL)
        reply = replies.checked("depart", answer)
        return links.departure("depart", reply, place_key, self._settings, access)

    def search_frame(self) -> SearchFrame | None:
        """System Search's page, where the settings allow it (docs/oneup.md §7)."""
        return links.search_frame(self._settings.search) if self._settings.embedded_search else None

    def frame_message(self, access: str) -> dict[str, str]:
        """The token as a string: the sample in 1up's documents sends an object (docs/oneup.md §7)."""
        return {"jwt": access}

    def patients(self, access: str, fhir_version: str) -> tuple[PatientRef, ...]:
        """Every Patient the user owns in one version (docs/oneup.md §0.2 fact 7, §8.7)."""
        url = f"{self._settings.fhir(fhir_version)}/Patient"
        pages = self._pages(self._as_patient, "patients", url, {"_count": "100"}, with_token(access), access)
        return patient_refs("patients", pages, fhir_version)

    def everything(
        self,
        access: str,
        patient: str,
        fhir_version: str,
        *,
        cursor: str | None = None,
        count: int = 100,
        since: str = "",
        types: Iterable[str] = (),
    ) -> Page:
        """One page of a chart (docs/oneup.md §9.1). `since` and `types` are for R4, alone in knowing them."""
        call = "everything"
        url = f"{self._settings.fhir(fhir_version)}/Patient/{patient}/$everything"
        asked = {"_count": str(min(max(count, 1), 100))}
        if fhir_version == "r4":
            asked |= {"_since": since, "_type": ",".join(types)}
        where = _url(url, asked) if cursor is None else f"{url}?{links.checked_cursor(call, cursor, access)}"
        return self._page(self._as_patient, call, where, with_token(access), access, self._deadline())

    def events(self, external_id: str, since: datetime) -> tuple[Event, ...]:
        """What 1up noted about one user (docs/oneup.md §12), asked with our credentials and its number."""
        asked = {
            "subtype": events.SUBTYPES,
            "agent-name:contains": events.person(external_id),
            "recorded": f"ge{instant(since)}",
            "_count": "100",
        }
        headers = self._settings.credentials | {"x-oneup-user-id": external_id}
        url = f"{self._settings.fhir('r4')}/AuditEvent"
        secret = self._settings.client_secret
        pages = self._pages(self._as_app, "events", url, asked, headers, secret)
        return events.events_of((each for page in pages for each in page.resources), external_id)

    def read(self, access: str, fhir_version: str, resource_type: str, id: str) -> bytes:
        """One resource, exact bytes (docs/oneup.md §8.6). Raises `NotFound` for unknown and deleted ones,
        `TooLarge`.
        """
        call, cap = "read", self._settings.file_cap
        if not re.fullmatch(f"{FHIR_TYPE}/{FHIR_ID}", f"{resource_type}/{id}"):
            raise NotFound(call)  # the id may come out of a reference that a hospital wrote
        url = f"{self._settings.fhir(fhir_version)}/{resource_type}/{id}"
        answer = self._get(self._as_patient, call, url, with_token(access), self._deadline(), cap)
        body = answer.body.removeprefix(replies.BOM)
        if bundles.reason_to_reject(body, cap) or bundles.type_of(body) != resource_type:
            raise replies.not_a_record(call, answer)
        return body

    def ingest(self, external_id: str, place_key: str, fhir_version: str) -> None:
        """Ask a place to send anew (docs/oneup.md §11.1). Raises `CannotIngest`; a 429 is `TryLater`."""
        told = ingesting.about("ingest", external_id, fhir_version, place_key)
        ingesting.check_agreed("ingest", self._about("ingest", "POST", "", told))

    def source_access(self, external_id: str, fhir_version: str) -> tuple[SourceAccess, ...]:
        """The source tokens 1up holds (docs/oneup.md §11.2), asked for as query and as body (§15.1)."""
        call = "source_access"
        told = ingesting.about(call, external_id, fhir_version)
        answer = self._about(call, "GET", _url("/token-status", told), told)
        return ingesting.access(call, answer, fhir_version)

    def revoke(self, external_id: str, place_key: str, fhir_version: str) -> None:
        """Delete a source token (docs/oneup.md §11.3), which answers 201. Raises `CannotIngest`."""
        told = ingesting.about("revoke", external_id, fhir_version, place_key)
        ingesting.check_agreed("revoke", self._about("revoke", "POST", "/revoke-data-access", told))

    def _about(self, call: str, method: str, path: str, told: Mapping[str, str]) -> Answer:
        """An answer of any status about one user, named in a JSON body."""
        return self._as_app.send(
            call,
            method,
            self._settings.api + self._settings.ingest_path + path,
            headers=self._settings.credentials,
            json=ingesting.body_of(told),
            deadline=self._deadline(),
            cap=_SMALL,
        )

    def _account(self, call: str, path: str, app_user_id: str) -> tuple[str, str]:
        answer = self._as_app.send(
            call,
            "POST",
            self._settings.api + path,
            headers=self._settings.credentials,
            form={"app_user_id": app_user_id},
            deadline=self._deadline(),
            cap=_SMALL,
        )
        return replies.account(call, answer, app_user_id)

    def _tokens(self, call: str, grant: Mapping[str, str]) -> Tokens:
        answer = self._as_app.send(
            call,
            "POST",
            self._settings.auth + self._settings.token_path,
            headers={},
            form={**grant, **self._settings.credentials},
            deadline=Deadline(self._settings.token_deadline),
            cap=_SMALL,
        )
        return replies.tokens(call, answer)

    def _pages(
        self,
        door: Door,
        call: str,
        url: str,
        asked: Mapping[str, str],
        headers: Mapping[str, str],
        secret: str,
    ) -> Iterator[Page]:
        """All pages under one deadline. Raises `Unreadable` when links run in a circle."""
        deadline = self._deadline()
        seen: set[str] = set()
        where = _url(url, asked)
        while True:
            page = self._page(door, call, where, headers, secret, deadline)
            yield page
            if page.dead_end:
                raise Unreadable(call)
            if page.next is None:
                return
            if page.next in seen or len(seen) >= _PAGES:
                raise Unreadable(call)
            seen.add(page.next)
            where = f"{url}?{page.next}"

    def _page(
        self, door: Door, call: str, url: str, headers: Mapping[str, str], secret: str, deadline: Deadline
    ) -> Page:
        answer = self._get(door, call, url, headers, deadline, self._settings.page_cap)
        try:
            found = bundles.cut(answer.body)
        except NotWhole:
            found = None
        if found is None:
            raise replies.not_a_record(call, answer)
        try:
            following, dead_end = links.next_cursor(call, found.links, url, secret), False
        except Unreadable:
            following, dead_end = None, True
        return Page(found.resources, following, found.total, found.rejected, dead_end)

    def _get(
        self, door: Door, call: str, url: str, headers: Mapping[str, str], deadline: Deadline, cap: int
    ) -> Answer:
        """A good answer whose body was not looked at. Raises what a bad status stands for."""
        answer = door.send(call, "GET", url, headers=headers, deadline=deadline, cap=cap)
        if (error := trouble(call, answer)) is not None:
            raise error
        return answer

    def _deadline(self) -> Deadline:
        return Deadline(self._settings.deadline)


def _url(base: str, asked: Mapping[str, str]) -> str:
    """The address with those parameters that have a value."""
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{base}?{query}" if query else base
