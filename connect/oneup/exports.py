"""Bulk export (docs/oneup.md §10): replies as values, and the two who may ask, each with a door of its own.

`OneUpExporter` has what one patient's token opens. `OneUpPopulation` has everybody's of this app at once, or
a group's; nothing else of ours can ask for that, and it is made where a setting says so and nowhere else.
"""

import re
import time
from collections.abc import Iterable
from typing import Literal
from urllib.parse import urlencode

from connect.address import parse_address
from connect.gateway import (
    Exporter,
    ExportFile,
    ExportStep,
    Lines,
    NotFound,
    Refused,
    Rejected,
    Unreadable,
)
from connect.http import Answer, Deadline, Door, trouble
from connect.oneup import bundles, replies
from connect.oneup.rules import (
    EXPORT_FILE,
    EXPORT_JOB,
    FHIR_ID,
    FHIR_TYPE,
    exporter_door,
    population_door,
)
from connect.oneup.settings import OneUpSettings

Form = Literal["client", "gateway"]

_SMALL = 5_000_000  # bytes: a list of files
_FILES = 20_000  # in one list
_EARLY = 30.0  # seconds before its end a realm's token is not used any more
_PERCENT = re.compile(r"\s*(\d{1,3})(?:\.\d+)?\s*%")
_QUERY = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@/?%]{0,2048}")


class _Asking(Exporter):
    """What both have in common: a base, an address below it, and headers that say who asks."""

    name = "oneup"

    def __init__(self, settings: OneUpSettings, door: Door, base: str, folder: str) -> None:
        self._settings, self._door, self._base, self._folder = settings, door, base, folder

    def begin(self, *, since: str = "", types: Iterable[str] = ()) -> ExportStep:
        """Files, or where to ask after them (docs/oneup.md §10)."""
        return self._begin("", since, types)

    def ask(self, status: str) -> ExportStep:
        """Files, or for how long to wait. A failed export is `TryLater` with its status."""
        call = "export_status"
        if not re.fullmatch(EXPORT_JOB, status):
            raise NotFound(call)
        return self._step(call, self._get(call, self._where(status)))

    def lines(self, file: ExportFile, start: int, most: int) -> Lines:
        """Whole lines from byte `start` on (docs/oneup.md §10); one longer than `most` comes as it is cut."""
        call = "export_file"
        found = self._door.piece(
            call,
            self._where(file.path),
            headers=self._headers(),
            deadline=Deadline(self._settings.export_deadline),
            start=start,
            most=most,
        )
        if found.answer is not None:
            self._spoilt(found.answer)
            raise trouble(call, found.answer) or Unreadable(call, found.status)
        return _cut(found.body, start, is_end=found.is_end)

    def _begin(self, inside: str, since: str, types: Iterable[str]) -> ExportStep:
        given = {name: value for name, value in (("_type", ",".join(types)), ("_since", since)) if value}
        where = f"{self._base}{self._folder}{inside}/$export" + (f"?{urlencode(given)}" if given else "")
        return self._step("export", self._get("export", where))

    def _get(self, call: str, url: str) -> Answer:
        deadline = Deadline(self._settings.export_deadline)
        answer = self._door.send(call, "GET", url, headers=self._headers(), deadline=deadline, cap=_SMALL)
        self._spoilt(answer)
        return answer

    def _step(self, call: str, answer: Answer) -> ExportStep:
        if answer.status == 202:
            status = answer.content_location
            return ExportStep(
                status=self._below(call, status, EXPORT_JOB) if status else "",
                wait=answer.retry_after,
                percent=_percent(answer.progress),
            )
        reply = replies.checked(call, answer)
        listed = reply.get("output") if isinstance(reply, dict) else None
        if not isinstance(listed, list) or len(listed) > _FILES:
            raise Unreadable(call, answer.status)
        return ExportStep(files=tuple(dict.fromkeys(self._file(call, each) for each in listed)))

    def _file(self, call: str, listed: object) -> ExportFile:
        kind, url = (listed.get("type"), listed.get("url")) if isinstance(listed, dict) else (None, None)
        if not isinstance(kind, str) or not isinstance(url, str) or not re.fullmatch(FHIR_TYPE, kind):
            raise Unreadable(call)
        return ExportFile(kind, self._below(call, url, EXPORT_FILE))

    def _below(self, call: str, url: str, shape: str) -> str:
        """What of an address comes after our own base and folder. Raises `Unreadable` for any other."""
        base = parse_address(self._base)
        try:
            there = parse_address(f"{_origin(self._base)}{url}" if url.startswith("/") else url)
        except ValueError:
            raise Unreadable(call) from None
        stem = f"{base.path.rstrip('/')}{self._folder}"
        if (
            there.origin != base.origin
            or not there.path.startswith(stem)
            or not _QUERY.fullmatch(there.query)
        ):
            raise Unreadable(call)
        path = there.path.removeprefix(stem) + (f"?{there.query}" if there.query else "")
        if not re.fullmatch(shape, path) or any(secret in path for secret in self._secrets() if secret):
            raise Unreadable(call)
        return path

    def _where(self, path: str) -> str:
        return f"{self._base}{self._folder}{path}"

    def _secrets(self) -> tuple[str, ...]:
        """What no address may hold that is kept."""
        return (self._settings.client_secret,)

    def _headers(self) -> dict[str, str]:
        raise NotImplementedError

    def _spoilt(self, answer: Answer) -> None:
        """Called with each answer; whoever holds a token of its own forgets it when it is refused."""


