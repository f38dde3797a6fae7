"""Everything the sandbox remembers, in one object that a reset replaces.

The directory and the made-up people never change while the process lives; they are a `World`, built once.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, cast

from starlette.requests import Request

from sandbox.audit import AuditLog, Happening
from sandbox.charts import VERSIONS, Chart, Login
from sandbox.clock import Clock
from sandbox.directory import Directory
from sandbox.exports import Export
from sandbox.faults import Faults
from sandbox.fhir_store import FhirStore
from sandbox.ledger import Ledger
from sandbox.limits import Limits
from sandbox.options import App, Options
from sandbox.sharing import Grant, Group
from sandbox.switches import Switches
from sandbox.tokens import Lifetimes, TokenDesk

_FIRST_USER = 40001


@dataclass
class User:
    """A 1up user: a number of 1up's and a name of the app's own."""

    id: int
    client_id: str
    app_user_id: str
    active: bool = True


@dataclass
class Attempt:
    """Somebody on the way to a place's sign-in. `key` is the state parameter of the authorisation address."""

    key: str
    user: int
    client_id: str
    system_id: int
    fhir_version: str
    started: datetime
    own_state: str = ""  # what the legacy form's caller wants back
    login: Login | None = None
    outcome: str = ""  # "", "allowed", "declined", "failed"


@dataclass
class Connection:
    """A user's standing permission at one place, and where its ingestion stands."""

    user: int
    system_id: int
    fhir_version: str
    username: str
    charts: tuple[Chart, ...]
    agreed: datetime
    due: datetime
    status: str = "waiting"  # waiting, done, timed-out
    source_token: bool = True
    patients: dict[int, str] = field(default_factory=dict)  # position of the chart: id its Patient was given
    taken: datetime | None = None  # when the records were first taken over
    held: dict[int, Chart] = field(default_factory=dict)  # position of the chart: what was last taken over
    erased: set[int] = field(default_factory=set)  # positions of charts that were deleted and not taken since
    source_until: datetime | None = None  # when the place's permission lapses by itself
    refreshed: datetime | None = None  # when it was last used
    asked: bool = False  # whether an ingest was asked for that no pass has answered yet
    last_asked: datetime | None = None

    def is_held(self, now: datetime) -> bool:
        """Whether the place may be asked without the patient."""
        return self.source_token and (self.source_until is None or now < self.source_until)


class Link(Protocol):
    """What an attempt and a connection have in common: somebody, at a place, in a FHIR version."""

    user: int
    system_id: int
    fhir_version: str


@dataclass(frozen=True)
class World:
    """What is the same after every reset."""

    options: Options
    directory: Directory
    logins: tuple[Login, ...]

    def logins_at(self, system_id: int) -> list[Login]:
        """The sign-ins one place knows."""
        return [login for login in self.logins if login.system_id == system_id]


class State:
    """One life of the sandbox, from start or reset to the next reset."""

    def __init__(self, world: World) -> None:
        options = world.options
        self.world = world
        self.options = options
        self.clock = Clock()
        self.apps: dict[str, App] = {}
        self.secrets: set[str] = set()  # every value that must not stand in a URL
        self.users: dict[int, User] = {}
        lifetimes = Lifetimes(options.code_seconds, options.access_seconds, options.refresh_seconds)
        self.tokens = TokenDesk(lifetimes, self.secrets)
        self.attempts: dict[str, Attempt] = {}
        self.connections: list[Connection] = []
        self.grants: set[Grant] = set()
        self.stores: dict[str, FhirStore] = {
            version: FhirStore(version, f"{options.base}/api/{version}/", self.grants) for version in VERSIONS
        }
        self.groups: dict[str, Group] = {}
        self.exports: dict[str, Export] = {}
        self.realm_tokens: dict[str, tuple[str, datetime]] = {}  # of the population gateway: app and end
        self.audit = AuditLog()
        self.ledger = Ledger()
        self.faults = Faults()
        self.switches = Switches()
        self.limits = Limits(options.rate_limits)
        self.next_pass = self.clock.now() + timedelta(seconds=options.tick)
        self.pass_lock = asyncio.Lock()
        self._next_number = _FIRST_USER
        for app in options.apps:
            self.add_app(app)

    def add_app(self, app: App) -> None:
        """Register an app, or replace the one with its client_id."""
        self.apps[app.client_id] = app
        self.secrets.add(app.secret)

    def add_user(self, client_id: str, app_user_id: str, *, active: bool = True) -> User:
        """A new user with the next number."""
        return self.keep_user(User(self._next_number, client_id, app_user_id, active))

    def keep_user(self, user: User) -> User:
        """Take in a user that has its number."""
        self.users[user.id] = user
        self._next_number = max(self._next_number, user.id + 1)
        return user

    def find_user(self, client_id: str, *, app_user_id: str = "", oneup_user_id: str = "") -> User | None:
        """One user of an app by either of its names; another app's users do not exist here."""
        for user in self.users.values():
            if user.client_id != client_id:
                continue
            if str(user.id) == oneup_user_id or (app_user_id and user.app_user_id == app_user_id):
                return user
        return None

    def happened(
        self, link: Link, code: str, *, failure: str = "", details: tuple[tuple[str, str], ...] = ()
    ) -> None:
        """Write down what happened to somebody at a place; with `failure`, that it failed and why."""
        place = self.world.directory.get(link.system_id)
        named = (("fhir_version", link.fhir_version), *details)
        name, now = place.name if place else "", self.clock.now()
        self.audit.add(Happening(link.user, code, now, link.system_id, name, failure, named))

    def connections_of(self, user: int, system_id: int | None = None) -> list[Connection]:
        """A user's connections, or the ones at one place."""
        return [c for c in self.connections if c.user == user and system_id in (None, c.system_id)]


class Holder:
    """Where the running server finds its present State."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.state = State(world)

    def reset(self) -> State:
        """Begin anew. Apps stay: they are the console's configuration, not anybody's data."""
        apps = self.state.apps
        self.state = State(self.world)
        for app in apps.values():
            self.state.add_app(app)
        return self.state


def state_of(request: Request) -> State:
    """The State a request is served from."""
    return cast(Holder, request.app.state.holder).state
