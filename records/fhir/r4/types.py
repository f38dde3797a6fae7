"""FHIR R4 data types out of any version's, copied only where they surely mean the same and are well formed.

Each function gives a value that FHIR R4 accepts (§2.24), or None. What is dropped here is not lost: the
narrative beside each resource says everything its page says.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from records.fhir.elements import choice, coding_system, codings, items, member, words
from records.fhir.row import Resource
from records.fhir.texts import clean, number, prose

ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?")
_CODE = re.compile(r"\S+( \S+)*")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_COMPARATORS = ("<", "<=", ">=", ">")
_PERIODS = ("s", "min", "h", "d", "wk", "mo", "a")

Part = dict[str, object]


def made(**members: object) -> Part:
    """An object of those members that say anything. A trailing underscore keeps Python's own words free."""
    return {name.rstrip("_"): value for name, value in members.items() if value not in (None, "", [], {})}


def absent() -> Part:
    """An element that has to be there and was not sent."""
    return {"extension": [{"url": ABSENT, "valueCode": "unknown"}]}


def concept(value: object) -> Part | None:
    """A CodeableConcept: its words and its codes; out of a bare text or code its words alone."""
    found = [one for coding in codings(value) if (one := _coding(coding))]
    return made(coding=found, text=words(value)) or None


def concepts(value: object) -> list[Part]:
    """Several; versions differ in whether one is a list."""
    return [one for item in items(value) if (one := concept(item))]


def named(value: object, title: str) -> Part:
    """A concept that has to be there; what the record is called where it has none."""
    return concept(value) or ({"text": title} if title else absent())


def _coding(coding: Mapping[str, object]) -> Part:
    code, system = clean(coding.get("code"), 200), coding_system(coding)
    known = code if _CODE.fullmatch(code) else ""
    system = system if _URI.fullmatch(system) else ""
    return made(system=system, code=known, display=clean(coding.get("display")))


def coded(code: str, allowed: Iterable[str], system: str) -> Part | None:
    """One of R4's own codes as a concept; None for any other."""
    return {"coding": [{"system": system, "code": code}]} if code in set(allowed) else None


def quantity(value: object) -> Part | None:
    """A Quantity with a number, its unit and its code; a bare number is one without a unit."""
    given = member(value, "value") if isinstance(value, dict) else value
    size = _number(given)
    if size is None:
        return None
    comparator, system = clean(member(value, "comparator"), 4), clean(member(value, "system"), 200)
    if comparator and comparator not in _COMPARATORS:
        return None
    code = clean(member(value, "code"), 80)
    is_coded = bool(_URI.fullmatch(system) and _CODE.fullmatch(code))
    return made(
        comparator=comparator,
        unit=clean(member(value, "unit"), 80),
        system=system if is_coded else "",
        code=code if is_coded else "",
    ) | {"value": size}


def plain_quantity(value: object) -> Part | None:
    """A Quantity that may have no comparator (SimpleQuantity)."""
    found = quantity(value)
    return None if found and "comparator" in found else found


def _number(value: object) -> Decimal | int | None:
    if isinstance(value, bool) or number(value) is None:
        return None
    return value if isinstance(value, Decimal | int) else Decimal(str(value))


def whole(value: object, least: int = 0) -> int | None:
    """A whole number of at least so much."""
    found = _number(value)
    return int(found) if found is not None and found == int(found) and least <= found < 2**31 else None


def range_(value: object) -> Part | None:
    """A Range, either side of which may be open."""
    return made(low=plain_quantity(member(value, "low")), high=plain_quantity(member(value, "high"))) or None


def ratio(value: object) -> Part | None:
    """A Ratio with both its sides."""
    above, below = quantity(member(value, "numerator")), quantity(member(value, "denominator"))
    return {"numerator": above, "denominator": below} if above and below else None


def moment(value: object) -> str | None:
    """A dateTime. A time without a zone is none of FHIR's: then its day alone, which it surely says."""
    text = value.strip() if isinstance(value, str) else ""
    if _INSTANT.fullmatch(text) and _is_day(text[:10]):
        return text
    return day(text) or day(text[:10])


