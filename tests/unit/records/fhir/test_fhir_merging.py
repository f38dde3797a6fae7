"""Which records state the same fact, and on what places differ. Golden: a table of cases and what is said."""

from datetime import UTC, datetime

import pytest

from records.fhir.merging import Told, differences
from records.fhir.sameness import fact
from records.fhir.stated import Stated, measure, stated

RX = "http://www.nlm.nih.gov/research/umls/rxnorm|29046"
CVX = "http://hl7.org/fhir/sid/cvx|208"


def key(kind="medicines", code=RX, title="Lisinopril", when="2024-01-02", address="1/X/a"):
    return fact(kind, code, title, when, address)


# --- Which records are one fact ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"title": "LISINOPRIL 10MG TABS", "when": "1999", "address": "2/Y/b"}),
        ({"code": ""}, {"code": "", "title": "LISINOPRIL", "when": ""}),
        ({"code": "", "title": "Épilepsie"}, {"code": "", "title": "epilepsie"}),
        ({"code": "|77"}, {"code": "|77", "title": "lisinopril"}),
        ({"code": "http://terminology.hl7.org/CodeSystem/v3-NullFlavor|UNK"}, {"code": ""}),
        (
            {"kind": "vaccines", "code": CVX},
            {"kind": "vaccines", "code": CVX, "when": "2024-01-02T23:10:00-05:00"},
        ),
    ],
)
def test_the_same_code_or_exactly_the_same_text_is_one_fact(one, other):
    assert key(**one) == key(**other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"code": RX + "0"}),
        ({}, {"code": ""}),  # a text is not a code
        ({}, {"code": "http://snomed.info/sct|29046"}),
        ({"code": ""}, {"code": "", "title": "Lisinopril 10 mg"}),
        ({"code": "|77"}, {"code": "|77", "title": "Metformin"}),  # a code without its system says little
        (
            {"code": "http://terminology.hl7.org/CodeSystem/v3-NullFlavor|UNK"},
            {"code": "http://terminology.hl7.org/CodeSystem/v3-NullFlavor|UNK", "title": "Warfarin"},
        ),
        (
            {"kind": "allergies", "code": "http://snomed.info/sct|416098002", "title": "Penicillin"},
            {"kind": "allergies", "code": "http://snomed.info/sct|416098002", "title": "Sulfa"},
        ),
        ({"kind": "vaccines", "code": CVX}, {"kind": "vaccines", "code": CVX, "when": "2024-01-03"}),
        (
            {"kind": "vaccines", "code": CVX, "when": "2024-01"},
            {"kind": "vaccines", "code": CVX, "when": "2024-01", "address": "2/X/b"},
        ),
        ({"code": "", "title": ""}, {"code": "", "title": "", "address": "2/X/b"}),
        ({"kind": "visits"}, {"kind": "visits", "address": "2/X/b"}),
    ],
)
def test_what_only_looks_alike_stays_apart(one, other):
    assert key(**one) != key(**other)


# --- What a record states ----------------------------------------------------------------------------------
def medicine(**more):
    return {"resourceType": "MedicationRequest", **more}


@pytest.mark.parametrize(
    ("resource", "title", "directions", "said"),
    [
        (medicine(), "Lisinopril 10 MG Oral Tablet", "Take 1 tablet daily", Stated("1 tablet", "10 mg")),
        (medicine(), "", "10 mg in the morning, 5 mg at night", Stated()),
        (medicine(), "Amoxicillin 250 mg/5 mL", "", Stated()),  # two amounts say no one strength
        (
            medicine(dosageInstruction=[{"text": "One daily", "doseQuantity": {"value": 20, "unit": "mg"}}]),
            "",
            "One daily",
            Stated(dose="20 mg"),
        ),
        (
            medicine(
                dosageInstruction=[
                    {
                        "doseAndRate": [{"doseQuantity": {"value": 2, "unit": "tablets"}}],
                        "timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
                    }
                ]
            ),
            "",
            "",
            Stated(dose="2 tablets", often="2 1 d"),
        ),
        (medicine(dosage=[{"text": "10 mg"}, {"text": "20 mg"}]), "", "10 mg, 20 mg", Stated()),
        ({"resourceType": "Condition", "recordedDate": "2020"}, "", "", Stated()),
        ({"resourceType": "Condition", "onsetPeriod": {"start": "2019"}}, "", "", Stated(began="2019")),
        (
            {"resourceType": "AllergyIntolerance", "onset": "2001", "criticality": "CRITH"},
            "",
            "",
            Stated(began="2001", danger="crith"),
        ),
        ({"resourceType": ["Medication"], "dosage": 7}, "", "", Stated()),
    ],
)
def test_a_record_states_what_can_be_compared(resource, title, directions, said):
    assert stated(resource, title, directions) == said


