"""Rosa Delgado as Prairie Clinics know her: the practice near her work, and a different story in places.

Lisinopril is 20 mg here and 10 mg at Harbor; penicillin gave her a mild rash here and anaphylaxis there; her
diabetes began a year earlier; an A1c is higher within the same fortnight.
"""

from sandbox.charts import Chart
from sandbox.patients import rosa_prairie_care, rosa_prairie_papers
from sandbox.patients.notebook import Notebook
from sandbox.patients.parts import (
    TEST_DATA,
    concept,
    icd10,
    notes,
    reference,
    rxnorm,
    snomed,
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
    for write in (_people, _problems, _more_problems, _allergies, _medicines, _other_medicines):
        write(book)
    rosa_prairie_care.write(book)
    rosa_prairie_papers.write(book)
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


def _more_problems(book: Notebook) -> None:
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


def _other_medicines(book: Notebook) -> None:
    sorby = reference(_SORBY, "Hannah Sørby, DO")
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
