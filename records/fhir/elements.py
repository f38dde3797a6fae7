"""Small total functions over FHIR's data types: anything in, words or codes out, nothing raised.

They read DSTU2, STU3, R4 and R5 shapes alike by looking at what is there (FHIR R4 §2.24, data types), because
one chart may hold several versions and servers mix them.
"""

import re
from collections.abc import Iterable, Iterator

from records.fhir.texts import clean

_MANY = 100
"""No list is read further than this: what a page shows is bounded, the original is not."""

_A_CODE = 20

_SNOMED_TAG = re.compile(
    r" \((?:disorder|finding|procedure|situation|event|regime/therapy|substance|product|medicinal product"
    r"|physical object|observable entity|morphologic abnormality|body structure|qualifier value|environment"
    r"|occupation|specimen|assessment scale|life style|ethnic group|racial group|dose form|severity modifier"
    r"|person|organism|clinical drug|record artifact|context-dependent category)\)$"
)

SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
_OIDS = {
    "urn:oid:2.16.840.1.113883.6.1": LOINC,
    "urn:oid:2.16.840.1.113883.6.96": SNOMED,
    "urn:oid:2.16.840.1.113883.6.88": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "urn:oid:2.16.840.1.113883.12.292": "http://hl7.org/fhir/sid/cvx",
    "urn:oid:2.16.840.1.113883.6.90": "http://hl7.org/fhir/sid/icd-10-cm",
    "urn:oid:2.16.840.1.113883.6.12": "http://www.ama-assn.org/go/cpt",
}
_RANK = {
    LOINC: 0,
    SNOMED: 1,
    "http://www.nlm.nih.gov/research/umls/rxnorm": 2,
    "http://hl7.org/fhir/sid/cvx": 3,
    "http://hl7.org/fhir/sid/icd-10-cm": 4,
    "http://www.ama-assn.org/go/cpt": 5,
}
SYSTEM_NAMES = {
    LOINC: "LOINC",
    SNOMED: "SNOMED CT",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "RxNorm",
    "http://hl7.org/fhir/sid/cvx": "CVX",
    "http://hl7.org/fhir/sid/icd-10-cm": "ICD-10-CM",
    "http://hl7.org/fhir/sid/icd-10": "ICD-10",
    "http://hl7.org/fhir/sid/icd-9-cm": "ICD-9-CM",
    "http://www.ama-assn.org/go/cpt": "CPT",
    "http://hl7.org/fhir/sid/ndc": "NDC",
}


def items(value: object) -> list[object]:
    """A list as it is, one thing as a list of one, nothing as none: versions differ in which they send."""
    if isinstance(value, list):
        return value[:_MANY]
    return [] if value is None else [value]


def member(value: object, name: str) -> object:
    """One member of an object; of the first object when there is a list; None where there is none."""
    if isinstance(value, list):
        value = value[0] if value else None
    return value.get(name) if isinstance(value, dict) else None


def at(value: object, path: str) -> object:
    """The member at a dotted path ("context.period.start"), taking the first of every list on the way."""
    for name in path.split("."):
        value = member(value, name)
    return value


def choice(value: object, stem: str) -> tuple[str, object]:
    """Which of a `stem[x]` element was sent and its content: ("DateTime", "2019"), or ("", None)."""
    if isinstance(value, dict):
        for name in value:
            if isinstance(name, str) and name.startswith(stem) and name[len(stem) : len(stem) + 1].isupper():
                return name[len(stem) :], value[name]  # asked for by name: `records.fhir.asked` listens
    return "", None


def codings(concept: object) -> list[dict[str, object]]:
    """The codings of a CodeableConcept; a bare Coding is one; an R5 CodeableReference is looked into."""
    if isinstance(concept, list):
        concept = concept[0] if concept else None
    if not isinstance(concept, dict):
        return []
    inner = concept.get("coding")
    if inner is None:
        inner = at(concept, "concept.coding") if "concept" in concept else concept
    return [coding for coding in items(inner) if isinstance(coding, dict)]


def words(concept: object) -> str:
    """What a concept is called in the source's words: its text, else the display its author chose, else the
    first.

    A plain string is its own words. The tag SNOMED puts behind its full names ("(disorder)") is left off: it
    names SNOMED's shelf, not the thing. "" when only codes were sent.
    """
    if isinstance(concept, str):
        return clean(concept)
    if isinstance(concept, list):
        concept = concept[0] if concept else None
    if not isinstance(concept, dict):
        return ""
    text = concept.get("text") or at(concept, "concept.text")
    found = clean(text) if isinstance(text, str) else ""
    if len(found) < _A_CODE:
        found = _beyond_code(found, codings(concept))
    return untagged(found)


