"""The kinds of resource in a chart of the crowd, and where each stands in a visit of twenty."""

from datetime import timedelta

from sandbox.patients import crowd_words as words
from sandbox.patients.crowd_moment import Kind, Moment, sentences
from sandbox.patients.crowd_results import blood_pressure, lab, report, vital
from sandbox.patients.parts import (
    HL7,
    Part,
    attachment,
    coding,
    concept,
    loinc,
    narrative,
    quantity,
    snomed,
    term,
)


def practice(moment: Moment) -> Part:
    """The Organization all of it happened at."""
    return {
        **moment.start("Organization", "organization"),
        "active": True,
        "type": [term("organization-type", "prov", "Healthcare Provider")],
        "name": "Big River Medical Group",
        "telecom": [{"system": "phone", "value": "555-0160"}],
    }


def doctor(number: int) -> Kind:
    """A kind that makes one of the doctors."""

    def make(moment: Moment) -> Part:
        first, last, trade = words.DOCTORS[number]
        return {
            **moment.start("Practitioner", "practitioner"),
            "active": True,
            "name": [{"use": "official", "family": last, "given": [first], "suffix": ["MD"]}],
            "qualification": [{"code": concept(trade)}],
        }

    return make


def encounter(moment: Moment) -> Part:
    """The visit itself."""
    why = moment.rng.choice(words.REASONS)
    return {
        **moment.start("Encounter", "encounter"),
        "text": narrative(f"Office visit on {moment.day.isoformat()}: {why}"),
        "status": "finished",
        "class": coding(HL7 + "v3-ActCode", "AMB", "ambulatory"),
        "type": [concept("Office visit", snomed("185349003", "Encounter for check up"))],
        "subject": moment.me(),
        "participant": [
            {
                "type": [term("v3-ParticipationType", "PPRF", "primary performer")],
                "period": {"start": moment.at(9), "end": moment.at(9, 40)},
                "individual": moment.doctor(),
            }
        ],
        "period": {"start": moment.at(9), "end": moment.at(9, moment.rng.randrange(20, 59))},
        "reasonCode": [concept(why)],
        "serviceProvider": moment.place(),
    }


def condition(moment: Moment) -> Part:
    """What the visit was about."""
    what = moment.rng.choice(words.PROBLEMS)
    began = moment.day - timedelta(days=moment.rng.randrange(3, 900))
    return {
        **moment.start("Condition", "condition-encounter-diagnosis"),
        "text": narrative(f"{what['text']}, since {began.isoformat()}"),
        "clinicalStatus": term("condition-clinical", moment.rng.choice(("active", "active", "resolved"))),
        "verificationStatus": term("condition-ver-status", "confirmed", "Confirmed"),
        "category": [term("condition-category", "encounter-diagnosis", "Encounter Diagnosis")],
        "code": what,
        "subject": moment.me(),
        "encounter": moment.here(),
        "onsetDateTime": began.isoformat(),
        "recordedDate": moment.at(9, 35),
        "recorder": moment.doctor(),
        "note": [{"text": sentences(moment.rng, 3)}],
    }


def prescription(moment: Moment) -> Part:
    """A medicine written at the visit."""
    medicine = moment.rng.choice(words.MEDICINES)
    return {
        **moment.start("MedicationRequest", "medicationrequest"),
        "status": "active" if moment.visit < 4 else moment.rng.choice(("completed", "stopped")),
        "intent": "order",
        "category": [term("medicationrequest-category", "community", "Community")],
        "medicationCodeableConcept": medicine.what,
        "subject": moment.me(),
        "encounter": moment.here(),
        "authoredOn": moment.at(9, 38),
        "requester": moment.doctor(),
        "reasonCode": [concept(medicine.why)],
        "dosageInstruction": [
            {
                "sequence": 1,
                "text": medicine.label,
                "timing": {
                    "repeat": {"frequency": 1, "period": 1, "periodUnit": "d"},
                    "code": concept(medicine.label),
                },
                "route": concept("By mouth", snomed("26643006", "Oral route")),
                "doseAndRate": [
                    {"type": term("dose-rate-type", "ordered"), "doseQuantity": quantity(1, "tablet", "")}
                ],
            }
        ],
        "dispenseRequest": {
            "validityPeriod": {"start": moment.day.isoformat()},
            "numberOfRepeatsAllowed": moment.rng.randrange(0, 4),
            "quantity": quantity(medicine.supply, "tablet", ""),
            "expectedSupplyDuration": quantity(medicine.supply, "days", "d"),
        },
    }


