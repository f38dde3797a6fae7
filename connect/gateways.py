"""Which gateway serves an account, and the toll before each call; the only reader of a vendor's settings.

One client for each process, so that connections to the gateway stay open. Callers get it behind its toll
(`connect.tolls`): a call that may not be made now raises `Busy` or `Resting`, which say when to come back.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from django.conf import settings

from connect import pacing, tolls
from connect.gateway import (
    Departure,
    Eraser,
    Event,
    Gateway,
    Page,
    PatientRef,
    PlaceKind,
    PlacePage,
    SourceAccess,
    Tokens,
)
from connect.oneup import OneUp, OneUpEraser, OneUpOperator, OneUpSettings
from connect.tolls import Busy, Errand, NotAsked, Resting, note

__all__ = [
    "USUAL",
    "Busy",
    "Errand",
    "NotAsked",
    "Paced",
    "PacedEraser",
    "Resting",
    "Tolled",
    "budgets",
    "clients_settings",
    "crossing",
    "eraser",
    "holds",
    "note",
    "of",
    "operator",
    "plain",
    "versions",
]

T = TypeVar("T")

USUAL = "oneup"
#: What the client is told; the rest of the settings are ours.
_CLIENTS = (
    "api",
    "auth",
    "search",
    "client_id",
    "client_secret",
    "fhir_prefix",
    "token_path",
    "ingest_path",
    "search_method",
    "legacy_hop",
    "embedded_search",
    "analytics",
    "bulk",
    "customer",
    "allow_insecure",
)
_USER_CALLS = frozenset({"create_account", "new_code", "close_account", "list_users", "change_user"})
_HOUR = 3600.0
#: Which of the settings' addresses a call goes to, where it is not the API's own.
_ELSEWHERE = {"redeem": "auth", "refresh": "auth", "search": "search", "depart": "search",
              "export": "analytics", "population": "bulk"}  # fmt: skip


def plain(name: str = USUAL) -> Gateway:
    """The gateway itself, without its toll: for a call whose toll was paid before a lock was taken."""
    return _oneup(clients_settings(name))


def of(
    name: str = USUAL, *, person: bool, whose: int | None = None, place: str = "", asked: bool = False
) -> "Paced":
    """The gateway behind its toll. `person`: somebody waits for the answer; the rest is `tolls.Errand`'s.

    Work that does not say whose it is takes no turn, and comes last when the budget is short.
    """
    return Paced(plain(name), Errand(person, whose, place, asked))


def eraser(name: str = USUAL, *, person: bool, whose: int | None = None) -> "PacedEraser":
    """The one who may delete at the gateway, behind the same toll. For the leaving workflow alone."""
    return PacedEraser(_oneup_eraser(clients_settings(name)), Errand(person, whose, asked=True))


def operator(name: str = USUAL) -> OneUpOperator:
    """Every documented call, behind the same budget. For `manage.py oneup` and nobody else."""
    return OneUpOperator(clients_settings(name), around=Tolled(name, Errand(person=True))._ask)


def versions(name: str = USUAL) -> tuple[str, ...]:
    """The FHIR versions whose stores are asked, the preferred one first."""
    return tuple(version.lower() for version in _told()["fhir_versions"])


def knows_since(name: str, fhir_version: str) -> bool:
    """Whether a gateway can be asked for what changed since a time alone (docs/oneup.md §9.1)."""
    return name == USUAL and fhir_version == "r4"


def budgets(name: str, call: str) -> tuple[pacing.Budget, ...]:
    """What a call is counted against: all of them together, and user management by the hour as well."""
    told = _told()
    every = pacing.Budget(f"{name}:all", told["requests_per_minute"])
    users = pacing.Budget(f"{name}:users", told["user_calls_per_hour"], _HOUR)
    return (every, users) if call in _USER_CALLS else (every,)


def holds(address: str, fhir_version: str) -> bool:
    """Whether a full address leads to a Binary on our gateway's own server, in this version.

    Compared piece by piece and never fetched: what is read is the id alone (docs/oneup.md §8.8).
    """
    try:
        asked, ours = urlsplit(address), urlsplit(_told()["api"])
    except ValueError:
        return False
    paths = (f"{ours.path}{prefix}/{fhir_version.lower()}/Binary/" for prefix in ("", "/fhir"))
    same = (asked.scheme, asked.netloc) in (("", ""), (ours.scheme, ours.netloc))
    return same and not asked.query and asked.path.startswith(tuple(paths))


def crossing(name: str, call: str, errand: Errand) -> AbstractContextManager[None]:
    """Around one call: the toll before it, and what came of it after. Raises `Busy` and `Resting`."""
    host = urlsplit(_told()[_ELSEWHERE.get(call, "api")]).netloc
    return tolls.crossing(tolls.Road(name, call, host, budgets(name, call)), errand)


def _told() -> dict[str, Any]:
    return cast(dict[str, Any], settings.ONEUP)


def clients_settings(name: str) -> OneUpSettings:
    """What a client of this gateway must be told. Raises `LookupError` for a gateway we do not have."""
    if name != USUAL:
        raise LookupError(name)
    told = _told()
    hosts = _our_hosts(told["allow_insecure"])
    return OneUpSettings(**{key: told[key] for key in _CLIENTS}, forbidden_hosts=hosts)


@lru_cache(maxsize=4)
def _oneup(told: OneUpSettings) -> OneUp:
    return OneUp(told)


@lru_cache(maxsize=4)
def _oneup_eraser(told: OneUpSettings) -> OneUpEraser:
    return OneUpEraser(told)


def _our_hosts(allow_insecure: bool) -> tuple[str, ...]:
    """Hosts nobody may be sent to as if they were a hospital.

    On one machine the sandbox may be a neighbour.
    """
    site = urlsplit(settings.SITE_URL).hostname or ""
    others = () if allow_insecure else (host.lstrip(".") for host in settings.ALLOWED_HOSTS)
    return tuple({site, *others} - {"", "*"})


class Tolled:
    """Something of a gateway whose calls pay their toll before they are made. To be inherited."""

    def __init__(self, name: str, errand: Errand) -> None:
        self.name = name
        self._errand = errand

    def _ask(self, call: str, verb: Callable[..., T], *given: Any, **named: Any) -> T:
        with crossing(self.name, call, self._errand):
            found = verb(*given, **named)
        note(call, "ok")
        return found


class Paced(Tolled):
    """A gateway whose calls pay their toll first. Same verbs, same errors, and `Busy` and `Resting`."""

    def __init__(self, gateway: Gateway, errand: Errand) -> None:
        super().__init__(gateway.name, errand)
        self._gateway = gateway

    def create_account(self, app_user_id: str) -> tuple[str, str]:
        """As the gateway's."""
        return self._ask("create_account", self._gateway.create_account, app_user_id)

    def new_code(self, app_user_id: str) -> tuple[str, str]:
        """As the gateway's."""
        return self._ask("new_code", self._gateway.new_code, app_user_id)

    def redeem(self, code: str) -> Tokens:
        """As the gateway's."""
        return self._ask("redeem", self._gateway.redeem, code)

    def refresh(self, refresh_token: str) -> Tokens:
        """As the gateway's."""
        return self._ask("refresh", self._gateway.refresh, refresh_token)

    def search_places(self, access: str, words: str, *, offset: int = 0, kind: PlaceKind = "") -> PlacePage:
        """As the gateway's."""
        return self._ask("search", self._gateway.search_places, access, words, offset=offset, kind=kind)

    def places_near(self, access: str, zip_code: str, *, offset: int = 0, kind: PlaceKind = "") -> PlacePage:
        """As the gateway's."""
        return self._ask("search", self._gateway.places_near, access, zip_code, offset=offset, kind=kind)

    def depart(self, access: str, place_key: str, fhir_version: str = "") -> Departure:
        """As the gateway's."""
        return self._ask("depart", self._gateway.depart, access, place_key, fhir_version)

    def patients(self, access: str, fhir_version: str) -> tuple[PatientRef, ...]:
        """As the gateway's."""
        return self._ask("patients", self._gateway.patients, access, fhir_version)

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
        """As the gateway's."""
        return self._ask("everything", self._gateway.everything, access, patient, fhir_version, cursor=cursor,
                         count=count, since=since, types=types)  # fmt: skip

    def events(self, external_id: str, since: datetime) -> tuple[Event, ...]:
        """As the gateway's."""
        return self._ask("events", self._gateway.events, external_id, since)

    def read(self, access: str, fhir_version: str, resource_type: str, id: str) -> bytes:
        """As the gateway's."""
        return self._ask("read", self._gateway.read, access, fhir_version, resource_type, id)

    def ingest(self, external_id: str, place_key: str, fhir_version: str) -> None:
        """As the gateway's."""
        self._ask("ingest", self._gateway.ingest, external_id, place_key, fhir_version)

    def source_access(self, external_id: str, fhir_version: str) -> tuple[SourceAccess, ...]:
        """As the gateway's."""
        return self._ask("source_access", self._gateway.source_access, external_id, fhir_version)

    def revoke(self, external_id: str, place_key: str, fhir_version: str) -> None:
        """As the gateway's."""
        self._ask("revoke", self._gateway.revoke, external_id, place_key, fhir_version)


class PacedEraser(Tolled):
    """The one who may delete, behind the toll. Same verbs, same errors, and `Busy` and `Resting`."""

    def __init__(self, eraser: Eraser, errand: Errand) -> None:
        super().__init__(eraser.name, errand)
        self._eraser = eraser

    def erase_patient(self, access: str, patient: str, fhir_version: str) -> None:
        """As the eraser's."""
        self._ask("erase_patient", self._eraser.erase_patient, access, patient, fhir_version)

    def purge(self, access: str, fhir_version: str) -> None:
        """As the eraser's."""
        self._ask("purge", self._eraser.purge, access, fhir_version)

    def close_account(self, external_id: str, app_user_id: str) -> None:
        """As the eraser's."""
        self._ask("close_account", self._eraser.close_account, external_id, app_user_id)
