"""The verbs of a gateway, and those of the one who may delete: two objects, so that neither can do both."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from connect.gateway.values import (
    Departure,
    Event,
    ExportFile,
    ExportStep,
    Lines,
    Page,
    PatientRef,
    PlaceKind,
    PlacePage,
    SearchFrame,
    SourceAccess,
    Tokens,
)


class Gateway(Protocol):
    """The verbs. Each has a total deadline, may raise any `GatewayError`, and never sleeps or retries."""

    @property
    def name(self) -> str:
        """The word an account row keeps to say which gateway it belongs to: "oneup"."""

    def create_account(self, app_user_id: str) -> tuple[str, str]:
        """Open an account under our own opaque id; the gateway's id of it and a one-time code.

        Raises `AlreadyExists` when there is one; `new_code` is the way on then.
        """

    def new_code(self, app_user_id: str) -> tuple[str, str]:
        """A fresh one-time code for an account: the gateway's id of it and the code. Raises `NotFound`."""

    def redeem(self, code: str) -> Tokens:
        """Tokens for a one-time code.

        A code not known (yet) raises `TryLater` with `retry_after=1`: try the same code once more,
        then a new one.
        """

    def refresh(self, refresh_token: str) -> Tokens:
        """New tokens for a refresh token, which is dead afterwards. Raises `SignInAgain` if it was."""

    def search_places(self, access: str, words: str, *, offset: int = 0, kind: PlaceKind = "") -> PlacePage:
        """One page of places whose name, address or city match; without words the alphabet's start."""

    def places_near(self, access: str, zip_code: str, *, offset: int = 0, kind: PlaceKind = "") -> PlacePage:
        """One page of places in a US ZIP code: five digits, or nine with a hyphen."""

    def depart(self, access: str, place_key: str, fhir_version: str = "") -> Departure:
        """Where this patient signs in at this place; the address is checked and holds no token of ours."""

    def search_frame(self) -> SearchFrame | None:
        """The gateway's own search page; None where there is none, or where it is not to be used."""

    def frame_message(self, access: str) -> dict[str, str]:
        """What that page is told through its port, and nobody else: it holds the token. Asks nobody."""

    def patients(self, access: str, fhir_version: str) -> tuple[PatientRef, ...]:
        """All Patient resources the account owns in one FHIR version, from all pages."""

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
        """One page of a patient's chart; with a cursor the page it points to, and the other arguments rest.

        `count` is resources a page (1 to 100), `since` a FHIR instant, `types` resource types.
        """

    def events(self, external_id: str, since: datetime) -> tuple[Event, ...]:
        """What happened for one account since an aware time, oldest first. Asked with our own credentials."""

    def read(self, access: str, fhir_version: str, resource_type: str, id: str) -> bytes:
        """One resource, exact bytes. Raises `NotFound` when it is unknown or deleted."""

    def ingest(self, external_id: str, place_key: str, fhir_version: str) -> None:
        """Ask the place to send anew, without the patient. Comes back at once; `events` tell how it goes.

        Raises `CannotIngest`, and `TryLater` when it was asked a moment ago.
        """

    def source_access(self, external_id: str, fhir_version: str) -> tuple[SourceAccess, ...]:
        """What the gateway holds of one account's sign-ins in one version; a place it is silent about is
        not among them. Raises `CannotIngest` where the account is refused.
        """

    def revoke(self, external_id: str, place_key: str, fhir_version: str) -> None:
        """Take the patient's permission at a place back: no more records come until they sign in again.

        What came stays. Raises `CannotIngest`; not_connected and no_sign_in say that nothing is left to take.
        """


class Exporter(Protocol):
    """Whole charts as files, for one account or for all of them: an object of its own for each errand, which
    knows whose records it may have.
    """

    @property
    def name(self) -> str:
        """As the gateway's."""

    def begin(self, *, since: str = "", types: Iterable[str] = ()) -> ExportStep:
        """Ask for an export. Raises `Refused` where the gateway does not offer it."""

    def ask(self, status: str) -> ExportStep:
        """How an export stands that takes its time. Raises `TryLater` with its status where it failed."""

    def lines(self, file: ExportFile, start: int, most: int) -> Lines:
        """Lines of a file from byte `start` on, at most so many bytes. Raises `NotFound` once it is gone."""


class Sharer(Protocol):
    """Lets another account of the gateway see a Patient, and takes that back. An object of its own."""

    @property
    def name(self) -> str:
        """As the gateway's."""

    def permit(self, access: str, patient: str, fhir_version: str, other: str) -> None:
        """Let the account of this id see a Patient of the token's own. Twice is as once."""

    def withdraw(self, access: str, patient: str, fhir_version: str, other: str) -> None:
        """Take that back. Raises `NotFound` where the Patient or the other account is not there."""


class Eraser(Protocol):
    """Deletes at the gateway what cannot be had back. An object of its own, behind a door of its own."""

    @property
    def name(self) -> str:
        """As the gateway's."""

    def erase_patient(self, access: str, patient: str, fhir_version: str) -> None:
        """Delete one Patient and all that belongs to it. Raises `NotFound` when nothing is there."""

    def purge(self, access: str, fhir_version: str) -> None:
        """Delete all of one account in one version, with its history. The account itself stays.

        Raises `TryLater` where it was cut off half-way: call again until it comes back.
        """

    def close_account(self, external_id: str, app_user_id: str) -> None:
        """Switch the account off: its tokens die and no code is given any more. Raises `NotFound`."""
