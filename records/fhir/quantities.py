"""Amounts in words with the source's own unit: quantities, ranges, ratios, money, dosages. Never rounded to
less than was measured, never converted.
"""

import re
from decimal import Decimal
from typing import NamedTuple

from records.fhir.elements import items, joined, member, words
from records.fhir.texts import clean, number, number_words

_UCUM = "http://unitsofmeasure.org"
_COMPARATORS = {"<": "<", ">": ">", "<=": "≤", ">=": "≥"}
_SPELLED = {
    "mm[Hg]": "mmHg",
    "Cel": "°C",
    "[degF]": "°F",
    "[lb_av]": "lb",
    "[oz_av]": "oz",
    "[in_i]": "in",
    "[in_us]": "in",
    "[ft_i]": "ft",
    "{INR}": "INR",
    "kg/m2": "kg/m²",
    "{ratio}": "",
    "1": "",
}
CURRENCIES = frozenset({"USD", "EUR", "CAD", "MXN", "GBP"})
# UCUM's letters for time, which are nobody's words: a person is 71 years old, not 71 a.
_TIMES = {"a": "years", "mo": "months", "wk": "weeks"}
_PLAIN = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,2})?")
_CURVE = 1_000_000  # characters of a curve that are read
_ANNOTATION = re.compile(r"\{([^{}]*)\}")


class Amount(NamedTuple):
    """A quantity read: `words` to show, `number` only when it plainly is one, `unit` the UCUM code if there
    is one.
    """

    words: str = ""
    number: float | None = None
    unit: str = ""
    exact: str = ""  # the number as sent, when `words` shows it rounded


NOTHING = Amount()


def amount(quantity: object) -> Amount:
    """A Quantity (Age, Duration, Count and the like). A bare number is one without a unit."""
    if not isinstance(quantity, dict):
        text = number_words(quantity)
        return Amount(text, number(quantity), "") if text else NOTHING
    value = quantity.get("value")
    text = number_words(value)
    if not text:
        return Amount(clean(value)) if isinstance(value, str) else NOTHING
    comparator = clean(quantity.get("comparator"), 12)
    shown = f"{_COMPARATORS.get(comparator, comparator)} {text}" if comparator else text
    return Amount(
        f"{shown} {unit_words(quantity)}".rstrip(),
        None if comparator else number(value),
        _unit_code(quantity),
        "" if len(str(value)) <= len(text) else clean(str(value), 80),
    )


def quantity_words(quantity: object) -> str:
    """A Quantity in words."""
    return amount(quantity).words


def unit_words(quantity: object) -> str:
    """The unit as people write it. UCUM's remarks in braces say what is counted ("{beats}/min"); alone they
    say nothing a name does not ("{score}"), so they are left off.
    """
    sent = member(quantity, "unit") or member(quantity, "code")
    text = clean(sent, 50) if isinstance(sent, str) else ""
    if text in _SPELLED:
        return _SPELLED[text]
    if text in _TIMES:
        return _TIMES[text].rstrip("s" if number(member(quantity, "value")) == 1 else "")
    if text.isalpha() or text == "%":
        return text
    if text.startswith("{") and text.endswith("}") and text.count("{") == 1:
        return ""
    text = _ANNOTATION.sub(lambda remark: remark[1].replace("_", " "), text)
    return text.replace("10*", "10^").replace("[IU]", "IU").replace("[iU]", "IU")


def _unit_code(quantity: object) -> str:
    coded = member(quantity, "code")
    if isinstance(coded, str) and coded and member(quantity, "system") in (_UCUM, None):
        return clean(coded, 50)
    return clean(member(quantity, "unit"), 50)


def range_words(value: object) -> str:
    """A Range: "3.5 – 5.1 mmol/L", "≥ 60 mL/min", "≤ 5 %". The unit once when both sides share it."""
    low, high = amount(member(value, "low")), amount(member(value, "high"))
    if low.words and high.words:
        same = unit_words(member(value, "low")) == unit_words(member(value, "high"))
        first = number_words(member(member(value, "low"), "value")) if same else low.words
        return clean(f"{first} – {high.words}")
    if low.words:
        return f"≥ {low.words}"
    return f"≤ {high.words}" if high.words else ""


def ratio_words(value: object) -> str:
    """A Ratio: "1:128", "5 mg / 10 mL"."""
    top, bottom = amount(member(value, "numerator")), amount(member(value, "denominator"))
    if not (top.words and bottom.words):
        return top.words
    return f"{top.words} / {bottom.words}" if top.unit or bottom.unit else f"{top.words}:{bottom.words}"


def sampled_words(value: object) -> str:
    """A curve (SampledData) by its lowest and highest value and how its points were taken:
    "5336.28 – 5372.6 mV (6 × 10 ms)". A point is its number × factor + origin (FHIR R4 §2.24.0.12).
    """
    origin, factor = member(value, "origin"), _exact(member(value, "factor"), 1)
    shift, points = _exact(member(origin, "value"), 0), _points(member(value, "data"))
    if factor is None or shift is None or not points:
        return ""
    ends = [number_words((point * factor + shift).normalize()) for point in (min(points), max(points))]
    step = number_words(member(value, "period"))
    taken = f"({len(points)} × {step} ms)" if step else f"({len(points)})"
    return clean(f"{' – '.join(dict.fromkeys(ends))} {unit_words(origin)} {taken}")


def _points(data: object) -> list[Decimal]:
    """The numbers of a curve; E, L and U (error, below, above what can be measured) are none."""
    found = data[:_CURVE].split() if isinstance(data, str) else []
    return [exact for one in found if (exact := _exact(one, None)) is not None]


def _exact(value: object, spare: int | None) -> Decimal | None:
    text = number_words(value)
    return Decimal(text) if text else None if spare is None else Decimal(spare)


def money(value: object) -> str:
    """Money: R4 sends value and currency, earlier versions a quantity whose code is the currency.

    Dollars as people here write them ("$1,204.50"), anything else with its code behind it ("80 EUR").
    """
    text = number_words(member(value, "value"))
    sent = member(value, "currency") or member(value, "code") or member(value, "unit")
    currency = clean(sent, 12)
    if currency in ("USD", "$") and _PLAIN.fullmatch(text):
        whole, __, cents = text.lstrip("-").partition(".")
        return f"{'-' if text.startswith('-') else ''}${int(whole):,}.{cents:0<2}"
    if text[-2:-1] == ".":
        text += "0"  # 984.1 is a bill of 984.10
    return f"{text} {currency}".rstrip() if text else ""


def dose(dosage: object) -> str:
    """The amount of one dose, in any version: doseAndRate, doseQuantity, quantity, or as a range."""
    places = [*items(member(dosage, "doseAndRate")), dosage]
    for place in places:
        for name in ("doseQuantity", "quantity", "dose"):
            if found := quantity_words(member(place, name)):
                return found
        if found := range_words(member(place, "doseRange")):
            return found
    return ""


def dosage_words(dosages: object) -> str:
    """How a medicine is to be taken in the prescriber's own words, in the order sent. "" when only fields
    were sent.
    """
    return joined(_one_dosage(dosage) for dosage in items(dosages))


def _one_dosage(dosage: object) -> str:
    for name in ("patientInstruction", "text"):
        if isinstance(text := member(dosage, name), str) and text.strip():
            return clean(text)
    return joined([words(extra) for extra in items(member(dosage, "additionalInstruction"))])
