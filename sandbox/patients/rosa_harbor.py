"""Rosa Delgado as Harbor Teaching Hospital knows her: the place of her operations and her sugar clinic.

She and everybody else here are invented. Prairie Clinics (rosa_prairie) knows her too and disagrees about her
lisinopril, her penicillin allergy and when her diabetes began.
"""

from sandbox.charts import Chart
from sandbox.patients import rosa_harbor_care, rosa_harbor_results
from sandbox.patients.notebook import Notebook
from sandbox.patients.parts import (
    TEST_DATA,
    concept,
    icd10,
    narrative,
    notes,
    period,
    quantity,
    reference,
    rxnorm,
    snomed,
    term,
)

SYSTEM = 4706
_OKAFOR = "Practitioner/dr-okafor"
_VEIL = "Practitioner/dr-veil"
_HARBOR = "Organization/harbor"

_PATIENT = {
    "resourceType": "Patient",
    "id": "rosa-delgado",
    "meta": {"security": [TEST_DATA]},
    "text": narrative("Rosa Elena Delgado, female, born 14 May 1968"),
    "identifier": [
        {
            "use": "usual",
            "type": term("v2-0203", "MR", "Medical record number"),
            "system": "https://harbor-teaching.example/mrn",
            "value": "00418827",
        }
    ],
    "active": True,
    "name": [
        {"use": "official", "family": "Delgado", "given": ["Rosa", "Elena"], "prefix": ["Mrs."]},
        {"use": "maiden", "family": "Ibarra", "given": ["Rosa", "Elena"]},
        {"use": "usual", "family": "Delgado", "given": ["Rosa"]},
    ],
    "telecom": [
        {"system": "phone", "value": "555-0142", "use": "mobile"},
        {"system": "email", "value": "rosa.delgado@mail.example"},
    ],
    "gender": "female",
    "birthDate": "1968-05-14",
    "address": [
        {
            "use": "home",
            "line": ["27 Cooper Street", "Apt 3"],
            "city": "Millbrook Harbor",
            "state": "ME",
            "postalCode": "04990",
            "country": "US",
        }
    ],
    "maritalStatus": term("v3-MaritalStatus", "M", "Married"),
    "communication": [
        {"language": concept("Spanish", {"system": "urn:ietf:bcp:47", "code": "es"}), "preferred": True},
        {"language": concept("English", {"system": "urn:ietf:bcp:47", "code": "en"})},
    ],
    "contact": [
        {
            "relationship": [term("v2-0131", "N", "Next-of-Kin")],
            "name": {"family": "Delgado", "given": ["Andrés"]},
            "telecom": [{"system": "phone", "value": "555-0143"}],
        }
    ],
    "generalPractitioner": [{"reference": _OKAFOR, "display": "Miriam Okafor, MD"}],
    "managingOrganization": {"reference": _HARBOR, "display": "Harbor Teaching Hospital"},
}


def chart() -> Chart:
    """Her chart at Harbor Teaching Hospital."""
    book = Notebook(_PATIENT)
    for write in (
        _people,
        _problems,
        _lighter_problems,
        _older_problems,
        _passing_problems,
        _allergies,
        _medicines,
        _older_medicines,
    ):
        write(book)
    rosa_harbor_results.write(book)
    rosa_harbor_care.write(book)
    return book.chart(SYSTEM)


def _people(book: Notebook) -> None:
    book.add(
        "Organization",
        "harbor",
        active=True,
        type=[term("organization-type", "prov", "Healthcare Provider")],
        name="Harbor Teaching Hospital",
        telecom=[{"system": "phone", "value": "555-0100"}],
        address=[{"line": ["1 Pier Road"], "city": "Millbrook Harbor", "state": "ME", "postalCode": "04990"}],
    )
    book.add("Organization", "harbor-lab", active=True, name="Harbor Teaching Hospital Laboratory")
    for key, given_name, family, trade in (
        ("dr-okafor", "Miriam", "Okafor", "Internal medicine"),
        ("dr-veil", "Tomás", "Veil", "Endocrinology"),
        ("dr-quist", "Ansel", "Quist", "Orthopedic surgery"),
    ):
        book.add(
            "Practitioner",
            key,
            active=True,
            name=[{"family": family, "given": [given_name], "suffix": ["MD"]}],
            qualification=[{"code": concept(trade)}],
        )


