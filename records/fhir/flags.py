"""High, low, abnormal: the mark a laboratory put on a result, or what the result's own reference range says.

HL7 v3 ObservationInterpretation and v2 table 0078, in the spellings seen in all versions. No range but the
one sent with the result is ever used, and "normal" is never derived.
"""

from records.fhir.elements import all_words, code, items, joined, member, words
from records.fhir.quantities import NOTHING, Amount, amount, range_words
from records.fhir.row import Resource
from records.fhir.texts import clean

NO_FLAG = ("", "")

_SPELLINGS = {
    "H": "H HU HX > HIGH ABOVE_HIGH_NORMAL",
    "L": "L LU LX < LOW BELOW_LOW_NORMAL",
    "HH": "HH H> CRITICAL_HIGH CRITICALLY_HIGH",
    "LL": "LL L< CRITICAL_LOW CRITICALLY_LOW",
    "A": "A ABNORMAL",
    "AA": "AA CRITICAL PANIC CRITICALLY_ABNORMAL",
    "N": "N NORMAL",
}
_SENT = {one.replace("_", " "): mark for mark, spelled in _SPELLINGS.items() for one in spelled.split()}
_SEVERITY = ("HH", "LL", "AA", "H", "L", "A", "N")


def flag(part: Resource, value: Amount) -> tuple[str, str]:
    """The flag of an Observation or one of its components, and where it is from: "sent", "range" or ""."""
    if "interpretation" in part and (sent := _sent(part["interpretation"])):
        return sent, "sent"
    if value.number is None or "referenceRange" not in part or "interpretation" in part:
        return NO_FLAG
    found = _compared(value, part)
    return (found, "range") if found else NO_FLAG


def interpretation_words(part: Resource) -> str:
    """What the laboratory called it in its own words; its code when it used no words; "" for nothing sent."""
    sent = part.get("interpretation")
    return all_words(sent) or joined(code(one) for one in items(sent))


def _sent(interpretation: object) -> str:
    """The gravest of the marks that were sent, "" when none of them is one we know."""
    marks = {
        _SENT.get(text.strip().upper(), "")
        for one in items(interpretation)
        for text in (code(one), words(one))
    }
    return next((mark for mark in _SEVERITY if mark in marks), "")


def _compared(value: Amount, part: Resource) -> str:
    """H or L against the only range there is, if it is for everybody and in the value's unit."""
    low, high = plain_range(part)
    if value.number is None:
        return ""
    if low.number is not None and low.unit in ("", value.unit) and value.number < low.number:
        return "L"
    if high.number is not None and high.unit in ("", value.unit) and value.number > high.number:
        return "H"
    return ""


def plain_range(part: Resource) -> tuple[Amount, Amount]:
    """Low and high of the only range there is, if it is for everybody; NOTHING for a side that is open."""
    ranges = items(part.get("referenceRange"))
    if len(ranges) != 1 or not _is_plain(ranges[0]):
        return NOTHING, NOTHING
    return amount(member(ranges[0], "low")), amount(member(ranges[0], "high"))


def _is_plain(entry: object) -> bool:
    kind = code(member(entry, "type") or member(entry, "meaning"))
    return kind in ("", "normal") and not member(entry, "appliesTo") and not member(entry, "age")


def range_text(part: Resource) -> str:
    """The reference ranges as sent: the laboratory's own text, else low and high, with whom each is for."""
    return clean("; ".join(filter(None, map(_one_range, items(part.get("referenceRange"))))))


def _one_range(entry: object) -> str:
    shown = clean(member(entry, "text")) or range_words(entry)
    kind = member(entry, "type") or member(entry, "meaning")
    whom = joined(
        [
            "" if code(kind) == "normal" else words(kind),
            all_words(member(entry, "appliesTo")),
            range_words(member(entry, "age")),
        ]
    )
    return f"{shown} ({whom})" if shown and whom else shown
