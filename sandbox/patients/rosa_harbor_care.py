"""Rosa Delgado at Harbor Teaching Hospital: visits, procedures, reports, papers, plans, family."""

from sandbox.patients import tests_and_vaccines as use
from sandbox.patients.documents import base64_of
from sandbox.patients.notebook import Notebook
from sandbox.patients.parts import (
    HL7,
    attachment,
    concept,
    loinc,
    notes,
    period,
    quantity,
    reference,
    snomed,
    term,
)

_OKAFOR = "Practitioner/dr-okafor"
_VEIL = "Practitioner/dr-veil"
_HARBOR = "Organization/harbor"


def write(book: Notebook) -> None:
    """Add this part of her chart."""
    for part in (_visits, _other_visits, _procedures, _reports, _papers, _plans, _device, _family, _origin):
        part(book)


def _visits(book: Notebook) -> None:
    checkup = concept("Office visit, established patient", snomed("185349003", "Encounter for check up"))
    harbor = reference(_HARBOR, "Harbor Teaching Hospital")
    seen_by = [{"individual": reference(_OKAFOR, "Miriam Okafor, MD")}]
    for key, start, end, why in (
        (
            "checkup-2025",
            "2025-11-04T09:00:00-05:00",
            "2025-11-04T09:25:00-05:00",
            "Blood pressure follow-up",
        ),
        ("checkup-spring", "2026-03-10T09:15:00-05:00", "2026-03-10T09:50:00-05:00", "Annual physical"),
        ("checkup-fall", "2026-09-22T14:30:00-04:00", "2026-09-22T15:05:00-04:00", "Diabetes follow-up"),
    ):
        book.visit(key, checkup, start, end, why=why, serviceProvider=harbor, participant=seen_by)


def _other_visits(book: Notebook) -> None:
    checkup = concept("Office visit, established patient", snomed("185349003", "Encounter for check up"))
    harbor = reference(_HARBOR, "Harbor Teaching Hospital")
    book.visit(
        "wrist-emergency",
        concept("Emergency department visit", snomed("50849002", "Emergency room admission")),
        "2021-02-11T18:20:00-05:00",
        "2021-02-11T22:05:00-05:00",
        kind="EMER",
        why="Fall on ice, left wrist pain",
        serviceProvider=harbor,
        hospitalization={"dischargeDisposition": concept("Home")},
    )
    book.visit(
        "cold-video",
        concept("Video visit", snomed("185345009", "Encounter for symptom")),
        "2026-02-19T12:00:00-05:00",
        "2026-02-19T12:12:00-05:00",
        kind="VR",
        why="Cough and sore throat for three days",
    )
    book.visit(
        "eye-exam-planned",
        concept("Diabetic eye exam"),
        "2027-01-14T10:40:00-05:00",
        status="planned",
        serviceProvider=harbor,
    )
    book.visit("checkup-cancelled", checkup, "2025-06-17", status="cancelled", why="Annual physical")


def _procedures(book: Notebook) -> None:
    book.add(
        "Procedure",
        "wrist-cast",
        status="completed",
        code=concept("Closed reduction and cast, left wrist"),
        performedPeriod=period("2021-02-11T20:10:00-05:00", "2021-02-11T20:40:00-05:00"),
        encounter=reference("Encounter/wrist-emergency"),
        performer=[{"actor": reference("Practitioner/dr-quist", "Ansel Quist, MD")}],
        bodySite=[concept("Left wrist")],
    )
    book.add(
        "Procedure",
        "colonoscopy",
        status="completed",
        code=concept("Colonoscopy, screening", snomed("73761001", "Colonoscopy")),
        performedDateTime="2019-08",
        outcome=concept("No polyps. Repeat in 10 years."),
    )
    book.add(
        "Procedure",
        "appendectomy",
        status="completed",
        code=concept("Appendectomy", snomed("80146002", "Appendectomy")),
        performedString="As a teenager",
    )


def _reports(book: Notebook) -> None:
    book.report(
        "wrist-x-ray",
        concept("X-ray of left wrist, 2 views"),
        "2021-02-11T18:55:00-05:00",
        section="RAD",
        conclusion="Nondisplaced fracture of the distal left radius. No other bony injury.",
        presentedForm=[attachment("text/plain", _X_RAY.encode(), "X-ray of left wrist")],
        encounter=reference("Encounter/wrist-emergency"),
    )
    book.report(
        "sleep-study",
        concept("Home sleep study"),
        "2026-10-20",
        section="OTH",
        status="registered",
    )


