"""Any resource no reader knows, laid out as it was sent: every field a labelled line, to a bounded depth.

Left out: ids, meta, narrative (shown by itself), identifiers, extensions and contained resources; the
original has them all. Nothing is interpreted but the data types of FHIR.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from records.fhir.attachments import file_words
from records.fhir.elements import (
    address,
    at,
    choice,
    code,
    code_words,
    contacts,
    first_code,
    human_name,
    items,
    joined,
    member,
    status_code,
    words,
)
from records.fhir.facts import noted, qualified, spanned
from records.fhir.heads import build
from records.fhir.labels import extension_label, label
from records.fhir.moments import is_date
from records.fhir.quantities import CURRENCIES, money, quantity_words, range_words, ratio_words
from records.fhir.references import Known
from records.fhir.row import Fact, Head, Resource
from records.fhir.row import gettext_noop as _
from records.fhir.terms import TYPES
from records.fhir.texts import clean, number_words, prose
from records.fhir.wording import ABSENT, NO, NO_VALUE, STATUSES, YES

#: Left to the data types, which are told by them.
_TYPED_BY = frozenset({"system", "version", "reference", "sequence"})
#: Members that are addresses, ids, links or duplicates, each with its reason. The original has them all.
NOT_FOR_READING: dict[str, str] = {
    "resourceType": "the type; the page has a word for it",
    "id": "an id",
    "meta": "labels of the server: version, profile links, tags",
    "implicitRules": "an address of rules",
    "language": "the language of the server's own words",
    "text": "narrative, shown by itself on request",
    "system": "the address of a code system or a numbering scheme",
    "version": "the version of a code system",
    "userSelected": "how a code was picked in the source's program",
    "identifier": "numbers that systems call a record by",
    "reference": "the address of another record, whose name is shown",
    "url": "the address of an extension, a profile or a file, which is opened by a link",
    "data": "the bytes of a file, which is opened by a link",
    "hash": "the checksum of a file",
    "linkId": "numbers by which the questions of a form are told apart",
    "uid": "the number of a picture in the archive of the place",
    "sopClass": "the technical class of a picture, an address",
    "sequence": "numbers by which lines of a bill point at each other",
}
_SKIPPED = frozenset(NOT_FOR_READING) - _TYPED_BY - {"text"}
_OUTERMOST = frozenset({"subject", "patient", "beneficiary", "note", "comment"})
"""Left out of the whole record alone: whose it is stands above the page, notes have their own lines."""
_TITLES = (
    "code",
    "title",
    "name",
    "type",
    "morphology",
    "description",
    "category",
    "topic",
    "summary",
    "relationship",
    "entity.what",
)
_DATES = (
    "effectiveDateTime",
    "effectivePeriod.start",
    "occurrenceDateTime",
    "occurrencePeriod.start",
    "performedDateTime",
    "performedPeriod.start",
    "period.start",
    "start",
    "identifiedDateTime",
    "date",
    "dateTime",
    "authored",
    "authoredOn",
    "created",
    "issued",
    "recorded",
    "recordedDate",
    "sent",
    "collection.collectedDateTime",
    "receivedTime",
)
CODING = frozenset({"system", "version", "code", "display", "userSelected", "id", "extension"})
_DEPTH, _MOST = 5, 150
ALSO_SENT = _("Also sent")
_LEFT_OVER = 400  # lines of what another reader passed over; a bill has many


def head(resource: Resource, known: Known) -> Head:
    """The first thing that reads like a name, the first thing that reads like its date."""
    concept = resource.get("code") if isinstance(resource.get("code"), dict | list) else resource.get("type")
    return build(
        resource,
        title=_title(resource),
        when=next((date for date in (at(resource, path) for path in _DATES) if is_date(date)), ""),
        status=status_code(resource.get("status"), resource.get("lifecycleStatus")),
        code=first_code(concept),
        category=status_code(*items(resource.get("category"))),
        about=concept,
        more=tuple(fact.value for fact in islice(_fields(resource, known, (), 0), 30) if _is_wording(fact)),
    )


def _is_wording(fact: Fact) -> bool:
    return fact.kind == "text" and not (fact.ours or fact.quiet)


def _title(resource: Resource) -> str:
    for path in _TITLES:
        found = at(resource, path)
        if text := words(found) or (human_name(found) if path == "name" else ""):
            return text
    return ""


def facts(resource: Resource, known: Known) -> list[Fact | None]:
    """Every field in the order it was sent."""
    return [
        qualified(resource),
        _what(resource),
        *islice(_fields(resource, known, (), 0), _MOST),
        *noted(resource, known),
    ]


def laid_out(rest: Resource, known: Known) -> list[Fact]:
    """The fields of part of a resource, set apart from what a reader made of the rest of it."""
    return [
        replace(fact, under=(ALSO_SENT, *fact.under))
        for fact in islice(_fields(rest, known, (), 0), _LEFT_OVER)
    ]


def _what(resource: Resource) -> Fact | None:
    """Which kind of record this is, in words: "Body structure"; what people have a word for stands above."""
    name = clean(resource.get("resourceType"), 64)
    return Fact(_("What this is"), label(name), ours=True) if name and name not in TYPES else None


def _fields(value: Resource, known: Known, under: tuple[str, ...], depth: int) -> Iterator[Fact]:
    for name, content in value.items():
        if name in ("extension", "modifierExtension"):
            yield from _extensions(content, known, under, depth)
        elif isinstance(name, str) and name.startswith("_"):
            beside = member(content, "extension")
            yield from _extensions(beside, known, (*under, label(name[1:])), depth)
        elif isinstance(name, str) and not _is_skipped(name, content, depth):
            yield from _field(label(name), content, known, under, depth)


def _is_skipped(name: str, content: object, depth: int) -> bool:
    """Whether a member is no reading matter here. `text` is none only as narrative."""
    if name == "text":
        return isinstance(content, dict)
    return name in _SKIPPED or name.startswith("_") or (depth == 0 and name in _OUTERMOST)


def _extensions(content: object, known: Known, under: tuple[str, ...], depth: int) -> Iterator[Fact]:
    """What a place sends beyond the standard: each under the last word of its address."""
    for one in items(content):
        if not isinstance(one, dict) or depth >= _DEPTH:
            continue
        title = extension_label(one.get("url"))
        __, value = choice(one, "value")
        if title == _("Data absent reason") and isinstance(value, str):
            yield Fact(_("Why there is no value"), ABSENT.get(value, NO_VALUE), ours=True, under=under)
            continue
        yield from _field(title, value, known, under, depth + 1)
        yield from _extensions(one.get("extension"), known, (*under, title), depth + 1)


def _field(title: str, content: object, known: Known, under: tuple[str, ...], depth: int) -> Iterator[Fact]:
    """One field: each of its values on a line, an object we do not know field by field with a number."""
    several = items(content)
    for place, one in enumerate(several, 1):
        if isinstance(one, list):
            if depth < _DEPTH:
                yield from _field(title, one, known, under, depth + 1)
        elif (fact := _simple(title, one, known, under)) is not None:
            yield fact
            yield from _codes(one, under)
        elif isinstance(one, dict) and depth < _DEPTH and not _is_known(one):
            path = (*under, title, str(place)) if len(several) > 1 else (*under, title)
            yield from _fields(one, known, path, depth + 1)


def _simple(title: str, value: object, known: Known, under: tuple[str, ...]) -> Fact | None:
    """A value of a known data type on one line."""
    if isinstance(value, bool):
        return Fact(title, YES if value else NO, ours=True, under=under)
    if isinstance(value, str):
        return _text(title, value, under)
    if not isinstance(value, dict):
        text = number_words(value)
        return Fact(title, text, under=under) if text else None
    if span := spanned(title, value) if value.keys() <= {"start", "end", "id", "extension"} else None:
        return Fact(title, span.value, kind=span.kind, under=under)
    text = _typed(value, known)
    return Fact(title, text, under=under) if text else None


def _text(title: str, value: str, under: tuple[str, ...]) -> Fact | None:
    if is_date(value) and len(value) > 4:
        return Fact(title, clean(value, 64), kind="date", under=under)
    if title == "Status" and (ours := STATUSES.get(value.lower())):
        return Fact(title, ours, ours=True, kind="status", under=under)
    text = prose(value)
    return Fact(title, text, under=under) if text and not text.startswith("urn:") else None


def _is_known(value: Resource) -> bool:
    """Whether an object is a data type that simply said nothing we show (a bare reference, an identifier)."""
    return bool(value.keys() & {"reference", "coding"}) or (
        value.keys() <= {"system", "value", "use", "type", "period", "assigner"}
    )


def _typed(value: Resource, known: Known) -> str:
    """A FHIR data type in words, told by the members it has; "" for an object of another shape."""
    keys = value.keys()
    if "reference" in keys or keys <= {"display", "type", "identifier"}:
        return known.name(value)
    if "coding" in keys or "concept" in keys:
        return words(value) or code(value)
    if "currency" in keys:
        return money(value)
    if "category" in keys and len(keys) > 1 and keys <= {"category", "amount", "value", "reason"}:
        return _one_sum(value)
    if "value" in keys and code(value.get("code")) in CURRENCIES:
        return money(value)
    if "value" in keys and keys <= {"value", "unit", "code", "system", "comparator", "id", "extension"}:
        return quantity_words(value) or contacts(value)
    if "code" in keys and ("system" in keys or keys <= CODING):
        return words({"coding": [value]}) or code(value)
    return _structured(value)


def _one_sum(value: Resource) -> str:
    """One sum of a bill: "Coinsurance: $28.10"."""
    named = words(value.get("category")) or code(value.get("category"))
    sum_ = money(value.get("amount")) or number_words(value.get("value"))
    return joined([named, sum_, words(value.get("reason"))], ": ")


def _structured(value: Resource) -> str:
    keys = value.keys()
    if {"numerator", "denominator"} & keys:
        return ratio_words(value)
    if {"low", "high"} & keys:
        return range_words(value)
    if {"family", "given"} & keys:
        return human_name(value)
    if {"city", "line", "postalCode"} & keys:
        return address(value)
    if "contentType" in keys:
        return file_words(value)
    if keys & {"event", "repeat"}:
        return words(value.get("code"))
    return (
        clean(value.get("text")) if keys <= {"text", "time", "authorString", "authorReference", "id"} else ""
    )


def _codes(value: object, under: tuple[str, ...]) -> Iterator[Fact]:
    """The codes behind a concept, for the careful reader."""
    if isinstance(value, dict) and "coding" in value and (text := code_words(value)):
        yield Fact(
            _("Code"), text, kind="code", quiet=True, under=(*under, words(value)) if words(value) else under
        )
