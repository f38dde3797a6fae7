"""What any gateway to health systems offers: verbs, values and errors.

The rest of `connect` knows only this file. `connect/oneup` is the first implementation; a direct SMART on
FHIR gateway can be the second, which is why a `Departure` has room for a memo (state, PKCE verifier) and why
tokens come back as plain values without saying whose they are. No Django here, and no network.

Errors say what to do next (wait, sign in, stop) and remember which call and which HTTP status, never a body
and never an address: either may hold health data or a secret.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

PlaceKind = Literal["provider", "plan", ""]
"""A hospital or practice, a health plan, or not known."""

EventWord = Literal[
    "selected",  # the patient picked the place
    "returned",  # the patient came back from the place's sign-in and had agreed
    "declined",  # the patient came back and had not agreed, or the place said no
    "unreachable",  # no connection to the place came about
    "started",  # signed in, matched, the place's data is being fetched by the gateway
    "failed",  # the place did not hand over some or all data
    "finished",  # the gateway has everything the place sent
    "timed_out",  # the gateway gave up waiting for the place; what it has may be part
]


class GatewayError(Exception):
    """A call to a gateway did not work.

    `call` is our own name of the call ("everything"), `status` the HTTP status or None when no whole
    answer came.
    """

    def __init__(self, call: str, status: int | None = None) -> None:
        super().__init__(call, status)  # plain arguments, so that a copy or a pickle is the same error
        self.call = call
        self.status = status

    def __str__(self) -> str:
        """One short line without anything that came from outside."""
        return f"{self.call}: {type(self).__name__} ({self.status or 'no answer'})"


class TryLater(GatewayError):
    """No answer, a cut answer, 429 or 5xx: the same call may work later.

    `retry_after` is in seconds, 0 to 900, or None when the gateway did not say.
    """

    def __init__(self, call: str, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(call, status)
        self.args = (call, status, retry_after)
        self.retry_after = retry_after


class SignInAgain(GatewayError):
    """401, a token that is no longer good, or a redirect or web page where JSON was due: new tokens are
    needed.
    """


class Refused(GatewayError):
    """Any other 4xx, or a polite 200 that says it did not work: asking again the same way will not help."""


class AlreadyExists(Refused):
    """The account is there already; ask for a new code instead."""


class NotFound(Refused):
    """The gateway does not know the account, place, patient or resource, or it was deleted."""


class Unreadable(GatewayError):
    """An answer we cannot use: not JSON, wrong shape, not whole, too large, or a link to another server."""


class TooLarge(Unreadable):
    """An answer of more bytes than we take; the rest of it was not read."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """An access token, its refresh token, and how long the access token lives (seconds from now)."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)  # "" when the gateway gave none
    expires_in: int


@dataclass(frozen=True, slots=True)
class Place:
    """A health system or health plan in the gateway's directory. Everything but `key` and `name` may be
    empty.
    """

    key: str  # the gateway's own id, as text: "4706"
    name: str
    address: str = ""  # one line, as the directory has it
    city: str = ""
    state: str = ""  # two capital letters
    kind: PlaceKind = ""
    fhir_versions: tuple[str, ...] = ()  # "dstu2", "stu3", "r4"
    ehr: str = ""
    resource_url: str = ""  # the place's own FHIR base; never fetched by us
    logo_url: str = ""  # https, or empty


@dataclass(frozen=True, slots=True)
class PlacePage:
    """One page of the directory; `offset` is where it begins."""

    places: tuple[Place, ...]
    offset: int
    has_more: bool


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the patient goes to sign in. The address is for that patient's browser and for nobody's log."""

    address: str = field(repr=False)
    host: str
    memo: str = field(default="", repr=False)  # what the gateway needs back on return; kept by us, opaque


@dataclass(frozen=True, slots=True)
class SearchFrame:
    """The gateway's own search page, made to stand in a frame of ours, and the one origin it answers at."""

    address: str
    origin: str


@dataclass(frozen=True, slots=True)
class PatientRef:
    """One Patient resource the account owns: usually one for each connected place."""

    fhir_version: str
    id: str
    place_key: str  # "" when the resource does not say
    body: bytes = field(repr=False)


class Rejected(NamedTuple):
    """An entry of a page that cannot be kept as a record, and one word why."""

    reason: str
    body: bytes

    def __repr__(self) -> str:
        """The reason and the size; the body is health data."""
        return f"Rejected(reason={self.reason!r}, {len(self.body)} bytes)"


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a patient's chart: exact upstream bytes, one item for each resource.

    `next` is a cursor for the next call of `everything`, None at the end. It holds no token and may be
    stored; the same page gives the same cursor, so a caller that meets a cursor twice knows that it walks
    in a circle. `total` is what the gateway claims, None when it does not say. At a dead end there is more,
    by a link that cannot be followed: what this page brought is good all the same.
    """

    resources: tuple[bytes, ...] = field(repr=False)
    next: str | None = field(repr=False)
    total: int | None = None
    rejected: tuple[Rejected, ...] = ()
    dead_end: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """Something the gateway noted about one patient and one place."""

    place_key: str  # "" when the gateway did not say
    place_name: str
    what: EventWord
    fhir_version: str  # "" when the gateway did not say
    at: datetime  # aware
    kinds: tuple[str, ...] = ()  # FHIR resource types it names, mostly of a failure
    key: str = ""  # the gateway's own id of the event


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
