"""Rosa Delgado at Prairie Clinics: visits, results, vital signs, vaccines, and her knee."""

from sandbox.patients import tests_and_vaccines as use
from sandbox.patients.notebook import Notebook
from sandbox.patients.parts import concept, loinc, notes, period, quantity, reference, snomed, term

_ABARA = "Practitioner/labara"


def write(book: Notebook) -> None:
    """Add this part of her chart."""
    for part in (_visits, _sugar, _other_results, _vitals, _habits, _vaccines, _knee, _weight):
        part(book)


def _visits(book: Notebook) -> None:
    prairie = reference("Organization/prairie", "Prairie Clinics, Market Street")
    abara = [{"individual": reference(_ABARA, "Luke Abara, FNP")}]
    for key, day, why in (
        ("e1", "2022-06-14", "Right knee pain"),
        ("e2", "2023-12-27", "Cough for two weeks"),
        ("e3", "2026-01-15", "Medication review"),
        ("e4", "2026-10-02", "Blood pressure check"),
    ):
        book.visit(
            key,
            concept("Clinic visit", snomed("390906007", "Follow-up encounter")),
            day,
            day,
            why=why,
            serviceProvider=prairie,
            participant=abara,
        )
    book.visit("e5", concept("Nurse visit"), "2027-02-03", status="planned", why="Blood pressure check")


def _sugar(book: Notebook) -> None:
    for number, (day, value) in enumerate(
        (
            ("2018-11-05", 7.6),
            ("2020-02-11", 7.2),
            ("2022-06-14", 6.9),
            ("2024-05-20", 6.5),
            ("2026-01-15", 7.0),
            ("2026-10-02", 7.8),
        ),
        start=1,
    ):
        book.lab(f"l{number}", use.A1C, value, day, flag="H", issued=f"{day}T20:00:00.000Z")
    book.lab(
        "l7",
        use.GLUCOSE_SI,
        8.3,
        "2018-11-05",
        note=notes("Read from an outside report, unit as printed there."),
    )


def _other_results(book: Notebook) -> None:
    day = "2026-10-02"
    chemistry = [
        book.lab("l10", use.SODIUM, 139, day, flag="N"),
        book.lab("l11", use.POTASSIUM, 4.5, day, flag="N"),
        book.lab("l12", use.UREA, 17, day, flag="N"),
        book.lab("l13", use.CREATININE, 0.84, day, flag="N"),
        book.lab("l14", use.CALCIUM, 9.6, day, flag="N"),
    ]
    book.report(
        "r1",
        use.panel("51990-0", "Basic metabolic panel - Blood", "Basic Metabolic Panel"),
        day,
        chemistry,
        performer=[reference("Organization/prairie")],
    )
    book.lab("l15", use.URINE_CULTURE, "No growth after 48 hours", "2024-05-20")
    book.lab("l16", use.ALT, 71, "2024-05-20", flag="HH")
    book.lab("l17", use.ALT, 29, "2024-07-01", flag="N", status="amended")
    book.lab("l18", use.STREP, concept("Negative", snomed("260385009", "Negative")), "2023-12-27")
    book.lab("l19", use.FERRITIN, 11, "2024-05-20", flag="L")


def _vitals(book: Notebook) -> None:
    for number, (day, upper, lower, pounds) in enumerate(
        (("2022-06-14", 136, 86, 166), ("2026-01-15", 146, 90, 165), ("2026-10-02", 151, 92, 162.4)), start=1
    ):
        book.blood_pressure(f"bp{number}", upper, lower, day, bodySite=concept("Right arm, sitting"))
        book.vital(f"wt{number}", use.WEIGHT_POUNDS, pounds, day)
    book.vital("ht1", use.HEIGHT_INCHES, 64, "2022-06-14")
    book.vital("hr1", use.HEART_RATE, 81, "2026-10-02")


def _habits(book: Notebook) -> None:
    book.habit(
        "s1",
        concept("Tobacco use", loinc("72166-2", "Tobacco smoking status")),
        concept("Never smoker", snomed("266919005", "Never smoked tobacco")),
        "2015-04-09",
    )
    book.habit(
        "s2", concept("Occupation", loinc("11341-5", "History of Occupation")), "School librarian", None
    )


def _vaccines(book: Notebook) -> None:
    book.vaccine(
        "i1", use.FLU, "2025-11-04", primarySource=False, note=notes("Given at Harbor, says patient.")
    )
    book.vaccine("i2", use.PNEUMO20, "2026-01-15", lotNumber="PV20-55A")
    book.vaccine("i3", use.TDAP, None, occurrenceString="About 2010, from memory", primarySource=False)
    book.vaccine("i4", use.COVID_VACCINE, "2022-11-30", lotNumber="FX1180")


def _knee(book: Notebook) -> None:
    book.add(
        "Procedure",
        "p1",
        status="completed",
        code=concept("Injection of right knee joint"),
        performedDateTime="2022-07-12",
        reasonReference=[reference("Condition/c4")],
        note=notes("Tolerated well. Ice this evening."),
    )
    book.add(
        "Procedure",
        "p2",
        status="not-done",
        code=concept("MRI of right knee"),
        statusReason=concept("Declined"),
    )
    book.add(
        "Device",
        "walking-stick",
        status="active",
        type=concept("Walking cane"),
        note=notes("Uses it on bad days."),
    )


def _weight(book: Notebook) -> None:
    goal = book.add(
        "Goal",
        "weight-goal",
        lifecycleStatus="active",
        description=concept("Weight 155 pounds"),
        startDate="2026-01-15",
        target=[{"measure": use.WEIGHT_POUNDS.concept(), "detailQuantity": quantity(155, "lb", "[lb_av]")}],
    )
    book.add(
        "CarePlan",
        "knee-plan",
        status="completed",
        intent="plan",
        title="Physical therapy for the right knee",
        period=period("2022-06-14", "2022-09-30"),
        goal=[reference(goal)],
        category=[term("careplan-category", "assess-plan")],
    )
