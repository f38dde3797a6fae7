"""Rosa Delgado at Copper Basin Clinic, where she was seen once on holiday and whose server speaks STU3."""

from typing import Any

from sandbox.charts import Chart, dump
from sandbox.patients.parts import concept, cvx, loinc, quantity, rxnorm, snomed

SYSTEM = 4715
_ME = {"reference": "Patient/cb-5518", "display": "Rosa Delgado"}
_VISIT = {"reference": "Encounter/cb-visit"}

_PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "cb-5518",
    "active": True,
    "name": [{"use": "official", "family": "Delgado", "given": ["Rosa"]}],
    "gender": "female",
    "birthDate": "1968-05-14",
}
_RESOURCES: tuple[dict[str, Any], ...] = (
    {"resourceType": "Organization", "id": "cb", "name": "Copper Basin Clinic"},
    {
        "resourceType": "Encounter",
        "id": "cb-visit",
        "status": "finished",
        "class": {"code": "AMB", "display": "ambulatory"},
        "type": [concept("Walk-in visit")],
        "subject": _ME,
        "reason": [concept("Cut on the left hand")],
        "period": {"start": "2016-07-19T16:10:00-07:00", "end": "2016-07-19T16:50:00-07:00"},
        "serviceProvider": {"reference": "Organization/cb"},
    },
    {
        "resourceType": "Condition",
        "id": "cb-cut",
        "clinicalStatus": "resolved",
        "verificationStatus": "confirmed",
        "code": concept("Cut of the left hand"),
        "subject": _ME,
        "context": _VISIT,
        "onsetDateTime": "2016-07-19",
        "abatementDateTime": "2016-08",
    },
    {
        "resourceType": "AllergyIntolerance",
        "id": "cb-penicillin",
        "clinicalStatus": "active",
        "verificationStatus": "unconfirmed",
        "code": concept("Penicillin", snomed("91936005", "Allergy to penicillin")),
        "patient": _ME,
        "assertedDate": "2016-07-19",
        "reaction": [{"manifestation": [concept("Trouble breathing")]}],
    },
    {
        "resourceType": "MedicationRequest",
        "id": "cb-ointment",
        "status": "completed",
        "intent": "order",
        "medicationCodeableConcept": concept("Bacitracin ointment", rxnorm("1291", "bacitracin")),
        "subject": _ME,
        "context": _VISIT,
        "authoredOn": "2016-07-19",
        "dosageInstruction": [{"text": "A thin layer on the cut twice a day for 7 days"}],
    },
    {
        "resourceType": "Observation",
        "id": "cb-pressure",
        "status": "final",
        "category": [
            {"coding": [{"system": "http://hl7.org/fhir/observation-category", "code": "vital-signs"}]}
        ],
        "code": concept("Blood pressure", loinc("55284-4", "Blood pressure systolic and diastolic")),
        "subject": _ME,
        "context": _VISIT,
        "effectiveDateTime": "2016-07-19T16:15:00-07:00",
        "component": [
            {"code": concept("Systolic", loinc("8480-6", "Systolic blood pressure")),
             "valueQuantity": quantity(144, "mmHg", "mm[Hg]")},
            {"code": concept("Diastolic", loinc("8462-4", "Diastolic blood pressure")),
             "valueQuantity": quantity(90, "mmHg", "mm[Hg]")},
        ],
    },
    {
        "resourceType": "Immunization",
        "id": "cb-tetanus",
        "status": "completed",
        "notGiven": False,
        "vaccineCode": concept("Td (adult)", cvx("09", "Td (adult)")),
        "patient": _ME,
        "encounter": _VISIT,
        "date": "2016-07-19",
        "primarySource": True,
    },
    {
        "resourceType": "Procedure",
        "id": "cb-stitches",
        "status": "completed",
        "code": concept("Four stitches, left hand"),
        "subject": _ME,
        "context": _VISIT,
        "performedDateTime": "2016-07-19",
    },
)  # fmt: skip


def chart() -> Chart:
    """Her chart at Copper Basin Clinic."""
    return Chart(SYSTEM, "stu3", dump(_PATIENT), [dump(resource) for resource in _RESOURCES])
