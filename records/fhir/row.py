"""The one shape every kind takes on screen: a head (what a list shows), facts, results and the narrative.

Everything in here is either the source's own wording (and codes), cleaned and bounded, or a message id of
ours that is translated when shown. Which of the two a value is, the type says: `Fact.ours`, `Result.name`
never, labels always.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

Resource = dict[str, object]
"""One FHIR resource as any JSON parser gives it. Nothing about its inside is trusted."""

FactKind = Literal["text", "date", "period", "status", "code", "flag"]


def gettext_noop(text: str) -> str:
    """Mark OUR words as a message id. They are translated where they are shown, never here."""
    return text


class Head(NamedTuple):
    """What a list shows; computed at import and on the detail page by the same code. Source wording and codes
    only.

    title         source wording, "" when the source gave none (the page then says `Kind.untitled`)
    when          the FHIR date exactly as recorded ("2019", "2019-05", "2019-05-03T10:00:00-05:00"), ""
    unknown status        status code, differences between FHIR versions evened out, "" not stated
    code          best code as "http://loinc.org|4548-4", "" none
    value         value in words with the source's unit ("6.1 %", "132/84 mmHg", "Positive"), "" none
    number, unit  only when the value is plainly one number; the unit is the UCUM code where one was sent
    category      code of the source's own grouping ("laboratory", "AMB", "prescription"), "" none
    flag          H L HH LL A AA N or "" (none)
    flag_source   "sent" by the source, "range" derived from the resource's own reference range, "" no flag
    sensitivity   first label of meta.security that restricts ("R", "V", "PSY", "HIV" …), "" none
    withdrawn     the source entered it in error, in any version's way of saying so
    search        folded words for search in one's own records, at most 2,000 characters
    """

    title: str = ""
    when: str = ""
    status: str = ""
    code: str = ""
    value: str = ""
    number: float | None = None
    unit: str = ""
    category: str = ""
    flag: str = ""
    flag_source: str = ""
    sensitivity: str = ""
    withdrawn: bool = False
    search: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One labelled line of the detail page.

    label   message id
    value   source words; with `ours`, a message id. For kind "date" a FHIR date as recorded, for "period" two
    of them
            as "start/end" with either side possibly empty
    quiet   codes and other things for the careful reader: shown last and small
    under   message ids (or numbers) of the parts this line sits in, outermost first: ("Item", "2")
    """

    label: str
    value: str
    ours: bool = False
    kind: FactKind = "text"
    quiet: bool = False
    under: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """One measurement of a panel. Source wording; `flag` and `flag_source` as in Head.

    absent   message id saying why there is no value, "" when there is one
    target   "Observation/123" when the measurement is a record of its own, "" when it is inside this one
    """

    name: str
    value: str
    range: str = ""
    flag: str = ""
    flag_source: str = ""
    code: str = ""
    absent: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A whole record, ready to be laid out. `narrative` is the source's raw HTML, NOT sanitised here."""

    head: Head
    facts: tuple[Fact, ...] = ()
    results: tuple[Result, ...] = ()
    narrative: str = ""
