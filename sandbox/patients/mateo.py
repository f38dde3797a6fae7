"""Mateo Delgado, an invented child of nine: growth, vaccines, asthma, a peanut allergy."""

from sandbox.charts import Chart
from sandbox.patients import tests_and_vaccines as use
from sandbox.patients.notebook import Notebook
from sandbox.patients.parts import (
    TEST_DATA,
    concept,
    icd10,
    loinc,
    notes,
    quantity,
    reference,
    rxnorm,
    snomed,
    term,
)

SYSTEM = 4706

_PATIENT = {
    "resourceType": "Patient",
    "id": "mateo-delgado",
    "meta": {"security": [TEST_DATA]},
    "identifier": [{"system": "https://harbor-teaching.example/mrn", "value": "00520311"}],
    "active": True,
    "name": [{"use": "official", "family": "Delgado", "given": ["Mateo"]}],
    "gender": "male",
    "birthDate": "2017-09-02",
    "address": [{"line": ["27 Cooper Street", "Apt 3"], "city": "Millbrook Harbor", "state": "ME"}],
    "contact": [
        {
            "relationship": [term("v3-RoleCode", "MTH", "mother")],
            "name": {"family": "Delgado", "given": ["Rosa"]},
            "telecom": [{"system": "phone", "value": "555-0142"}],
        }
    ],
}
# Vaccine, days it was given on, in order.
_SHOTS = (
    ("hepatitis-b", use.HEPATITIS_B, ("2017-09-03", "2017-11-06", "2018-03-05")),
    ("dtap", use.DTAP, ("2017-11-06", "2018-01-08", "2018-03-05", "2018-12-10", "2021-09-07")),
    ("polio", use.POLIO, ("2017-11-06", "2018-01-08", "2018-03-05", "2021-09-07")),
    ("hib", use.HIB, ("2017-11-06", "2018-01-08", "2018-03-05", "2018-12-10")),
    ("pneumo", use.PNEUMO13, ("2017-11-06", "2018-01-08", "2018-03-05", "2018-09-10")),
    ("rotavirus", use.ROTAVIRUS, ("2017-11-06", "2018-01-08", "2018-03-05")),
    ("mmr", use.MMR, ("2018-09-10", "2021-09-07")),
    ("varicella", use.VARICELLA, ("2018-09-10", "2021-09-07")),
    ("hepatitis-a", use.HEPATITIS_A, ("2018-09-10", "2019-03-11")),
    ("flu", use.FLU, ("2022-10-11", "2023-10-09", "2025-10-14")),
)
# Day, weight in kg, height in cm, head in cm while it is measured.
_GROWTH = (
    ("2017-09-03", 3.42, 50.5, 34.6),
    ("2018-03-05", 7.8, 67.0, 43.5),
    ("2018-09-10", 9.60, 75.5, 46.1),
    ("2019-09-09", 12.4, 87.0, 48.6),
    ("2021-09-07", 16.3, 103.0, None),
    ("2023-09-05", 20.9, 116.5, None),
    ("2025-09-09", 27.1, 128.0, None),
    ("2026-09-08", 30.2, 133.5, None),
)


def chart() -> Chart:
    """His chart at Harbor Teaching Hospital."""
    book = Notebook(_PATIENT)
    for write in (_people, _health, _medicines, _growth, _vaccines, _visits):
        write(book)
    return book.chart(SYSTEM)


def _people(book: Notebook) -> None:
    book.add("Organization", "harbor-kids", active=True, name="Harbor Teaching Hospital, Children's Clinic")
    book.add(
        "Practitioner",
        "dr-lund",
        active=True,
        name=[{"family": "Lund", "given": ["Esther"], "suffix": ["MD"]}],
        qualification=[{"code": concept("Pediatrics")}],
    )


