"""Vital signs, laboratory results and their report, in a chart of the crowd."""

import random

from sandbox.patients import crowd_words as words
from sandbox.patients.crowd_moment import Kind, Moment, sentences
from sandbox.patients.notebook import Test
from sandbox.patients.parts import Part, coding, concept, loinc, narrative, quantity, snomed, term

LAB_SLOTS = range(2 + len(words.VITALS), 7 + len(words.VITALS))  # where a visit has its results


def vital(number: int) -> Kind:
    """A kind that makes one of the vital signs."""

    def make(moment: Moment) -> Part:
        test, usual, spread = words.VITALS[number]
        value = round(moment.rng.gauss(usual, spread), 1 if isinstance(usual, float) else 0)
        return _observation(
            moment, test, term("observation-category", "vital-signs", "Vital Signs"), "vital-signs"
        ) | {"valueQuantity": test.measured(value if isinstance(usual, float) else int(value))}

    return make


def blood_pressure(moment: Moment) -> Part:
    """A blood pressure, sitting."""
    upper = int(moment.rng.gauss(134, 12))
    lower = int(upper * 0.6 + moment.rng.gauss(2, 4))
    test = Test("85354-9", "Blood pressure panel with all children optional", "Blood pressure")
    sides = (("8480-6", "Systolic blood pressure", upper), ("8462-4", "Diastolic blood pressure", lower))
    made = _observation(
        moment, test, term("observation-category", "vital-signs", "Vital Signs"), "blood-pressure"
    )
    made["bodySite"] = concept("Left arm, sitting", snomed("368208006", "Left upper arm structure"))
    made["component"] = [
        {"code": concept(name, loinc(code, name)), "valueQuantity": quantity(value, "mmHg", "mm[Hg]")}
        for code, name, value in sides
    ]
    return made


def lab(number: int) -> Kind:
    """A kind that makes the n-th laboratory result of a visit; visits take turns through the tests."""

    def make(moment: Moment) -> Part:
        test = words.LABS[(moment.visit * 5 + number) % len(words.LABS)]
        value, flag = _draw(moment.rng, test)
        made = _observation(
            moment, test, term("observation-category", "laboratory", "Laboratory"), "observation-lab"
        )
        made["valueQuantity"] = test.measured(value)
        made["interpretation"] = [term("v3-ObservationInterpretation", *flag)]
        made["referenceRange"] = test.usual()
        made["specimen"] = {"display": moment.rng.choice(("Blood, venous", "Serum", "Plasma"))}
        return made

    return make


def report(moment: Moment) -> Part:
    """The report over the visit's laboratory results."""
    return {
        **moment.start("DiagnosticReport", "diagnosticreport-lab"),
        "status": "final",
        "category": [term("v2-0074", "LAB", "Laboratory")],
        "code": concept(
            "Laboratory panel", loinc("24323-8", "Comprehensive metabolic 2000 panel - Serum or Plasma")
        ),
        "subject": moment.me(),
        "encounter": moment.here(),
        "effectiveDateTime": moment.at(9, 30),
        "issued": moment.at(17, 5),
        "performer": [moment.place()],
        "resultsInterpreter": [moment.doctor()],
        "result": [
            {
                "reference": f"Observation/{moment.slot(slot)}",
                "display": words.LABS[(moment.visit * 5 + number) % len(words.LABS)].called,
            }
            for number, slot in enumerate(LAB_SLOTS)
        ],
        "conclusion": sentences(moment.rng, 2),
    }


def _observation(moment: Moment, test: Test, category: Part, profile: str) -> Part:
    local = coding(
        "https://records.example/test-codes", f"BR{moment.rng.randrange(90) + 10}", test.called.upper()
    )
    code = test.concept()
    return {
        **moment.start("Observation", profile),
        "text": narrative(f"{test.called}, {moment.day.isoformat()}"),
        "status": "final",
        "category": [category],
        "code": {**code, "coding": [*code["coding"], local]},
        "subject": moment.me(),
        "encounter": moment.here(),
        "effectiveDateTime": moment.at(9, 10),
        "issued": moment.at(16),
        "performer": [moment.place(), moment.doctor()],
        "method": concept(moment.rng.choice(words.METHODS)),
        "note": [
            {
                "authorReference": moment.doctor(),
                "time": moment.at(16, 20),
                "text": sentences(moment.rng, 6),
            }
        ],
    }


def _draw(rng: random.Random, test: Test) -> tuple[float, tuple[str, str]]:
    """A value, mostly inside the usual range, in the precision the range is printed in; and its flag."""
    low = test.low if test.low is not None else (test.high or 1) * 0.3
    high = test.high if test.high is not None else (test.low or 1) * 1.9
    value = rng.gauss((low + high) / 2, (high - low) / 3.2)
    precise = isinstance(test.low if test.low is not None else test.high, float)
    value = round(max(value, low * 0.4, 0.1), 1) if precise else max(1, round(value))
    if test.high is not None and value > test.high:
        return value, ("H", "High")
    if test.low is not None and value < test.low:
        return value, ("L", "Low")
    return value, ("N", "Normal")
