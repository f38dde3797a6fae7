"""What FHIR search parameters mean here, as predicates over stored resources (docs/oneup.md, search).

Kept apart from the store so that a new parameter is one entry in `PARAMETERS`. What only some types have
(`code`, `recorded`) is refused for the others, so that a misspelt search cannot pass a test.
"""

import base64
import binascii
import calendar
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple


class BadParameter(ValueError):
    """A parameter nobody knows here, or a value that cannot be read; a server answers 400."""


class Narrowing(NamedTuple):
    """What a whole chart is narrowed to: FHIR dates and names of types; None leaves all."""

    since: str | None = None  # changed at or after it
    types: frozenset[str] | None = None
    start: str | None = None  # about this day or later
    end: str | None = None  # about this day or earlier


class Stored(NamedTuple):
    """One resource as it is served, with what queries ask about it. `digest` is charts.digest of the body."""

    resource_type: str
    id: str
    body: bytes
    digest: str
    version: int
    at: datetime


@dataclass(frozen=True)
class Page:
    """One page of a search: `total` of all pages, resources in order, and where the next page starts.

    `included` are resources that do not match but go with those that do.
    """

    total: int
    entries: list[bytes]
    next_cursor: str | None
    included: list[bytes] = field(default_factory=list)


Predicate = Callable[[Stored], bool]

_DATE = re.compile(r"(?P<prefix>eq|ne|gt|lt|ge|le)?(?P<when>\d.*)", re.ASCII)
_PARTIAL = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", re.ASCII)
_FRACTION = re.compile(r"\.\d+")


def span(when: str) -> tuple[datetime, datetime]:
    """First instant a FHIR date covers and the first it no longer covers; without a zone it is UTC.

    Raises BadParameter for anything else.
    """
    try:
        partial = _PARTIAL.fullmatch(when)
        return _calendar_span(partial) if partial else _instant_span(when)
    except ValueError as broken:
        raise BadParameter("not a date") from broken


def date_test(value: str) -> Callable[[datetime], bool]:
    """The test a date parameter such as `ge2025-03-04` asks for; raises BadParameter."""
    match = _DATE.fullmatch(value)
    if match is None:
        raise BadParameter("not a date")
    start, end = span(match["when"])
    tests: dict[str, Callable[[datetime], bool]] = {
        "eq": lambda at: start <= at < end,
        "ne": lambda at: not start <= at < end,
        "gt": lambda at: at >= end,
        "ge": lambda at: at >= start,
        "lt": lambda at: at < start,
        "le": lambda at: at < end,
    }
    return tests[match["prefix"] or "eq"]


def predicates(resource_type: str, parameters: Iterable[tuple[str, str]]) -> list[Predicate]:
    """One predicate for each parameter of a search for this type; all must hold. Raises BadParameter."""
    found = []
    for name, value in parameters:
        if name not in PARAMETERS or resource_type not in _ONLY_OF.get(name, {resource_type}):
            raise BadParameter("unknown parameter")
        found.append(PARAMETERS[name](value))
    return found


def about(start: str | None, end: str | None) -> Predicate:
    """Whether a resource is about a time that touches these days; one without a date always is.

    Raises BadParameter.
    """
    first = span(start)[0] if start else datetime.min.replace(tzinfo=UTC)
    last = span(end)[1] if end else datetime.max.replace(tzinfo=UTC)

    def touches(stored: Stored) -> bool:
        dates = [found for at in _clinical_dates(json.loads(stored.body)) for found in _spans(at)]
        return not dates or any(begins < last and ends > first for begins, ends in dates)

    return touches


def _clinical_dates(resource: dict[str, Any]) -> list[object]:
    """The first element that says when it was, of those that types have for it."""
    for name in _WHEN:
        value: object = resource
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if value is not None:
            return [value]
    return []


def _spans(when: object) -> list[tuple[datetime, datetime]]:
    try:
        return [span(when)] if isinstance(when, str) else []
    except BadParameter:
        return []


def cursor_after(stored: Stored) -> str:
    """An opaque cursor for what follows this resource; it survives changes of the chart between two pages."""
    return cursor_behind(stored.resource_type, stored.id)