def day(value: object) -> str | None:
    """A date: a year, a month or a day."""
    text = value.strip() if isinstance(value, str) else ""
    is_date = _DATE.fullmatch(text) and (len(text) < 10 or _is_day(text)) and text[:4] != "0000"
    return text if is_date else None


def instant(value: object) -> str | None:
    """An instant: to the second, with its zone."""
    found = moment(value)
    return found if found and _INSTANT.fullmatch(found) else None


def _is_day(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def time_of_day(value: object) -> str | None:
    """A time without a day."""
    return value if isinstance(value, str) and _TIME.fullmatch(value) else None


def period(value: object) -> Part | None:
    """A Period, either end of which may be open."""
    return made(start=moment(member(value, "start")), end=moment(member(value, "end"))) or None


def text(value: object) -> str | None:
    """A string that says something."""
    return prose(value) or None


def truth(value: object) -> bool | None:
    """Yes or no, None when not stated."""
    return value if isinstance(value, bool) else None


def notes(resource: Resource) -> list[Part]:
    """Notes and comments, in any version's way, as annotations."""
    found = []
    for name in ("note", "notes", "comment", "comments"):
        for one in items(resource.get(name)):
            said = prose(one if isinstance(one, str) else member(one, "text"))
            author = clean(member(one, "authorString"))
            if said:
                found.append(made(text=said, authorString=author, time=moment(member(one, "time"))))
    return found


def shown(reference: object) -> Part | None:
    """Who or what a reference names, in its own words; where it leads is not in the document."""
    display = clean(member(reference, "display"))
    return {"display": display} if display else None


_TYPES: dict[str, tuple[str, Callable[[object], object]]] = {
    "Quantity": ("Quantity", quantity),
    "SimpleQuantity": ("Quantity", plain_quantity),
    "CodeableConcept": ("CodeableConcept", concept),
    "String": ("String", text),
    "Boolean": ("Boolean", truth),
    "Integer": ("Integer", whole),
    "Range": ("Range", range_),
    "Ratio": ("Ratio", ratio),
    "Period": ("Period", period),
    "DateTime": ("DateTime", moment),
    "Time": ("Time", time_of_day),
    "Age": ("Age", plain_quantity),
    "Instant": ("Instant", instant),
}


def chosen(resource: object, stem: str, allowed: tuple[str, ...], becomes: str = "") -> Part:
    """A `stem[x]` as R4 has it (`becomes`: what the element is called there): one member, or none."""
    suffix, value = choice(resource, stem)
    suffix = "Age" if suffix == "Quantity" and "Age" in allowed and "Quantity" not in allowed else suffix
    if suffix not in allowed:
        return {}
    name, copy = _TYPES[suffix]
    copied = copy(value)
    return {} if copied is None else {f"{becomes or stem}{name}": copied}


def needed(found: Part, name: str) -> Part:
    """A choice that R4 or the summary's profile wants; said to be unknown where it was not sent."""
    return found or {f"_{name}": absent()}


def dosage(value: object) -> Part | None:
    """How a medicine is taken: the words, and of the rest what every version says in the same way."""
    doses = [part for one in items(member(value, "doseAndRate")) or [value] if (part := _dose(one))]
    return (
        made(
            text=text(member(value, "text")),
            patientInstruction=text(member(value, "patientInstruction")),
            timing=_timing(member(value, "timing")),
            route=concept(member(value, "route")),
            site=concept(member(value, "site")) if isinstance(member(value, "site"), dict) else None,
            doseAndRate=doses,
        )
        | chosen(value, "asNeeded", ("Boolean", "CodeableConcept"))
        or None
    )


def _dose(value: object) -> Part:
    return chosen(value, "dose", ("SimpleQuantity", "Range")) or made(
        doseQuantity=plain_quantity(member(value, "doseQuantity"))
    )


def _timing(value: object) -> Part | None:
    repeat = member(value, "repeat")
    times, span = whole(member(repeat, "frequency"), 1), _number(member(repeat, "period"))
    unit = member(repeat, "periodUnit") or member(repeat, "periodUnits")
    is_plain = times is not None and span is not None and span > 0 and unit in _PERIODS
    often: Part | None = {"frequency": times, "period": span, "periodUnit": unit} if is_plain else None
    return made(repeat=often, code=concept(member(value, "code"))) or None
