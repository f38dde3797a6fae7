"""Rosa Delgado at Old Mill Medical, a practice of her younger years whose server still speaks DSTU2."""

from typing import Any

from sandbox.charts import Chart, dump
from sandbox.patients.parts import concept, cvx, icd10, loinc, quantity, snomed

SYSTEM = 4710
_ME = {"reference": "Patient/9912", "display": "Rosa Delgado"}

_PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "9912",
    "name": [{"use": "official", "family": ["Delgado"], "given": ["Rosa"]}],
    "gender": "female",
    "birthDate": "1968-05-14",
    "active": True,
    "careProvider": [{"reference": "Practitioner/17"}],
}
_RESOURCES: tuple[dict[str, Any], ...] = (
    {"resourceType": "Organization", "id": "1", "name": "Old Mill Medical"},
    {
        "resourceType": "Practitioner",
        "id": "17",
        "name": {"family": ["Marsh"], "given": ["Philippa"], "suffix": ["MD"]},
    },
    {
        "resourceType": "Encounter",
        "id": "301",
        "status": "finished",
        "class": "outpatient",
        "type": [concept("Office visit")],
        "patient": _ME,
        "reason": [concept("Tired all the time")],
        "period": {"start": "2011-09-06T10:00:00-04:00", "end": "2011-09-06T10:20:00-04:00"},
        "serviceProvider": {"reference": "Organization/1"},
    },
    {
        "resourceType": "Condition",
        "id": "401",
        "patient": _ME,
        "encounter": {"reference": "Encounter/301"},
        "code": concept("Iron deficiency anemia", snomed("87522002", "Iron deficiency anemia")),
        "category": concept("Diagnosis"),
        "clinicalStatus": "resolved",
        "verificationStatus": "confirmed",
        "onsetDateTime": "2011-09",
        "abatementDateTime": "2013-01",
        "dateRecorded": "2011-09-06",
    },
    {
        "resourceType": "Condition",
        "id": "402",
        "patient": _ME,
        "code": concept("Migraine", icd10("G43.909", "Migraine, unspecified")),
        "clinicalStatus": "active",
        "verificationStatus": "confirmed",
        "notes": "Two or three a year.",
    },
    {
        "resourceType": "AllergyIntolerance",
        "id": "501",
        "patient": _ME,
        "substance": concept("Penicillin", snomed("91936005", "Allergy to penicillin")),
        "status": "active",
        "criticality": "CRITU",
        "recordedDate": "2008-03-11",
        "reaction": [{"manifestation": [concept("Rash")], "severity": "moderate"}],
    },
    {
        "resourceType": "MedicationOrder",
        "id": "601",
        "patient": _ME,
        "dateWritten": "2011-09-06",
        "status": "completed",
        "prescriber": {"reference": "Practitioner/17"},
        "medicationCodeableConcept": concept("Ferrous sulfate 325 mg"),
        "dosageInstruction": [{"text": "One tablet every other day"}],
    },
    {
        "resourceType": "MedicationStatement",
        "id": "602",
        "patient": _ME,
        "status": "active",
        "wasNotTaken": False,
        "medicationCodeableConcept": concept("Sumatriptan as needed for migraine"),
        "effectivePeriod": {"start": "2009"},
    },
    {
        "resourceType": "Observation",
        "id": "701",
        "status": "final",
        "category": {
            "coding": [{"system": "http://hl7.org/fhir/observation-category", "code": "laboratory"}]
        },
        "code": concept("Hemoglobin", loinc("718-7", "Hemoglobin [Mass/volume] in Blood")),
        "subject": _ME,
        "encounter": {"reference": "Encounter/301"},
        "effectiveDateTime": "2011-09-06",
        "valueQuantity": quantity(10.1, "g/dL"),
        "interpretation": {
            "coding": [{"system": "http://hl7.org/fhir/v2/0078", "code": "L", "display": "Low"}]
        },
        "referenceRange": [{"low": quantity(12.0, "g/dL"), "high": quantity(16.0, "g/dL")}],
    },
    {
        "resourceType": "Observation",
        "id": "702",
        "status": "final",
        "category": {
            "coding": [{"system": "http://hl7.org/fhir/observation-category", "code": "vital-signs"}]
        },
        "code": concept("Weight", loinc("29463-7", "Body weight")),
        "subject": _ME,
        "effectiveDateTime": "2011-09-06",
        "valueQuantity": quantity(148, "lb", "[lb_av]"),
    },
    {
        "resourceType": "DiagnosticReport",
        "id": "801",
        "status": "final",
        "code": concept("Blood count"),
        "subject": _ME,
        "effectiveDateTime": "2011-09-06",
        "issued": "2011-09-07T08:00:00-04:00",
        "performer": {"reference": "Organization/1"},
        "result": [{"reference": "Observation/701"}],
    },
    {
        "resourceType": "Immunization",
        "id": "901",
        "status": "completed",
        "date": "2010-05-03",
        "vaccineCode": concept("Tdap", cvx("115", "Tdap")),
        "patient": _ME,
        "wasNotGiven": False,
        "reported": False,
    },
    {
        "resourceType": "Procedure",
        "id": "1001",
        "subject": _ME,
        "status": "completed",
        "code": concept("Cesarean section", snomed("11466000", "Cesarean section")),
        "performedDateTime": "2001-06",
    },
)
# What was written down under a second number, before anybody saw that she had one.
_AGAIN = {"reference": "Patient/4401", "display": "Delgado, Rosa"}
_SECOND: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "4401",
    "name": [{"use": "official", "family": ["Delgado"], "given": ["Rosa", "E"]}],
    "gender": "female",
    "birthDate": "1968-05-14",
}
_SECOND_RESOURCES: tuple[dict[str, Any], ...] = (
    {
        "resourceType": "Immunization",
        "id": "951",
        "status": "completed",
        "date": "2007-11-12",
        "vaccineCode": concept("Influenza", cvx("88", "influenza, unspecified formulation")),
        "patient": _AGAIN,
        "wasNotGiven": False,
        "reported": True,
    },
    {
        "resourceType": "Procedure",
        "id": "1051",
        "subject": _AGAIN,
        "status": "completed",
        "code": concept("Removal of a mole, left shoulder"),
        "performedDateTime": "2007-11-12",
    },
)


def chart() -> Chart:
    """Her chart at Old Mill Medical."""
    return Chart(SYSTEM, "dstu2", dump(_PATIENT), [dump(resource) for resource in _RESOURCES])


def second_chart() -> Chart:
    """The other one she has there, under another number."""
    return Chart(SYSTEM, "dstu2", dump(_SECOND), [dump(resource) for resource in _SECOND_RESOURCES])