class OneUpExporter(_Asking):
    """All of one account in one version, by its own token (docs/oneup.md §10, form A)."""

    def __init__(
        self, settings: OneUpSettings, access: str, fhir_version: str, door: Door | None = None
    ) -> None:
        super().__init__(
            settings, door or exporter_door(settings), settings.analytics, f"/bulk-data/{fhir_version}"
        )
        self._access = access

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._access}"}

    def _secrets(self) -> tuple[str, ...]:
        return self._settings.client_secret, self._access


class OneUpPopulation(_Asking):
    """Everybody of this app in R4, or a group (docs/oneup.md §10): form B with client headers, or C and D
    with a token of the customer's realm, or with `access`, a user's token, as one paper has it.
    """

    def __init__(
        self,
        settings: OneUpSettings,
        form: Form,
        *,
        group: str = "",
        access: str = "",
        door: Door | None = None,
    ) -> None:
        if group and not re.fullmatch(FHIR_ID, group):
            raise Refused("export")
        base = settings.analytics if form == "client" else settings.bulk
        gateway = f"/v1/{settings.customer}/bulk-export/bulk-data/r4"
        folder = "/bulk-data/r4" if form == "client" else gateway
        super().__init__(settings, door or population_door(settings), base, folder)
        self._form, self._group, self._given = form, group, access
        self._realm: tuple[str, float] = ("", 0.0)

    def begin(self, *, since: str = "", types: Iterable[str] = ()) -> ExportStep:
        """As the exporter's; of the group, where one is named."""
        return self._begin(f"/Group/{self._group}" if self._group else "", since, types)

    def _headers(self) -> dict[str, str]:
        if self._form == "client":
            return self._settings.credentials | {"x-oneup-user-id": "client"}
        return {"Authorization": f"Bearer {self._given or self._realm_token()}"}

    def _realm_token(self) -> str:
        """A token of the customer's realm, for as long as it lives (docs/oneup.md §10)."""
        token, until = self._realm
        if token and time.monotonic() < until:
            return token
        call, where = "realm_token", f"/auth/realms/{self._settings.customer}/protocol/openid-connect/token"
        answer = self._door.send(
            call,
            "POST",
            self._base + where,
            headers={},
            form={"grant_type": "client_credentials", **self._settings.credentials},
            deadline=Deadline(self._settings.token_deadline),
            cap=_SMALL,
        )
        found = replies.tokens(call, answer)
        self._realm = (found.access, time.monotonic() + found.expires_in - _EARLY)
        return found.access

    def _secrets(self) -> tuple[str, ...]:
        return self._settings.client_secret, self._given, self._realm[0]

    def _spoilt(self, answer: Answer) -> None:
        if answer.status == 401:
            self._realm = ("", 0.0)


def _cut(body: bytes, start: int, *, is_end: bool) -> Lines:
    """Lines of a part of a file; what follows the last line's end is left for the next part."""
    size = len(body) if is_end else body.rfind(b"\n") + 1 or len(body)
    kept, rejected = [], []
    for line in body[:size].splitlines():
        raw = line.strip().removeprefix(replies.BOM)
        if not raw:
            continue
        if reason := bundles.reason_to_reject(raw):
            rejected.append(Rejected(reason, raw))
        else:
            kept.append(raw)
    return Lines(tuple(kept), None if is_end else start + size, tuple(rejected))


def _percent(said: str) -> int | None:
    found = _PERCENT.search(said)
    return min(100, int(found[1])) if found else None


def _origin(base: str) -> str:
    scheme, host, port = parse_address(base).origin
    return f"{scheme}://{host}:{port}"
