"""What a gateway hands over: plain values, without a word about whose they are."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, NamedTuple

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

AccessState = Literal["active", "expired", "revoked", ""]
"""How a patient's sign-in at a place stands; "" is not known."""


def instant(when: datetime) -> str:
    """An aware time as FHIR writes it, in UTC."""
    if when.tzinfo is None:
        raise ValueError("a time without a zone")
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


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
class ExportFile:
    """One file of an export. `path` leads to it below a base of the gateway's own; it may be stored."""

    kind: str  # the FHIR type of its lines
    path: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ExportStep:
    """How an export stands: its files, or where to ask after it (below a base of the gateway's own)."""

    files: tuple[ExportFile, ...] | None = None
    status: str = field(default="", repr=False)
    wait: float | None = None  # seconds, where the gateway says so
    percent: int | None = None  # how far it is, where the gateway says so in numbers


@dataclass(frozen=True, slots=True)
class Lines:
    """Some lines of an export's file: exact upstream bytes, and the byte to go on from; None at the end."""

    resources: tuple[bytes, ...] = field(repr=False)
    next: int | None
    rejected: tuple[Rejected, ...] = ()


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


@dataclass(frozen=True, slots=True)
class SourceAccess:
    """What the gateway holds of a patient's sign-in at a place. Everything but the key may be unknown."""

    place_key: str
    fhir_version: str
    state: AccessState = ""
    renewable: bool | None = None  # whether the place may be asked anew without the patient
    refreshed_at: datetime | None = None  # aware, as the next
    expires_at: datetime | None = None
