"""Rosa Delgado at Harbor Teaching Hospital: results, vital signs, habits, vaccines."""

from sandbox.patients import tests_and_vaccines as use
from sandbox.patients.notebook import Notebook
from sandbox.patients.parts import concept, loinc, notes, reference, snomed, term


def write(book: Notebook) -> None:
    """Add this part of her chart."""
    for part in (_sugar, _blood_count, _other_results, _vitals, _habits, _vaccines):
        part(book)


def _sugar(book: Notebook) -> None:
    for when, value, flag in (
        ("2019-06-04", 7.9, "H"),
        ("2020-07-21", 7.0, "H"),
        ("2022-01-18", 6.8, "H"),
        ("2024-05-07", 6.6, "H"),
        ("2025-11-04T09:31:00-05:00", 6.9, "H"),
        ("2026-03-10T09:58:00-05:00", 7.1, "H"),
        ("2026-09-22T15:10:00-04:00", 7.4, "H"),
    ):
        book.lab(
            f"a1c-{when[:10]}",
            use.A1C,
            value,
            when,
            flag=flag,
            performer=[reference("Organization/harbor-lab", "Harbor Teaching Hospital Laboratory")],
        )
    book.lab("glucose-spring", use.GLUCOSE, 142, "2026-03-10T09:58:00-05:00", flag="H")
    book.lab(
        "glucose-fall", use.GLUCOSE, 151, "2026-09-22T15:10:00-04:00", flag="H", note=notes("Not fasting.")
    )
    book.lab(
        "albumin-ratio",
        use.ALBUMIN_RATIO,
        7,
        "2026-09-22T15:10:00-04:00",
        comparator="<",
        flag="N",
        note=notes("Below the limit the method can measure."),
    )


def _blood_count(book: Notebook) -> None:
    when = "2026-03-10T09:58:00-05:00"
    count = [
        book.lab("hemoglobin", use.HEMOGLOBIN, 12.9, when, flag="N"),
        book.lab("hematocrit", use.HEMATOCRIT, 38.4, when, flag="N"),
        book.lab("leukocytes", use.LEUKOCYTES, 6.20, when, flag="N"),
        book.lab("platelets", use.PLATELETS, 243, when, flag="N"),
    ]
    book.report(
        "blood-count",
        use.panel("58410-2", "CBC panel - Blood by Automated count", "Complete blood count"),
        when,
        count,
        issued="2026-03-10T16:20:00.000-05:00",
    )
    lipids = [
        book.lab("cholesterol", use.CHOLESTEROL, 187, when, flag="N"),
        book.lab("triglycerides", use.TRIGLYCERIDES, 168, when, flag="H"),
        book.lab("hdl", use.HDL, 44, when, flag="N"),
        book.lab("ldl", use.LDL, 109, when, flag="H"),
    ]
    book.report(
        "lipid-panel",
        use.panel("24331-1", "Lipid 1996 panel - Serum or Plasma", "Lipid panel"),
        when,
        lipids,
        conclusion="LDL a little above goal on atorvastatin 20 mg.",
    )


def _other_results(book: Notebook) -> None:
    when = "2026-09-22T15:10:00-04:00"
    book.lab("creatinine", use.CREATININE, 0.81, when, flag="N")
    book.lab("egfr", use.EGFR, 84, when, flag="N")
    book.lab("potassium", use.POTASSIUM, 5.6, when, flag="H", note=notes("Slight hemolysis. Please repeat."))
    book.lab("potassium-again", use.POTASSIUM, 4.4, "2026-09-29", flag="N", status="corrected")
    book.lab("tsh", use.TSH, 2.310, "2026-09-29", flag="N")
    book.lab("vitamin-d-level", use.VITAMIN_D, 24.6, "2026-09-29", flag="L", status="preliminary")
    book.lab("urine-color", use.URINE_COLOR, "Yellow, clear", "2026-03-10")
    book.lab(
        "covid",
        use.COVID,
        concept("Not detected", snomed("260415000", "Not detected")),
        "2026-02-19",
        flag="N",
    )
    book.lab("troponin", use.TROPONIN, 3, "2024-10-08", comparator="<", status="entered-in-error")
    book.lab("crp", use.CRP, None, "2021-02-11", status="cancelled", note=notes("Sample could not be used."))


def _vitals(book: Notebook) -> None:
    for visit, when, upper, lower, pulse, weight in (
        ("checkup-2025", "2025-11-04T09:05:00-05:00", 138, 84, 76, 74.2),
        ("checkup-spring", "2026-03-10T09:20:00-05:00", 142, 88, 78, 74.8),
        ("checkup-fall", "2026-09-22T14:35:00-04:00", 134, 82, 72, 73.0),
    ):
        encounter = reference(f"Encounter/{visit}")
        book.blood_pressure(f"pressure-{when[:10]}", upper, lower, when, encounter=encounter)
        book.vital(f"pulse-{when[:10]}", use.HEART_RATE, pulse, when, encounter=encounter)
        book.vital(f"weight-{when[:10]}", use.WEIGHT, weight, when, encounter=encounter)
    when = "2026-09-22T14:35:00-04:00"
    book.vital("height", use.HEIGHT, 162.5, when)
    book.vital("bmi", use.BMI, 27.6, when)
    book.vital("oxygen", use.OXYGEN, 98, when)
    book.vital("temperature", use.TEMPERATURE, 36.7, when)
    book.vital("breaths", use.BREATHS, 14, when)


def _habits(book: Notebook) -> None:
    book.habit(
        "smoking",
        concept("Smoking status", loinc("72166-2", "Tobacco smoking status")),
        concept("Former smoker", snomed("8517006", "Ex-smoker")),
        "2026-09-22",
        note=notes("Quit in 2003."),
    )
    book.habit(
        "alcohol",
        concept("Alcohol use", loinc("11331-6", "History of Alcohol use")),
        "One glass of wine on weekends",
        "2026-09-22",
    )


def _vaccines(book: Notebook) -> None:
    arm = concept("Left deltoid")
    by_mouth_or_needle = term("v3-RouteOfAdministration", "IM", "Injection, intramuscular")
    for when, lot in (("2023-10-03", "FK2291"), ("2024-10-08", "GM0457"), ("2025-11-04", "HR7730")):
        book.vaccine(f"flu-{when[:4]}", use.FLU, when, lotNumber=lot, site=arm, route=by_mouth_or_needle)
    book.vaccine(
        "flu-2026",
        use.FLU,
        "2026-09-22",
        status="not-done",
        statusReason=term("v3-ActReason", "PATOBJ", "Patient objection"),
        note=notes("Wants to wait until after her trip."),
    )
    book.vaccine("tdap", use.TDAP, "2021-02-11", lotNumber="T88-104", site=arm)
    book.vaccine("shingles-1", use.SHINGLES, "2019-10-15", protocolApplied=[{"doseNumberPositiveInt": 1}])
    book.vaccine("shingles-2", use.SHINGLES, "2020-01-21", protocolApplied=[{"doseNumberPositiveInt": 2}])
    book.vaccine("covid-vaccine", use.COVID_VACCINE, "2021-04", primarySource=False)