def immunization(moment: Moment) -> Part:
    """A vaccine given at the visit."""
    return {
        **moment.start("Immunization", "immunization"),
        "status": "completed",
        "vaccineCode": moment.rng.choice(words.VACCINES),
        "patient": moment.me(),
        "encounter": moment.here(),
        "occurrenceDateTime": moment.at(9, 45),
        "primarySource": True,
        "lotNumber": f"{moment.rng.choice('ABCFHKR')}{moment.rng.randrange(10**6):06d}",
        "expirationDate": (moment.day + timedelta(days=300)).isoformat(),
        "site": concept("Left deltoid", snomed("368208006", "Left upper arm structure")),
        "route": term("v3-RouteOfAdministration", "IM", "Injection, intramuscular"),
        "doseQuantity": quantity(0.5, "mL"),
        "performer": [{"actor": moment.doctor()}],
    }


def procedure(moment: Moment) -> Part:
    """Something done at the visit."""
    return {
        **moment.start("Procedure", "procedure"),
        "status": "completed",
        "code": moment.rng.choice(words.PROCEDURES),
        "subject": moment.me(),
        "encounter": moment.here(),
        "performedPeriod": {"start": moment.at(9, 15), "end": moment.at(9, 25)},
        "performer": [{"actor": moment.doctor(), "onBehalfOf": moment.place()}],
        "note": [{"text": sentences(moment.rng, 2)}],
    }


def document(moment: Moment) -> Part:
    """The note of the visit, with its text inside."""
    parts = (moment.day.isoformat(), sentences(moment.rng, 14), sentences(moment.rng, 12))
    text = "VISIT NOTE " + "\n\n".join(parts)
    return {
        **moment.start("DocumentReference", "documentreference"),
        "status": "current",
        "docStatus": "final",
        "type": concept("Progress note", loinc("11506-3", "Progress note")),
        "category": [concept("Clinical note")],
        "subject": moment.me(),
        "date": moment.at(18),
        "author": [moment.doctor()],
        "custodian": moment.place(),
        "content": [{"attachment": attachment("text/plain", text.encode(), "Progress note")}],
        "context": {"encounter": [moment.here()], "period": {"start": moment.at(9), "end": moment.at(10)}},
    }


def plan(moment: Moment) -> Part:
    """What was agreed."""
    return {
        **moment.start("CarePlan", "careplan"),
        "text": narrative(sentences(moment.rng, 3)),
        "status": "active" if moment.visit == 0 else "completed",
        "intent": "plan",
        "category": [term("careplan-category", "assess-plan", "Assessment and Plan of Treatment")],
        "title": "Plan of the visit",
        "description": sentences(moment.rng, 3),
        "subject": moment.me(),
        "encounter": moment.here(),
        "period": {"start": moment.day.isoformat()},
        "author": moment.doctor(),
        "activity": [{"detail": {"status": "in-progress", "description": sentences(moment.rng, 1)}}],
    }


def origin_or_allergy(moment: Moment) -> Part:
    """Where the facts of a visit come from; at the first visits an allergy, since people are asked then."""
    return _allergy(moment) if moment.visit < len(words.ALLERGENS) else _origin(moment)


def _origin(moment: Moment) -> Part:
    made = moment.start("Provenance", "provenance")
    del made["identifier"]  # a Provenance has none
    return {
        **made,
        "target": [moment.here(), {"reference": f"Observation/{moment.slot(1)}"}],
        "recorded": moment.at(18, 30),
        "agent": [
            {
                "type": term("provenance-participant-type", "author", "Author"),
                "who": moment.doctor(),
                "onBehalfOf": moment.place(),
            }
        ],
    }


def _allergy(moment: Moment) -> Part:
    what, sign = words.ALLERGENS[moment.visit]
    return {
        **moment.start("AllergyIntolerance", "allergyintolerance"),
        "clinicalStatus": term("allergyintolerance-clinical", "active", "Active"),
        "verificationStatus": term("allergyintolerance-verification", "confirmed", "Confirmed"),
        "type": "allergy",
        "category": ["medication"],
        "criticality": moment.rng.choice(("low", "high")),
        "code": what,
        "patient": moment.me(),
        "recordedDate": moment.day.isoformat(),
        "recorder": moment.doctor(),
        "reaction": [{"manifestation": [concept(sign)], "severity": moment.rng.choice(("mild", "moderate"))}],
    }


CAST: tuple[Kind, ...] = (practice, *(doctor(number) for number in range(len(words.DOCTORS))))
SLOTS: tuple[Kind, ...] = (
    encounter,
    *(vital(number) for number in range(len(words.VITALS))),
    blood_pressure,
    *(lab(number) for number in range(5)),
    report,
    condition,
    prescription,
    immunization,
    procedure,
    document,
    plan,
    origin_or_allergy,
)