def untagged(text: str) -> str:
    """A wording without the tag of SNOMED's full names."""
    return _SNOMED_TAG.sub("", text) if text.endswith(")") else text


def _beyond_code(text: str, found: list[dict[str, object]]) -> str:
    """The display when there is no text, or when the text only repeats a code ("M" for married)."""
    if text and all(coding.get("code") != text for coding in found):
        return text
    return _display(found) or text


def _display(found: list[dict[str, object]]) -> str:
    chosen = [coding for coding in found if coding.get("userSelected") is True] if len(found) > 1 else []
    for coding in chosen + found:
        display = coding.get("display")
        if isinstance(display, str) and (text := clean(display)):
            return text
    return ""


def displays(concept: object) -> Iterator[str]:
    """Every wording a concept carries, as sent (not yet cleaned), for search and for "also called"."""
    text = member(concept, "text")
    if isinstance(text, str):
        yield text
    for coding in codings(concept):
        if isinstance(display := coding.get("display"), str):
            yield display


def all_words(concepts: object) -> str:
    """The words of several concepts, each once, with commas."""
    return clean(", ".join(dict.fromkeys(filter(None, map(words, items(concepts))))))


def code(concept: object) -> str:
    """The bare code of a concept, a coding or a code: what statuses and classes are compared by."""
    if isinstance(concept, str):
        return clean(concept, 80)
    for coding in codings(concept):
        if isinstance(found := coding.get("code"), str) and found:
            return clean(found, 80)
    text = member(concept, "text")
    return clean(text, 80) if isinstance(text, str) else ""


def status_code(*concepts: object) -> str:
    """The first code there is, spelled FHIR's way: "Entered in Error" is "entered-in-error"."""
    for concept in concepts:
        if found := code(concept):
            return found if found.islower() else found.lower().replace(" ", "-").replace("_", "-")
    return ""


def first_code(concept: object) -> str:
    """The best code as "system|code": LOINC, SNOMED CT, RxNorm, CVX, ICD-10, CPT, else the first; "" none."""
    best, rank = "", 99
    for coding in codings(concept):
        text = coding.get("code")
        if not isinstance(text, str) or not text:
            continue
        system = coding_system(coding)
        if (found := _RANK.get(system, 50)) < rank:
            best, rank = f"{system}|{clean(text, 80)}", found
    return best


def coding_system(coding: object) -> str:
    """The address of a coding's code system, object identifiers exchanged for the address everybody uses."""
    system = member(coding, "system")
    if not isinstance(system, str):
        return ""
    return _OIDS.get(system) or clean(system, 200)


def code_words(concept: object) -> str:
    """Every code for the careful reader: "LOINC 4548-4, SNOMED CT 43396009"."""
    found = [
        f"{SYSTEM_NAMES.get(coding_system(coding), '')} {clean(coding['code'], 80)}".strip()
        for coding in codings(concept)
        if isinstance(coding.get("code"), str)
    ]
    return clean(", ".join(dict.fromkeys(found)))


def human_name(value: object) -> str:
    """A person's name as one would write it; the official or usual one of several, not one marked old."""
    names = [name for name in items(value) if isinstance(name, dict | str)]
    names.sort(key=lambda name: _NAME_USE.get(str(member(name, "use")), 1))
    for name in names:
        if found := _one_name(name):
            return found
    return ""


_NAME_USE = {"official": 0, "usual": 0, "old": 3, "maiden": 2, "anonymous": 2}


def _one_name(name: object) -> str:
    text = name if isinstance(name, str) else member(name, "text")
    if isinstance(text, str) and text.strip():
        return clean(text)
    parts = [item for key in ("prefix", "given", "family", "suffix") for item in items(member(name, key))]
    return clean(" ".join(item for item in parts if isinstance(item, str)))


def address(value: object) -> str:
    """The first postal address on one line."""
    text = member(value, "text")
    if isinstance(text, str) and text.strip():
        return clean(text)
    lines = [line for line in items(member(value, "line")) if isinstance(line, str)]
    place = " ".join(filter(None, (clean(member(value, key)) for key in ("state", "postalCode"))))
    return joined([*lines, clean(member(value, "city")), place, clean(member(value, "country"))])


def contacts(value: object) -> str:
    """Telephone numbers and mail addresses with what each is for, with commas: "555-0110 (work)"."""
    return joined(map(_contact_point, items(value)))


def _contact_point(point: object) -> str:
    number, use = clean(member(point, "value")), clean(member(point, "use"), 20)
    return f"{number} ({use})" if number and use else number


def joined(parts: Iterable[str], by: str = ", ") -> str:
    """What is there of several texts, each once."""
    return clean(by.join(dict.fromkeys(part for part in parts if part)))