def _problems(book: Notebook) -> None:
    okafor = reference(_OKAFOR, "Miriam Okafor, MD")
    book.condition(
        "hypertension",
        concept(
            "Essential hypertension",
            snomed("59621000", "Essential hypertension"),
            icd10("I10", "Essential (primary) hypertension"),
        ),
        onset="2014-03",
        recordedDate="2014-03-19",
        recorder=okafor,
        note=notes("Home readings run 128 to 136 over 80. Keep the log and bring it along."),
    )
    book.condition(
        "diabetes",
        concept(
            "Type 2 diabetes mellitus without complication",
            snomed("44054006", "Diabetes mellitus type 2"),
            icd10("E11.9", "Type 2 diabetes mellitus without complications"),
        ),
        onset="2019",
        recordedDate="2019-06-04",
        recorder=reference(_VEIL, "Tomás Veil, MD"),
        severity=concept("Mild", snomed("255604002", "Mild")),
    )
    book.condition(
        "lipids",
        concept(
            "Hyperlipidemia, unspecified",
            snomed("55822004", "Hyperlipidemia"),
            icd10("E78.5", "Hyperlipidemia, unspecified"),
        ),
        onset="2016-08-02",
        recordedDate="2016-08-02",
        recorder=okafor,
    )


def _lighter_problems(book: Notebook) -> None:
    book.condition(
        "hay-fever",
        concept("Seasonal allergic rhinitis", snomed("367498001", "Seasonal allergic rhinitis")),
        note=notes("Worst in May and June."),
    )
    book.condition(
        "sleep-apnea",
        concept("Possible obstructive sleep apnea", snomed("78275009", "Obstructive sleep apnea syndrome")),
        verification="provisional",
        recordedDate="2026-09-22",
        note=notes("Husband reports loud snoring with pauses. Home sleep study ordered."),
    )


def _older_problems(book: Notebook) -> None:
    book.condition(
        "wrist",
        concept(
            "Closed fracture of left distal radius",
            icd10("S52.502A", "Unspecified fracture of the lower end of left radius, initial encounter"),
        ),
        status="resolved",
        onset="2021-02-11",
        ended="2021-05-04",
        recordedDate="2021-02-11",
        bodySite=[concept("Left wrist")],
        encounter=reference("Encounter/wrist-emergency"),
    )
    book.condition(
        "anemia",
        concept(
            "Iron deficiency anemia",
            snomed("87522002", "Iron deficiency anemia"),
            icd10("D50.9", "Iron deficiency anemia, unspecified"),
        ),
        status="resolved",
        onset="2011",
        ended="2013-01",
    )


def _passing_problems(book: Notebook) -> None:
    book.condition(
        "cold",
        concept("Acute upper respiratory infection", snomed("54150009", "Upper respiratory infection")),
        status="resolved",
        category="encounter-diagnosis",
        onset="2026-02-16",
        recordedDate="2026-02-19",
        encounter=reference("Encounter/cold-video"),
    )
    book.condition(
        "chest-pain-error",
        concept("Chest pain", snomed("29857009", "Chest pain")),
        status=None,
        verification="entered-in-error",
        recordedDate="2024-10-08",
        note=notes("Charted on the wrong patient."),
    )