def cursor_behind(resource_type: str, identifier: str) -> str:
    """The cursor for what follows a resource of this type and id, whether or not there is one."""
    text = json.dumps([resource_type, identifier]).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[str, str]:
    """Type and id a cursor stands behind; raises BadParameter."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        resource_type, identifier = json.loads(text)
    except (ValueError, TypeError, binascii.Error) as broken:
        raise BadParameter("not a cursor of this server") from broken
    return str(resource_type), str(identifier)


def _calendar_span(match: re.Match[str]) -> tuple[datetime, datetime]:
    year, month, day = (int(part) if part else None for part in match.groups())
    start = datetime(year or 0, month or 1, day or 1, tzinfo=UTC)
    days = 366 if calendar.isleap(start.year) else 365
    if day:
        days = 1
    elif month:
        days = calendar.monthrange(start.year, month)[1]
    return start, start + timedelta(days=days)


def _instant_span(when: str) -> tuple[datetime, datetime]:
    start = datetime.fromisoformat(when.replace(" ", "+"))  # a plus sign in a query string arrives as a blank
    start = start if start.tzinfo else start.replace(tzinfo=UTC)
    return start, start + timedelta(milliseconds=1 if _FRACTION.search(when) else 1000)


def _id(value: str) -> Predicate:
    wanted = frozenset(value.split(","))
    return lambda stored: stored.id in wanted


def _last_updated(value: str) -> Predicate:
    test = date_test(value)
    return lambda stored: test(stored.at)


def _content(value: str) -> Predicate:
    """Every word stands somewhere in the resource's text, in any case (R4, 3.1.1.4.8)."""
    words = value.lower().split()
    if not words:
        raise BadParameter("_content needs a word")
    return lambda stored: _has_all(stored.body, words)


def _has_all(body: bytes, words: list[str]) -> bool:
    text = body.decode("utf-8", "replace")
    if "\\" not in text and not all(word in text.lower() for word in words):
        return False  # spares most bodies the parsing
    said = " ".join(_texts(json.loads(body))).lower()
    return all(word in said for word in words)


def _texts(value: Any) -> Iterator[str]:
    """Every string of a resource; its keys, numbers and base64 are not read."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from () if name in ("data", "resourceType") else _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _code(value: str) -> Predicate:
    """`code` or `system|code`, several with commas (R4, token)."""
    wanted = [each.rpartition("|") for each in value.split(",")]
    if not all(code for _system, _bar, code in wanted):
        raise BadParameter("code needs a code")
    tests = [(system if bar else None, code) for system, bar, code in wanted]
    return lambda stored: any(_is_coded(each, tests) for each in _codings(stored.body))


def _is_coded(coding: Any, tests: list[tuple[str | None, str]]) -> bool:
    if not isinstance(coding, dict):
        return False
    return any(
        coding.get("code") == code and (system is None or coding.get("system", "") == system)
        for system, code in tests
    )


def _codings(body: bytes) -> list[Any]:
    """The codings that the search parameter `code` reads: it looks at another element in some types."""
    resource = json.loads(body)
    concepts = [resource[name] for name in _CODED_BY if isinstance(resource.get(name), dict)]
    found = [concept.get("coding") for concept in concepts]
    return [coding for each in found if isinstance(each, list) for coding in each]


def _recorded(value: str) -> Predicate:
    test = date_test(value)
    return lambda stored: any(test(at) for at, _end in _spans(json.loads(stored.body).get("recorded")))


_WHEN = (
    "effectiveDateTime", "effectivePeriod.start", "occurrenceDateTime", "performedDateTime", "period.start",
    "performedPeriod.start", "onsetDateTime", "authoredOn", "dateWritten", "billablePeriod.start", "date",
    "recordedDate", "assertedDate", "dateRecorded", "created", "recorded", "issued",
)  # fmt: skip
_CODED_BY = ("code", "medicationCodeableConcept", "substance")
_CODED = {
    "AllergyIntolerance", "Condition", "DiagnosticReport", "List", "Medication", "MedicationAdministration",
    "MedicationDispense", "MedicationOrder", "MedicationRequest", "MedicationStatement", "Observation",
    "Procedure", "ProcedureRequest", "ServiceRequest",
}  # fmt: skip
_ONLY_OF = {"code": _CODED, "recorded": {"Provenance"}}
PARAMETERS: dict[str, Callable[[str], Predicate]] = {
    "_id": _id,
    "_lastUpdated": _last_updated,
    "_content": _content,
    "code": _code,
    "recorded": _recorded,
}