def _health(book: Notebook) -> None:
    book.condition(
        "asthma",
        concept(
            "Mild intermittent asthma",
            snomed("427679007", "Mild intermittent asthma"),
            icd10("J45.20", "Mild intermittent asthma, uncomplicated"),
        ),
        onset="2022-11",
        recordedDate="2022-11-21",
        note=notes("Comes with colds and with running in cold air. School has a copy of the plan."),
    )
    book.condition(
        "eczema",
        concept("Eczema", snomed("24079001", "Atopic dermatitis")),
        status="inactive",
        onset="2018",
    )
    book.condition(
        "ear",
        concept("Middle ear infection, right", snomed("65363002", "Otitis media")),
        status="resolved",
        category="encounter-diagnosis",
        onset="2020-01-17",
        ended="2020-01-31",
        encounter=reference("Encounter/ear-visit"),
    )
    book.allergy(
        "peanut",
        concept("Peanut", snomed("91935009", "Allergy to peanut")),
        criticality="high",
        category=["food"],
        onsetDateTime="2019-02",
        reactions=[(concept("Hives around the mouth", snomed("126485001", "Urticaria")), "moderate")],
        note=notes("Carries an epinephrine pen at school and at home."),
    )
    book.lab("lead", use.LEAD, 2, "2018-09-10", comparator="<", flag="N")
    book.lab("strep", use.STREP, concept("Positive", snomed("10828004", "Positive")), "2024-02-06", flag="A")


def _medicines(book: Notebook) -> None:
    book.prescription(
        "albuterol",
        concept(
            "albuterol 90 mcg inhaler",
            rxnorm("745679", "200 ACTUAT albuterol 0.09 MG/ACTUAT Metered Dose Inhaler"),
        ),
        "2 puffs with the spacer every 4 hours as needed for wheezing, and 15 minutes before sports",
        authoredOn="2026-09-08",
    )
    book.prescription(
        "epinephrine",
        concept("epinephrine 0.15 mg auto-injector"),
        "Inject into the outer thigh for a severe reaction, then call 911",
        authoredOn="2025-09-09",
        dispenseRequest={"quantity": quantity(2, "pens", "")},
    )
    book.prescription(
        "amoxicillin",
        concept("amoxicillin 400 mg/5 mL suspension"),
        "6 mL by mouth twice daily for 10 days",
        status="completed",
        authoredOn="2020-01-17",
        encounter=reference("Encounter/ear-visit"),
    )


def _growth(book: Notebook) -> None:
    for day, weight, height, head in _GROWTH:
        book.vital(f"weight-{day}", use.WEIGHT, weight, day)
        book.vital(f"height-{day}", use.HEIGHT, height, day)
        if head is not None:
            book.vital(f"head-{day}", use.HEAD, head, day)
    book.blood_pressure("pressure", 98, 60, "2026-09-08")
    book.habit(
        "smoke-at-home",
        concept("Smoke in the home", loinc("39243-1", "Exposure to tobacco smoke")),
        "Nobody smokes at home",
        "2026-09-08",
    )


def _vaccines(book: Notebook) -> None:
    for name, what, days in _SHOTS:
        for number, day in enumerate(days, start=1):
            dose = [{"doseNumberPositiveInt": number}]
            book.vaccine(f"{name}-{number}", what, day, protocolApplied=dose)
    book.vaccine(
        "flu-missed",
        use.FLU,
        "2024-10-15",
        status="not-done",
        statusReason=concept("Fever on the day of the visit"),
    )


def _visits(book: Notebook) -> None:
    clinic = reference("Organization/harbor-kids", "Children's Clinic")
    who = [{"individual": reference("Practitioner/dr-lund", "Esther Lund, MD")}]
    for day, *_ in _GROWTH[1:]:
        book.visit(
            f"well-{day}",
            concept("Well-child visit", snomed("410620009", "Well child visit")),
            f"{day}T10:30:00-04:00",
            f"{day}T11:00:00-04:00",
            serviceProvider=clinic,
            participant=who,
        )
    book.visit(
        "ear-visit",
        concept("Sick visit"),
        "2020-01-17",
        "2020-01-17",
        why="Ear pain and fever",
        participant=who,
    )
    book.visit(
        "well-2027", concept("Well-child visit"), "2027-09-07", status="planned", serviceProvider=clinic
    )
