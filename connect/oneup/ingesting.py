"""What 1up answers when a place is to be asked anew, and what it holds of a patient's sign-ins there.

The bodies of these calls are not known (docs/oneup.md §11, §15.2 point 3): a no is told by its words, and
what cannot be found in an answer is left unknown. Nothing of a body gets into an error.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from connect.gateway import AccessState, CannotIngest, IngestNo, Refused, SignInAgain, SourceAccess, TryLater
from connect.http import Answer, trouble
from connect.oneup.places import normal_versions, plain_text
from connect.oneup.replies import json_of, not_json, says_no, words_of
from connect.oneup.rules import KEY, USER_ID, VERSION

_SIGNED_OUT = re.compile(r"refresh.?token|source.?token|expired|revoked|log.?in|sign.?in|re-?auth")
_NEVER_THERE = re.compile(r"not (?:yet )?(?:been )?connected|no connection|not linked|never connected")
_NAMED: tuple[tuple[str, IngestNo], ...] = (("version", "version"), ("system", "place"), ("user", "user"))
_SAID_SO = re.compile(r"[^<{\[]\S*(?:[ \n]\S+){0,60}\s*")  # a sentence, which no document rules out
_LISTS = ("tokens", "token", "entry", "systems", "connections", "data", "results")
_STATES: Mapping[str, AccessState] = {
    "active": "active", "valid": "active", "ok": "active", "working": "active", "connected": "active",
    "expired": "expired", "stale": "expired", "invalid": "expired",
    "revoked": "revoked", "deleted": "revoked", "removed": "revoked", "none": "revoked", "missing": "revoked",
}  # fmt: skip
_TRUTHS = {"true": True, "yes": True, "false": False, "no": False}
_A_CENTURY_OF_SECONDS = 100_000_000_000  # a time above this is in milliseconds


def about(call: str, external_id: str, fhir_version: str, place_key: str | None = None) -> dict[str, str]:
    """Whom and what such a call is about, in the order the door expects.

    Raises `CannotIngest` for what 1up could not know; nobody is asked then.
    """
    if not re.fullmatch(USER_ID, external_id):
        raise CannotIngest(call, reason="user")
    if place_key is not None and not re.fullmatch(KEY, place_key):
        raise CannotIngest(call, reason="place")
    if not re.fullmatch(VERSION, fhir_version):
        raise CannotIngest(call, reason="version")
    place = {} if place_key is None else {"system_id": place_key}
    return {"oneup_user_id": external_id, **place, "fhir_version": fhir_version}


def check_agreed(call: str, answer: Answer) -> None:
    """Nothing, when 1up agreed: any 2xx that does not say no. Raises `CannotIngest`, or what to do next."""
    reply = json_of(answer.body)
    error = trouble(call, answer)
    if error is not None:
        raise _no(call, answer.status, reply) if isinstance(error, Refused) else error
    if says_no(reply):
        raise _polite_no(call, answer.status, reply)
    if reply is None and answer.body.strip() and not _is_a_sentence(answer):
        raise not_json(call, answer)


def access(call: str, answer: Answer, fhir_version: str) -> tuple[SourceAccess, ...]:
    """What 1up holds (docs/oneup.md §11.2), of each place it names. Raises as `check_agreed`."""
    check_agreed(call, answer)
    found = (_access(row, fhir_version) for row in _rows(json_of(answer.body)))
    return tuple(each for each in found if each is not None)


def _polite_no(call: str, status: int, reply: object) -> Exception:
    said = words_of(reply)
    if "unauthorized" in said or "access token" in said:
        return SignInAgain(call, status)
    if "server_error" in said or "temporarily" in said or "too many" in said:
        return TryLater(call, status)
    return _no(call, status, reply)


def _no(call: str, status: int, reply: object) -> CannotIngest:
    return CannotIngest(call, status, "forbidden" if status == 403 else _reason(words_of(reply)))


def _reason(said: str) -> IngestNo:
    """Which of the five. What names all three says nothing; what is about a sign-in may name a user too."""
    named = [reason for word, reason in _NAMED if word in said]
    if _SIGNED_OUT.search(said):
        return "no_sign_in"
    if _NEVER_THERE.search(said):
        return "not_connected"
    return named[0] if 0 < len(named) < len(_NAMED) else "unknown"


def _is_a_sentence(answer: Answer) -> bool:
    text = answer.body[:1000].decode("utf-8", "replace").strip()
    return text.isprintable() and "\ufffd" not in text and _SAID_SO.fullmatch(text) is not None


def _rows(reply: object) -> Iterator[dict[str, Any]]:
    """The places of a reply, listed, keyed by place, or one by itself."""
    held: object = reply
    if isinstance(reply, dict):
        held = next((reply[name] for name in _LISTS if isinstance(reply.get(name), list | dict)), [reply])
    if isinstance(held, dict):
        keyed = all(isinstance(row, dict) for row in held.values())
        held = [{"system_id": key, **row} for key, row in held.items()] if keyed else [held]
    yield from (row for row in held if isinstance(row, dict)) if isinstance(held, list) else ()


def _access(row: dict[str, Any], fhir_version: str) -> SourceAccess | None:
    told = {re.sub(r"[^a-z]", "", str(name).lower()): value for name, value in row.items()}
    key = str(_first(told, "systemid", "healthsystemid", "externalsystemid", "id"))
    if not re.fullmatch(KEY, key):
        return None
    versions = normal_versions(_first(told, "fhirversion", "version"))
    state = plain_text(_first(told, "status", "state", "tokenstatus"), 40).lower()
    return SourceAccess(
        place_key=key,
        fhir_version=versions[0] if versions else fhir_version,
        state=_STATES.get(state, ""),
        renewable=_truth(_first(told, "refreshtokenpresent", "hasrefreshtoken", "refreshable")),
        refreshed_at=_moment(_first(told, "lastrefreshed", "refreshedat", "lastrefresh", "updatedat")),
        expires_at=_moment(
            _first(told, "expiresat", "expiry", "expires", "expiration", "refreshtokenexpiresat")
        ),
    )


def _first(told: Mapping[str, Any], *names: str) -> Any:
    return next((told[name] for name in names if told.get(name) is not None), "")


def _truth(value: object) -> bool | None:
    return value if isinstance(value, bool) else _TRUTHS.get(str(value).lower())


def _moment(value: object) -> datetime | None:
    """An aware time in UTC, from FHIR's way of writing it or seconds since 1970; None for anything else."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            seconds = value / 1000 if value > _A_CENTURY_OF_SECONDS else value
            return datetime.fromtimestamp(seconds, UTC)
        when = datetime.fromisoformat(value if isinstance(value, str) else "")
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def body_of(told: Mapping[str, str]) -> bytes:
    """The JSON of `about`, without a blank: the door compares it whole."""
    return msgspec.json.encode(told)
