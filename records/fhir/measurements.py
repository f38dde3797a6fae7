"""The value of an Observation, or of one component, whatever type it was sent as."""

from collections.abc import Callable

from records.fhir.attachments import file_words
from records.fhir.elements import choice, code, codings, first_code, items, joined, member, words
from records.fhir.flags import flag, range_text
from records.fhir.moments import recorded
from records.fhir.quantities import NOTHING, Amount, amount, range_words, ratio_words, sampled_words
from records.fhir.references import Known, key
from records.fhir.row import Resource, Result
from records.fhir.texts import clean, prose
from records.fhir.wording import ABSENT, NO, NO_VALUE, YES

_SYSTOLIC = frozenset({"8480-6", "271649006"})
_DIASTOLIC = frozenset({"8462-4", "271650006"})
_FEW = 4


def value_of(part: Resource) -> Amount:
    """The value in words, with its number when it is plainly one."""
    if "valueQuantity" in part:
        return amount(part["valueQuantity"])
    suffix, value = choice(part, "value")
    if suffix in ("Integer", "Decimal"):
        return amount(value)
    text = _TEXTS[suffix](value) if suffix in _TEXTS else ""
    return Amount(text) if text else NOTHING


def _truth(value: object) -> str:
    return (YES if value else NO) if isinstance(value, bool) else ""


def _period(value: object) -> str:
    return joined((recorded(member(value, "start")), recorded(member(value, "end"))), " – ")


_TEXTS: dict[str, Callable[[object], str]] = {
    "CodeableConcept": lambda value: words(value) or code(value),
    "Coding": lambda value: words(value) or code(value),
    "String": clean,
    "Markdown": clean,
    "Code": clean,
    "Boolean": _truth,
    "DateTime": clean,
    "Date": clean,
    "Time": clean,
    "Instant": clean,
    "Range": range_words,
    "Ratio": ratio_words,
    "Period": _period,
    "Age": lambda value: amount(value).words,
    "Duration": lambda value: amount(value).words,
    "Attachment": file_words,
    "SampledData": sampled_words,
    "Reference": lambda value: clean(member(value, "display")),
}


def long_text(part: Resource) -> str:
    """The whole of a value that is running text (a pathology finding, say), with its line breaks."""
    return prose(part.get("valueString")) or prose(part.get("valueMarkdown"))


def absent(part: Resource) -> str:
    """Our words for why there is no value; NO_VALUE when the source gave no reason we know."""
    return ABSENT.get(code(part.get("dataAbsentReason")), NO_VALUE)


def components(resource: Resource) -> list[Resource]:
    """The parts of a panel sent inside one Observation."""
    return [part for part in items(resource.get("component")) if isinstance(part, dict)]


def panel_value(parts: list[Resource]) -> Amount:
    """A panel on one line: blood pressure as "132/84 mmHg", up to four others as "name value"."""
    pressure = _blood_pressure(parts)
    if pressure or len(parts) > _FEW:
        return Amount(pressure)
    named = ((words(part.get("code")), value_of(part).words) for part in parts)
    return Amount(clean("; ".join(f"{name} {value}".strip() for name, value in named if value)))


def _blood_pressure(parts: list[Resource]) -> str:
    upper, lower = map(value_of, pressure(parts) or ({}, {}))
    if upper.number is None or lower.number is None or upper.unit != lower.unit:
        return ""
    return f"{upper.words.split(' ')[0]}/{lower.words}"


def pressure(parts: list[Resource]) -> tuple[Resource, Resource] | None:
    """The parts that are the upper (systolic) and the lower (diastolic) number; None unless both are."""
    upper, lower = (_named(parts, codes) for codes in (_SYSTOLIC, _DIASTOLIC))
    return None if upper is None or lower is None else (upper, lower)


def _named(parts: list[Resource], codes: frozenset[str]) -> Resource | None:
    for part in parts:
        if any(str(coding.get("code")) in codes for coding in codings(part.get("code"))):
            return part
    return None


def results(resource: Resource, known: Known) -> tuple[Result, ...]:
    """The measurements of a panel: those inside it, then those it points at (R4 hasMember, earlier
    `related`).
    """
    members = items(resource.get("hasMember"))
    members += [
        member(one, "target")
        for one in items(resource.get("related"))
        if code(member(one, "type")) == "has-member"
    ]
    return tuple(map(_component, components(resource))) + pointed(members, known)


def pointed(references: list[object], known: Known) -> tuple[Result, ...]:
    """Measurements that are records of their own: named here, their values stand in those records."""
    found = []
    for one in references:
        inside = known.contained(member(one, "reference"))
        if inside:
            found.append(_component(inside))
        elif target := key(member(one, "reference")):
            found.append(Result(known.name(one), "", target=target))
        elif name := known.name(one):
            found.append(Result(name, ""))
    return tuple(found)


def _component(part: Resource) -> Result:
    value = value_of(part)
    mark, source = flag(part, value)
    return Result(
        name=words(part.get("code")),
        value=value.words,
        range=range_text(part),
        flag=mark,
        flag_source=source,
        code=first_code(part.get("code")),
        absent="" if value.words else absent(part),
    )
