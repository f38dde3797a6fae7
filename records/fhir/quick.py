"""Heads at import, without building whole resources: only the members that a head is made of are read, and
combinations of codes and wordings that came before are remembered.

Nothing is decided here. What a head says, the readers say, from the same members; this only spares them the
rest. Where something is unusual the answer is None, and the whole resource is parsed instead. A test holds
both ways equal.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

import msgspec

from records.fhir import during, heads, kinds, moments, reports, visits
from records.fhir.flags import flag
from records.fhir.quantities import Amount, amount
from records.fhir.references import Known
from records.fhir.row import Head, Resource
from records.fhir.texts import clean, fold

_DATE_NAMES = """
assertedDate authoredOn authoringTime billablePeriod content context created createdDateTime date
dateAsserted dateRecorded dateTime dateWritten effectiveDateTime effectiveInstant effectivePeriod
effectiveTimeDateTime effectiveTimePeriod effectiveTiming indexed issued modified occurenceDateTime
occurrenceDateTime occurrencePeriod onset onsetDateTime onsetPeriod orderedOn performedDateTime
performedPeriod period recorded recordedDate scheduledDateTime start startDate started statusDate
whenHandedOver whenPrepared
"""
_WORD_NAMES = """
action activity addItem appointmentType author availability category class clinicalStatus code
codeCodeableConcept component contained content description docStatus doNotPerform dosage dosageInstruction
indication intent interpretation item lifecycleStatus medication medicationCodeableConcept medicationReference
modality notDone notGiven notPerformed procedure procedureCode protocolApplied reaction reason reasonCode
reasonCodeableConcept reasonForUseCodeableConcept reasonReference referenceRange renderedDosageInstruction
request series serviceRequested serviceType specimen status substance taken target title total totalCost
totalGross type vaccineCode vaccineType verificationStatus wasNotGiven wasNotTaken
"""

_DATES = frozenset(_DATE_NAMES.split())
"""Members that a date is read from, of any type here."""

_WORDS = frozenset(_WORD_NAMES.split())
"""Members that anything else of a head is read from, besides every value[x]."""

_LAST = frozenset({*heads.NOTES, "participant", "result"})
"""Members whose texts stand at the end of the search words and have no other part in a head."""

_OWN = frozenset({"contained", "content", "description", "request"})
"""Read, but never remembered: they stand once in the world."""

_EVERYTHING = _WORDS | _LAST | {"meta"}

_LONGEST = 2000
"""Bytes that a remembered head is made of at most, so that none of its search words can have been cut off."""

_VALUE = 300
_MEASURE = frozenset({"valueQuantity", "interpretation", "referenceRange"})

_Members = Mapping[str, msgspec.Raw]
_Parts = list[str | bytes]
"""Names and values by turns, as they were sent and in that order."""

_NULL = b"null"
_members = msgspec.json.Decoder(dict[str, msgspec.Raw])
_decode: Callable[[bytes | msgspec.Raw], object] = msgspec.json.Decoder(float_hook=Decimal).decode


class Entry(NamedTuple):
    """What a list shows of a resource: its kind's slug, its head without the date, `Head.when`, and the id of
    the visit it belongs to.
    """

    kind: str
    head: Head
    when: str
    visit: str


def entry(name: str, raw: bytes) -> Entry | None:
    """The entry of a resource of the type `name`; None where only a whole parse can tell."""
    reader = kinds.READERS.get(name)
    if reader is None or reader.when is None:
        return None
    try:
        members = _members.decode(raw)
        kind, head = _put_together(name, members) or _made(name, *_parts(members, _EVERYTHING))
        dates = {key: _decode(part) for key, part in members.items() if key in _DATES or key[:5] == "onset"}
        return Entry(kind, head, moments.recorded(reader.when(dates)), _visit(members))
    except (msgspec.MsgspecError, UnicodeError, RecursionError, InvalidOperation):
        return None


def _visit(members: _Members) -> str:
    """What `during` makes of the members it reads; a claim's lines are only read where they name one."""
    named = {name: members[name] for name in ("encounter", "context", "item") if name in members}
    if b'"encounter"' not in bytes(named.get("item", b"")):
        named.pop("item", None)
    return during.visit({name: _decode(part) for name, part in named.items()}) if named else ""