def _papers(book: Notebook) -> None:
    book.add("Binary", "wrist-leaving-note", contentType="text/plain", data=base64_of(_LEAVING_NOTE))
    book.add(
        "DocumentReference",
        "leaving-note",
        status="current",
        type=concept("Emergency department discharge note", loinc("18842-5", "Discharge summary")),
        category=[concept("Clinical note")],
        date="2021-02-11T22:10:00-05:00",
        author=[reference("Practitioner/dr-quist", "Ansel Quist, MD")],
        description="What to do at home after your wrist fracture",
        content=[
            {
                "attachment": {
                    "contentType": "text/plain",
                    "url": "Binary/wrist-leaving-note",
                    "title": "Going home after a wrist fracture",
                    "creation": "2021-02-11",
                }
            }
        ],
        context={"encounter": [reference("Encounter/wrist-emergency")]},
    )


def _plans(book: Notebook) -> None:
    goal = book.add(
        "Goal",
        "a1c-goal",
        lifecycleStatus="active",
        achievementStatus=term("goal-achievement", "improving", "Improving"),
        description=concept("A1c below 7 percent"),
        startDate="2026-03-10",
        target=[
            {
                "measure": use.A1C.concept(),
                "detailQuantity": quantity(7.0, "%", comparator="<"),
                "dueDate": "2027-03",
            }
        ],
        addresses=[reference("Condition/diabetes")],
    )
    book.add(
        "CarePlan",
        "diabetes-plan",
        status="active",
        intent="plan",
        title="Living with diabetes",
        description="Walk 30 minutes five days a week; dietitian twice this year; eye exam every January.",
        category=[concept("Assessment and plan of treatment")],
        period=period("2026-03-10"),
        addresses=[reference("Condition/diabetes")],
        goal=[reference(goal)],
        activity=[
            {"detail": {"status": "in-progress", "description": "Walk 30 minutes, five days a week"}},
            {"detail": {"status": "scheduled", "description": "Eye exam in January 2027"}},
        ],
    )


def _device(book: Notebook) -> None:
    book.add(
        "Device",
        "glucose-meter",
        status="active",
        type=concept("Blood glucose meter"),
        manufacturer="Lumen Diagnostics",
        modelNumber="LG-2",
        udiCarrier=[{"deviceIdentifier": "00850000000017"}],
    )


def _family(book: Notebook) -> None:
    for key, code, called, what, age in (
        ("mother", "MTH", "mother", "Type 2 diabetes", 54),
        ("father", "FTH", "father", "Heart attack", 61),
    ):
        book.add(
            "FamilyMemberHistory",
            key,
            status="completed",
            relationship=concept(called, {"system": HL7 + "v3-RoleCode", "code": code, "display": called}),
            condition=[{"code": concept(what), "onsetAge": quantity(age, "years", "a")}],
        )
    book.add(
        "FamilyMemberHistory",
        "sister",
        status="partial",
        relationship=concept("sister"),
        note=notes("Healthy as far as she knows."),
    )


def _origin(book: Notebook) -> None:
    book.add(
        "Provenance",
        "reconciled",
        target=[reference("MedicationRequest/lisinopril-10"), reference("AllergyIntolerance/penicillin")],
        recorded="2026-03-10T10:05:00-05:00",
        activity=concept("Reviewed with patient"),
        agent=[{"type": term("provenance-participant-type", "author"), "who": reference(_OKAFOR)}],
    )


_X_RAY = """X-RAY LEFT WRIST, 2 VIEWS
Reason: fall on ice, pain and swelling over the thumb side.
Findings: There is a nondisplaced fracture through the distal radius. The joint surface is even.
The small bones of the wrist are in line. Soft tissue swelling is present.
Impression: Nondisplaced fracture of the distal left radius.
"""
_LEAVING_NOTE = """GOING HOME AFTER A WRIST FRACTURE
You were seen for a broken left wrist. It was set and put in a cast.

Keep the cast dry. Keep your hand above your heart for two days. Move your fingers every hour.
Take acetaminophen for pain. Do not take ibuprofen: it upset your stomach before.

Come back at once if your fingers turn white, blue or numb, or if the pain gets worse and not better.
See Dr. Quist in ten days. Bring this paper.
"""
