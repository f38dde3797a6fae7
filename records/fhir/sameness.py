"""When two records say the same fact: the same code of the same system, or exactly the same folded text where
neither has a code that says anything. Never by what sounds alike: two lines too many are safe, one wrong
merge is dangerous (decision 0018).
"""

import re

from records.fhir.elements import SNOMED
from records.fhir.texts import fold

GROUPED = ("medicines", "allergies", "conditions", "vaccines", "procedures")
"""The kinds (slugs) whose lists show one line for each fact."""

ON_A_DAY = ("vaccines", "procedures")
"""Of these, those where the day is a part of the fact: two doses are two facts."""

DAY = r"^\d{4}-\d\d-\d\d"
"""A date known to the day, as recorded and in the zone of the source."""

EMPTY_SYSTEMS = (
    "http://terminology.hl7.org/CodeSystem/v3-NullFlavor",
    "http://hl7.org/fhir/v3/NullFlavor",
    "urn:oid:2.16.840.1.113883.5.1008",
    "http://terminology.hl7.org/CodeSystem/data-absent-reason",
    "http://hl7.org/fhir/data-absent-reason",
)
"""Systems whose codes only say why there is no code (HL7 v3 NullFlavor, FHIR data-absent-reason)."""

_CVX = "http://hl7.org/fhir/sid/cvx"
_ICD = "http://hl7.org/fhir/sid/icd-10-cm"
# SNOMED CT concepts for a whole class: problem, disease, finding, procedure, unknown, other, medicament;
# allergy or intolerance to a substance, drug, food, the environment. What is meant stands in the
# text beside them.
_CLASSES = """
55607006 64572001 404684003 71388002 261665006 74964007 410942007 419199007 416098002 414285001 426232007
418038007 420134006 419511003 418471000 59037007 235719002 281647001
"""
EMPTY_CODES = (
    f"{_CVX}|998",  # no vaccine administered
    f"{_CVX}|999",  # unknown vaccine
    f"{_ICD}|R69",  # illness, unspecified
    f"{_ICD}|T78.40",
    f"{_ICD}|T78.40XA",  # allergy, unspecified
    *(f"{SNOMED}|{code}" for code in _CLASSES.split()),
)
"""Codes under which different things are kept; only the text tells them apart."""

_day = re.compile(DAY, re.ASCII).match


def fact(kind: str, code: str, title: str, when: str, address: str) -> str:
    """The key of the fact that a record of a kind (slug) states: two records with the same key state
    the same.

    `code`, `title`, `when` as in Head; `address` ("1/Condition/c-1") is the key of a record that can be
    compared with no other. Keys may hold a code or a text: they are health data.
    """
    alone = f"#{address}"
    base = _by_code_or_text(code, title)
    if not base or kind not in GROUPED:
        return alone
    if kind not in ON_A_DAY:
        return base
    day = _day(when)
    return f"{base}\n{day[0]}" if day else alone


def _by_code_or_text(code: str, title: str) -> str:
    """A code without its system says little alone: two systems may use one for two things."""
    empty = is_empty(code)
    if code and not empty and not code.startswith("|"):
        return code
    return f"{'' if empty else code}\n{fold(title)}" if title else ""


def is_empty(code: str) -> bool:
    """Whether a code says nothing by itself."""
    return code.partition("|")[0] in EMPTY_SYSTEMS or code in EMPTY_CODES