def _parts(members: _Members, names: frozenset[str]) -> _Parts:
    """Those of the members that are named, as sent. Of a specimen it only matters that there is one."""
    found: _Parts = []
    for key, part in members.items():
        if key in names or key[:5] == "value":
            found += key, _NULL if key == "specimen" else bytes(part)
    return found


def _put_together(name: str, members: _Members) -> tuple[str, Head] | None:
    """A remembered head, with the texts that belong to this record alone behind its search words.

    None where that would not be the same, or may not be remembered.
    """
    if not _OWN.isdisjoint(members) or _may_be_labelled(members):
        return None
    parts, last = _parts(members, _WORDS), {key: part for key, part in members.items() if key in _LAST}
    if sum(map(len, parts)) + sum(len(bytes(part)) for part in last.values()) > _LONGEST:
        return None
    measured = _measurement(parts) if name == "Observation" and "valueQuantity" in members else None
    kind, head = measured or _remembered(name, *parts)
    texts = [head.value] if measured else []
    return (kind, head) if not (last or texts) else _lengthened(kind, head, [*texts, *_texts(name, last)])


def _may_be_labelled(members: _Members) -> bool:
    """Whether there may be a label of who should see it; its name may be written with escapes."""
    meta = bytes(members.get("meta", b""))
    return b"security" in meta or b"\\" in meta


def _lengthened(kind: str, head: Head, texts: Iterable[str]) -> tuple[str, Head] | None:
    """The head with these texts behind its search words."""
    search = head.search
    for text in texts:
        if said := fold(clean(text, _LONGEST)):
            if said in search:
                return None  # said before, and so not to be said again; or part of another word
            search = f"{search} {said}" if search else said
    return (kind, Head(*head[:-1], search)) if len(search) <= _LONGEST else None


def _texts(name: str, members: _Members) -> Iterator[str]:
    """The texts of the members that stand last, in the order in which a reader takes them."""
    if not members:
        return
    resource = _resource(name, chain.from_iterable(members.items()))
    if name == "Encounter":
        yield visits.people(resource, Known(resource, None))
    elif name == "DiagnosticReport":
        yield from reports.measured(resource)
    yield from heads.notes(resource)


def _resource(name: str, parts: Iterable[Any]) -> Resource:
    """A resource of this type that has these members alone; `parts` are names and values by turns."""
    resource: Resource = {"resourceType": name}
    turns = iter(parts)
    for key, part in zip(turns, turns, strict=True):
        resource[key] = _decode(part)
    return resource


def _made(name: str, *parts: str | bytes) -> tuple[str, Head]:
    """What the readers make of these members."""
    resource = _resource(name, parts)
    return kinds.kind_of(resource).slug, kinds.head(resource, "")


_remembered = lru_cache(4096)(_made)


def _measurement(parts: _Parts) -> tuple[str, Head] | None:
    """One number, not yet among the search words. Its name comes again with every measurement, and so may
    its value, but seldom together. None where it is not just that.
    """
    measures, named = _apart(parts)
    if len(named) != len(parts):
        return None
    value, mark = _measured(*measures)
    if not value.words or len(value.words) > _VALUE:
        return None
    kind, base = _remembered("Observation", *named)
    unit = value.unit if value.number is not None else ""
    measured = (value.words, value.number, unit, base.category, *mark, base.sensitivity, base.withdrawn)
    return kind, Head(base.title, base.when, base.status, base.code, *measured, base.search)


def _apart(parts: _Parts) -> tuple[_Parts, _Parts]:
    """What a value is read from, and all parts with that left blank; fewer where there is more to it."""
    measures: _Parts = []
    named: _Parts = []
    for at in range(0, len(parts), 2):
        key = parts[at]
        if key in _MEASURE:
            measures += parts[at : at + 2]
            named += key, _NULL
        elif key != "component" and key[:5] != "value":
            named += parts[at : at + 2]
    return measures, named


@lru_cache(8192)
def _measured(*parts: str | bytes) -> tuple[Amount, tuple[str, str]]:
    """A quantity, and how it compares by the mark or the range sent with it."""
    part = _resource("Observation", parts)
    value = amount(part["valueQuantity"])
    return value, flag(part, value)