def test_an_amount_is_spelled_one_way():
    assert measure("10 MG") == measure("10.0 mg")
    assert measure("2 tablets") == (2, "tablet")
    assert measure("5 patches") == (5, "patch")
    assert measure("some mg") is None


# --- On what places differ ---------------------------------------------------------------------------------
def told(place, year=2024, status="active", form="prescription", month=1, **said):
    return Told(place, datetime(year, month, 1, tzinfo=UTC), form, status, Stated(**said))


GOLDEN = [
    ("alike", [told("L", dose="10 mg"), told("H", dose="10 MG")], []),
    ("dose", [told("L", 2025, dose="10 mg"), told("H", dose="20 mg")], [("dose", "L 10 mg, H 20 mg")]),
    ("other units", [told("L", dose="1 tablet"), told("H", dose="20 mg")], []),
    ("one says nothing", [told("L", dose="10 mg"), told("H")], []),
    ("history of one place", [told("L", 2019, dose="10 mg"), told("L", 2024, dose="20 mg")], []),
    (
        "the newest word of each place",
        [told("L", 2019, dose="10 mg"), told("L", 2024, dose="20 mg"), told("H", 2021, dose="20 mg")],
        [],
    ),
    ("morning and night", [told("L", dose="10 mg"), told("L", dose="5 mg"), told("H", dose="5 mg")], []),
    (
        "what is over has no dose",
        [told("L", status="stopped", dose="10 mg"), told("H", 2023, dose="20 mg")],
        [("status", "L stopped, H active")],
    ),
    ("over in two words", [told("L", status="stopped"), told("H", status="completed")], []),
    ("not stated is not a word", [told("L", status=""), told("H", status="unknown"), told("O")], []),
    (
        "a fill says nothing of the medicine",
        [told("L", form="dispense", status="completed", dose="10 mg"), told("H", dose="20 mg")],
        [],
    ),
    (
        "given or not",
        [told("L", form="", status="completed"), told("H", form="", status="not-done")],
        [("status", "L completed, H not-done")],
    ),
    (
        "to be taken or not",
        [told("L", status="not-to-be-done"), told("H")],
        [("status", "L not-to-be-done, H active")],
    ),
    ("known to the year", [told("L", began="2019"), told("H", began="2019-05")], []),
    (
        "began",
        [told("L", 2025, began="2018-11"), told("H", began="2019-05")],
        [("began", "L 2018-11, H 2019-05")],
    ),
    ("danger", [told("L", 2025, danger="crith"), told("H", danger="low")], [("danger", "L high, H low")]),
    ("not judged", [told("L", danger="unable-to-assess"), told("H", danger="low")], []),
    (
        "how often",
        [told("L", 2025, often="1 1 d"), told("H", often="2 1 d")],
        [("often", "L 1 1 d, H 2 1 d")],
    ),
    (
        "three places",
        [told("L", 2025, dose="10 mg"), told("H", 2024, dose="20 mg"), told("O", 2023, dose="10 mg")],
        [("dose", "L 10 mg, H 20 mg, O 10 mg")],
    ),
    (
        "a dose and a strength that say the same are said once",
        [told("L", 2025, dose="10 mg", strength="10 mg"), told("H", dose="20 mg", strength="20 mg")],
        [("dose", "L 10 mg, H 20 mg")],
    ),
    (
        "strength",
        [told("L", 2025, strength="10 mg"), told("H", strength="20 mg")],
        [("strength", "L 10 mg, H 20 mg")],
    ),
]


@pytest.mark.parametrize(("records", "said"), [case[1:] for case in GOLDEN], ids=[case[0] for case in GOLDEN])
def test_places_differ_only_on_what_can_be_compared(records, said):
    found = [(one.about, ", ".join(" ".join(each) for each in one.says)) for one in differences(records)]
    assert found == said
    assert len(differences(reversed(records))) == len(said)  # the order in which they came says nothing