def _allergies(book: Notebook) -> None:
    book.allergy(
        "penicillin",
        concept("Penicillin", snomed("91936005", "Allergy to penicillin")),
        type="allergy",
        category=["medication"],
        criticality="high",
        onsetDateTime="1994",
        recordedDate="2014-03-19",
        reactions=[
            (concept("Anaphylaxis", snomed("39579001", "Anaphylaxis")), "severe"),
            (concept("Hives", snomed("126485001", "Urticaria")), "moderate"),
        ],
        note=notes("Throat swelling about 20 minutes after the second dose; treated in an emergency room."),
    )
    book.allergy(
        "ibuprofen",
        concept("Ibuprofen", rxnorm("5640", "ibuprofen")),
        type="intolerance",
        category=["medication"],
        criticality="low",
        reactions=[(concept("Stomach upset", snomed("422587007", "Nausea")), "mild")],
        recordedDate="2021-02-11",
    )
    book.allergy(
        "egg",
        concept("Egg", snomed("91930004", "Allergy to eggs")),
        status="resolved",
        verification="refuted",
        category=["food"],
        recordedDate="2019-10-15",
        note=notes("Eats eggs without trouble. Carried over from an old paper chart."),
    )


def _medicines(book: Notebook) -> None:
    okafor = reference(_OKAFOR, "Miriam Okafor, MD")
    book.prescription(
        "lisinopril-10",
        concept("lisinopril 10 mg tablet", rxnorm("314076", "lisinopril 10 MG Oral Tablet")),
        "Take 1 tablet by mouth once daily",
        authoredOn="2026-03-10T09:42:00-05:00",
        requester=okafor,
        reasonReference=[reference("Condition/hypertension")],
        dispenseRequest={
            "numberOfRepeatsAllowed": 3,
            "quantity": quantity(90, "tablet", "{tbl}"),
            "expectedSupplyDuration": quantity(90, "days", "d"),
        },
    )
    book.prescription(
        "metformin",
        concept("metFORMIN 500 mg tablet", rxnorm("861007", "metformin hydrochloride 500 MG Oral Tablet")),
        "Take 1 tablet by mouth twice daily with meals",
        authoredOn="2026-09-22",
        requester=reference(_VEIL, "Tomás Veil, MD"),
        reasonReference=[reference("Condition/diabetes")],
        note=notes("Hold for 48 hours after contrast imaging."),
    )
    book.prescription(
        "atorvastatin",
        concept("atorvastatin 20 mg tablet", rxnorm("617310", "atorvastatin 20 MG Oral Tablet")),
        "Take 1 tablet by mouth nightly",
        authoredOn="2025-11-04",
        requester=okafor,
    )
    book.takes(
        "vitamin-d",
        concept("Vitamin D3 1,000 units (over the counter)"),
        "One a day",
        effectivePeriod=period("2023"),
        informationSource=book.subject,
    )
    book.takes("tea", concept("Chamomile tea at night"), None, note=notes("Not every night."))


def _older_medicines(book: Notebook) -> None:
    book.prescription(
        "lisinopril-5",
        concept("lisinopril 5 mg tablet", rxnorm("311354", "lisinopril 5 MG Oral Tablet")),
        "Take 1 tablet by mouth once daily",
        status="stopped",
        authoredOn="2014-03-19",
        statusReason=concept("Dose increased"),
    )
    book.prescription(
        "acetaminophen",
        concept("acetaminophen 325 mg tablet", rxnorm("313782", "acetaminophen 325 MG Oral Tablet")),
        "Take 2 tablets every 6 hours as needed for wrist pain. No more than 10 tablets in 24 hours.",
        status="completed",
        authoredOn="2021-02-11",
        encounter=reference("Encounter/wrist-emergency"),
    )
    book.prescription(
        "amoxicillin-error",
        concept("amoxicillin 500 mg capsule", rxnorm("308191", "amoxicillin 500 MG Oral Capsule")),
        None,
        status="cancelled",
        authoredOn="2026-02-19",
        statusReason=concept("Penicillin allergy on file"),
    )
    book.add(
        "Medication", "iron", code=concept("ferrous sulfate 325 mg (65 mg iron) tablet"), status="active"
    )
    book.prescription(
        "iron-order",
        None,
        "1 tablet every other day",
        status="completed",
        authoredOn="2011-09",
        medicationReference=reference("Medication/iron", "ferrous sulfate 325 mg tablet"),
    )
