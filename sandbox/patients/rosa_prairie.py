"""Rosa Delgado as Prairie Clinics know her: the practice near her work, and a different story in places.

Lisinopril is 20 mg here and 10 mg at Harbor; penicillin gave her a mild rash here and anaphylaxis there; her
diabetes began a year earlier; an A1c is higher within the same fortnight.
"""

from sandbox.charts import Chart
from sandbox.patients import tests_and_vaccines as use
from sandbox.patients.documents import html_note, pdf_note
from sandbox.patients.notebook import Notebook
from sandbox.patients.parts import (
    TEST_DATA,
    concept,
    icd10,
    loinc,
    notes,
    period,
    quantity,
    reference,
    rxnorm,
    snomed,
    term,
)

SYSTEM = 4707
_SORBY = "Practitioner/hsorby"
_ABARA = "Practitioner/labara"

_PATIENT = {
    "resourceType": "Patient",
    "id": "pt-77120",
    "meta": {"security": [TEST_DATA]},
    "identifier": [{"system": "https://prairie-clinics.example/patient", "value": "77120"}],
    "name": [{"use": "official", "text": "DELGADO, ROSA", "family": "Delgado", "given": ["Rosa"]}],
    "telecom": [{"system": "phone", "value": "555-0187", "use": "work"}],
    "gender": "female",
    "birthDate": "1968-05-14",
    "address": [{"line": ["27 Cooper St"], "city": "Millbrook Harbor", "state": "ME", "postalCode": "04990"}],
}


def chart() -> Chart:
    """Her chart at Prairie Clinics."""
    book = Notebook(_PATIENT)
    for write in (
        _people,
        _problems,
        _allergies,
        _medicines,
        _visits,
        _sugar,
        _other_results,
        _vitals,
        _habits,
        _vaccines,
        _papers,
        _knee,
    ):
        write(book)
    return book.chart(SYSTEM)


def _people(book: Notebook) -> None:
    book.add("Organization", "prairie", active=True, name="Prairie Clinics, Market Street")
    book.add(
        "Practitioner",
        "hsorby",
        active=True,
        name=[{"family": "Sørby", "given": ["Hannah"], "suffix": ["DO"]}],
    )
    book.add(
        "Practitioner",
        "labara",
        active=True,
        name=[{"family": "Abara", "given": ["Luke"], "suffix": ["FNP"]}],
    )


def _problems(book: Notebook) -> None:
    book.condition(
        "c1",
        concept(
            "HTN",
            snomed("59621000", "Essential hypertension"),
            icd10("I10", "Essential (primary) hypertension"),
        ),
        onset="2013-11-20",
        recordedDate="2015-04-09",
    )
    book.condition(
        "c2",
        concept("DM type 2", icd10("E11.9", "Type 2 diabetes mellitus without complications")),
        onset="2018-11-05",
        recordedDate="2018-11-05",
    )
    book.condition(
        "c3",
        concept("Prediabetes", snomed("714628002", "Prediabetes"), icd10("R73.03", "Prediabetes")),
        status="resolved",
        onset="2015",
        ended="2018-11-05",
        note=notes("Now diabetes, see problem list."),
    )
    book.condition(
        "c4",
        concept(
            "Primary osteoarthritis of right knee",
            snomed("239873007", "Osteoarthritis of knee"),
            icd10("M17.11", "Unilateral primary osteoarthritis, right knee"),
        ),
        onset="2022-06",
        severity=concept("Moderate", snomed("6736007", "Moderate")),
        bodySite=[concept("Right knee")],
    )
    book.condition(
        "c5",
        concept(
            "Mild depression",
            snomed("79298009", "Mild major depression, single episode"),
            icd10("F32.0", "Major depressive disorder, single episode, mild"),
        ),
        status="remission",
        onset="2020-05",
        meta={
            "security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]
        },
    )
    book.condition(
        "c6", concept("Gastroesophageal reflux", snomed("235595009", "Gastroesophageal reflux disease"))
    )
    book.condition("c7", None, note=notes("Problem without a code, taken over from the old system."))


def _allergies(book: Notebook) -> None:
    book.allergy(
        "a1",
        concept("PENICILLINS", snomed("91936005", "Allergy to penicillin")),
        criticality="low",
        category=["medication"],
        recordedDate="2015-04-09",
        reactions=[(concept("Rash", snomed("271807003", "Eruption of skin")), "mild")],
    )
    book.allergy(
        "a2",
        concept("Latex", snomed("300916003", "Allergy to latex")),
        criticality="unable-to-assess",
        category=["environment"],
        verification="unconfirmed",
        note=notes("Itchy hands with gloves at work."),
    )
    book.allergy("a3", concept("Shellfish"), status=None, verification="entered-in-error", category=["food"])


def _medicines(book: Notebook) -> None:
    sorby = reference(_SORBY, "Hannah Sørby, DO")
    book.prescription(
        "m1",
        concept("Lisinopril 20 MG Oral Tablet", rxnorm("314077", "lisinopril 20 MG Oral Tablet")),
        "1 tab PO daily",
        authoredOn="2026-10-02",
        requester=sorby,
        note=notes("Pressure still high at two visits. Up from 10."),
    )
    book.prescription(
        "m2",
        concept(
            "Metformin 500 MG Oral Tablet", rxnorm("861007", "metformin hydrochloride 500 MG Oral Tablet")
        ),
        "1 tab PO BID with food",
        authoredOn="2026-01-15",
        requester=sorby,
    )
    book.prescription(
        "m3",
        concept("Sertraline 50 MG Oral Tablet", rxnorm("312941", "sertraline 50 MG Oral Tablet")),
        "1 tab PO every morning",
        status="stopped",
        authoredOn="2020-05-19",
        statusReason=concept("Course finished; feels well"),
    )
    book.prescription(
        "m4",
        concept("Omeprazole 20 MG Delayed Release Oral Capsule", rxnorm("198051", "omeprazole 20 MG")),
        "1 cap PO before breakfast as needed",
        requester=sorby,
    )
    book.prescription(
        "m5",
        concept("Azithromycin 250 MG Oral Tablet", rxnorm("308460", "azithromycin 250 MG Oral Tablet")),
        "2 tabs today, then 1 tab daily for 4 days",
        status="completed",
        authoredOn="2023-12-27",
        reasonCode=[concept("Bronchitis")],
    )
    book.prescription(
        "m6",
        concept("Compression stockings, knee high"),
        "Wear during the day",
        status="on-hold",
        authoredOn="2024",
    )


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


def _papers(book: Notebook) -> None:
    for key, title, kind, day, content_type, data in (
        ("d1", "Visit note", loinc("11506-3", "Progress note"), "2026-10-02", "text/html", html_note()),
        (
            "d2",
            "Knee exercises",
            loinc("69730-0", "Instructions"),
            "2022-06-14",
            "application/pdf",
            pdf_note(),
        ),
    ):
        book.add("Binary", f"{key}-file", contentType=content_type, data=data)
        book.add(
            "DocumentReference",
            key,
            status="current",
            docStatus="final",
            type=concept(title, kind),
            date=f"{day}T17:00:00Z",
            author=[reference(_ABARA, "Luke Abara, FNP")],
            content=[
                {"attachment": {"contentType": content_type, "url": f"Binary/{key}-file", "title": title}}
            ],
        )


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
