"""What one record states in fields that can be held against another record's: the dose, how often, since
when, how dangerous. What is written as a sentence is compared only where it plainly holds one amount.
"""

import re
from typing import NamedTuple

from records.fhir import conditions
from records.fhir.elements import at, choice, items, member, status_code
from records.fhir.quantities import amount, dosage_words
from records.fhir.row import Resource
from records.fhir.texts import clean, fold, number_words

_DOSAGES = ("dosageInstruction", "dosage")
_UNITS = """
mg mcg g ml l ug iu unit units tablet tablets tab tabs capsule capsules cap caps puff puffs drop drops patch
patches spray sprays
"""
_AMOUNT = re.compile(rf"(?<![\w.,/-])(\d{{1,6}}(?:\.\d{{1,4}})?) ?({'|'.join(_UNITS.split())})\b(?!/)")
_SPELLED = {"ug": "mcg", "µg": "mcg", "tab": "tablet", "cap": "capsule", "[iu]": "iu", "milligram": "mg"}


class Stated(NamedTuple):
    """What a record states; "" where it does not, or where it states several things.

    dose       "10 mg"
    strength   "10 mg", as the medicine's name says
    often      a key of wording.FREQUENCIES as "1 1 d"
    began      a FHIR date
    danger     a code of wording.CRITICALITIES
    """

    dose: str = ""
    strength: str = ""
    often: str = ""
    began: str = ""
    danger: str = ""


def stated(resource: Resource, title: str = "", directions: str = "") -> Stated:
    """What can be compared of a record; `title` and `directions` are its Head's title and value. Total."""
    name = resource.get("resourceType")
    if name == "Condition":
        return Stated(began=conditions.began(resource))
    if name == "AllergyIntolerance":
        return Stated(began=_onset(resource), danger=status_code(resource.get("criticality")))
    if isinstance(name, str) and name.startswith("Medication"):
        dosages = [one for key in _DOSAGES for one in items(resource.get(key))]
        return Stated(_dose(dosages, directions), _only(title), _often(dosages))
    return Stated()


def measure(words: str) -> tuple[float, str] | None:
    """An amount as (number, unit), so that "10 MG" is "10 mg" and "2 tablets" are of the unit of
    "1 tablet".
    """
    text, _space, unit = words.partition(" ")
    try:
        return float(text), unit_of(unit)
    except ValueError:
        return None


def unit_of(unit: str) -> str:
    """A unit spelled one way."""
    folded = fold(unit).strip(" .")
    single = (
        folded[:-2] if folded in ("patches",) else folded.removesuffix("s") if len(folded) > 2 else folded
    )
    return _SPELLED.get(single, single)


def _dose(dosages: list[object], directions: str) -> str:
    """The one dose: of the only dosage's own field, else the only amount in its words."""
    if len(dosages) > 1:
        return ""
    only = dosages[0] if dosages else None
    for place in (*items(member(only, "doseAndRate")), only):
        for key in ("doseQuantity", "quantity", "dose"):
            found = amount(member(place, key))
            if found.number is not None and " " in found.words:
                return found.words
    return _only(dosage_words(dosages) or directions)


def _only(text: str) -> str:
    """The one amount in a sentence or a name; "" where there are none or several."""
    found = {f"{number_words(number)} {unit}" for number, unit in _AMOUNT.findall(fold(text))}
    return found.pop() if len(found) == 1 else ""


def _often(dosages: list[object]) -> str:
    if len(dosages) != 1:
        return ""
    repeat = at(dosages[0], "timing.repeat")
    times, span = (number_words(member(repeat, name)).removesuffix(".0") for name in ("frequency", "period"))
    unit = clean(member(repeat, "periodUnit") or member(repeat, "periodUnits"), 10)
    return f"{times or 1} {span} {unit}" if span and unit else ""


def _onset(resource: Resource) -> str:
    suffix, onset = choice(resource, "onset")
    sent = (
        onset
        if suffix == "DateTime"
        else member(onset, "start")
        if suffix == "Period"
        else resource.get("onset")
    )
    return sent if isinstance(sent, str) else ""
