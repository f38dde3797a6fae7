"""The catalogue of kinds: what they are called, which FHIR resources belong to which, and how to tell.

A kind is one page of the menu. Names are flat and literal, one noun each, and the purpose names what is
inside in lay and clinical words together, because people find neither by the other alone.
"""

from dataclasses import dataclass

from records.fhir import rules
from records.fhir.row import gettext_noop as _


@dataclass(frozen=True, slots=True)
class Kind:
    """One page of the menu.

    slug in the address · heading, singular, untitled, purpose are message ids · types are the FHIR resource
    types that belong here · records whose status is `hidden` are in no list and no count · a status in
    `marked` is said in lists · icon names a drawing.
    """

    slug: str
    heading: str
    singular: str
    untitled: str
    purpose: str
    icon: str
    types: tuple[str, ...]
    hidden: frozenset[str] = rules.IN_ERROR
    marked: frozenset[str] = rules.NOT_DONE


TEST_RESULTS = Kind(
    "test-results",
    _("Test results"),
    _("Test result"),
    _("Test result without a name"),
    _("Blood, urine and other laboratory tests (labs), such as cholesterol, blood sugar and cultures."),
    "flask",
    ("Observation",),
    marked=rules.UNFINISHED,
)
VITALS = Kind(
    "vitals",
    _("Vital signs"),
    _("Vital sign"),
    _("Measurement without a name"),
    _("Blood pressure, pulse, temperature, height, weight and other vital signs."),
    "pulse",
    ("Observation",),
    marked=rules.UNFINISHED,
)
MEDICINES = Kind(
    "medicines",
    _("Medicines"),
    _("Medicine"),
    _("Medicine without a name"),
    _("Prescriptions, pharmacy fills and medicines you said you take (medications)."),
    "pill",
    (
        "MedicationRequest",
        "MedicationOrder",
        "MedicationPrescription",
        "MedicationStatement",
        "MedicationUsage",
        "MedicationDispense",
        "MedicationAdministration",
    ),
    marked=rules.MEDICINES,
)
CONDITIONS = Kind(
    "conditions",
    _("Conditions"),
    _("Condition"),
    _("Condition without a name"),
    _("Illnesses, injuries and other health problems (diagnoses, problem list)."),
    "clipboard",
    ("Condition",),
    marked=rules.CONDITIONS,
)
ALLERGIES = Kind(
    "allergies",
    _("Allergies"),
    _("Allergy"),
    _("Allergy without a name"),
    _("Allergies and intolerances to medicines, foods and other things, and what happened."),
    "warning",
    ("AllergyIntolerance",),
    marked=rules.ALLERGIES,
)
VACCINES = Kind(
    "vaccines",
    _("Vaccines"),
    _("Vaccine"),
    _("Vaccine without a name"),
    _("Vaccines you were given (immunizations, shots)."),
    "syringe",
    ("Immunization",),
    marked=rules.VACCINES,
)
VISITS = Kind(
    "visits",
    _("Visits"),
    _("Visit"),
    _("Visit without a name"),
    _("Appointments, emergency visits and hospital stays (encounters)."),
    "calendar",
    ("Encounter", "Appointment", "EpisodeOfCare"),
    marked=rules.VISITS,
)
PROCEDURES = Kind(
    "procedures",
    _("Procedures"),
    _("Procedure"),
    _("Procedure without a name"),
    _("Operations, treatments and other things that were done (surgeries, procedures)."),
    "hand",
    ("Procedure",),
    marked=rules.PROCEDURES,
)
REPORTS = Kind(
    "reports",
    _("Reports"),
    _("Report"),
    _("Report without a name"),
    _("Laboratory panels, X-ray and scan reports (radiology), tissue reports (pathology)."),
    "report",
    ("DiagnosticReport", "ImagingStudy", "ImagingObjectSelection", "ImagingManifest"),
    marked=rules.UNFINISHED,
)
DOCUMENTS = Kind(
    "documents",
    _("Notes and documents"),
    _("Document"),
    _("Document without a name"),
    _("Visit notes, discharge summaries, letters and scanned papers (clinical notes)."),
    "page",
    ("DocumentReference", "Composition", "DocumentManifest", "Binary", "Media"),
    marked=rules.DOCUMENTS,
)
CARE_PLANS = Kind(
    "care-plans",
    _("Care plans and orders"),
    _("Care plan or order"),
    _("Care plan or order without a name"),
    _("What was planned, ordered or asked for: care plans, referrals, tests to be done (service requests)."),
    "path",
    (
        "CarePlan",
        "ServiceRequest",
        "ProcedureRequest",
        "ReferralRequest",
        "DiagnosticOrder",
        "DeviceRequest",
        "DeviceUseRequest",
        "NutritionOrder",
        "VisionPrescription",
        "RequestGroup",
        "Task",
        "ImmunizationRecommendation",
    ),
    marked=rules.CARE_PLANS,
)
GOALS = Kind(
    "goals",
    _("Goals"),
    _("Goal"),
    _("Goal without a name"),
    _("What you and your care team want to reach."),
    "target",
    ("Goal",),
    marked=rules.GOALS,
)
CLAIMS = Kind(
    "claims",
    _("Claims and costs"),
    _("Claim"),
    _("Claim without a name"),
    _("What was billed to insurance and what it paid (claims, explanations of benefit)."),
    "receipt",
    ("Claim", "ClaimResponse", "ExplanationOfBenefit", "Invoice", "Account", "PaymentNotice"),
    marked=rules.CLAIMS,
)
COVERAGE = Kind(
    "coverage",
    _("Insurance"),
    _("Insurance"),
    _("Insurance without a name"),
    _("Health plans you are or were covered by (coverage)."),
    "card",
    ("Coverage",),
    marked=rules.COVERAGE,
)
OBSERVATIONS = Kind(
    "observations",
    _("Lifestyle and other observations"),
    _("Observation"),
    _("Observation without a name"),
    _("Smoking, questionnaires, examinations and other measurements (social history, surveys)."),
    "notebook",
    ("Observation", "QuestionnaireResponse"),
    marked=rules.OBSERVATIONS,
)
PEOPLE_AND_PLACES = Kind(
    "people-and-places",
    _("People and places"),
    _("Person or place"),
    _("Person or place without a name"),
    _("You, your care team, and the organizations and locations your records name."),
    "people",
    (
        "Patient",
        "Practitioner",
        "PractitionerRole",
        "Organization",
        "Location",
        "RelatedPerson",
        "CareTeam",
        "HealthcareService",
        "Person",
        "Group",
    ),
    marked=rules.PEOPLE,
)
OTHER = Kind(
    "other",
    _("Everything else"),
    _("Record"),
    _("Record without a name"),
    _("Devices, family history, messages, consents, samples and other records without a page of their own."),
    "box",
    (),
    marked=rules.OTHER,
)

BEHIND = Kind(
    "behind",
    _("Behind the records"),
    _("Belongs to another record"),
    _("Belongs to another record"),
    _("Notes on where records came from and who passed them on."),
    "box",
    ("Provenance",),
)
"""In no menu and no count: what it holds is read on the page of the record it belongs to."""

KINDS: tuple[Kind, ...] = (
    TEST_RESULTS,
    VITALS,
    MEDICINES,
    CONDITIONS,
    ALLERGIES,
    VACCINES,
    VISITS,
    PROCEDURES,
    REPORTS,
    DOCUMENTS,
    CARE_PLANS,
    GOALS,
    CLAIMS,
    COVERAGE,
    OBSERVATIONS,
    PEOPLE_AND_PLACES,
    OTHER,
)
"""Menu order."""

BY_SLUG: dict[str, Kind] = {kind.slug: kind for kind in (*KINDS, BEHIND)}

BY_TYPE: dict[str, Kind] = {
    name: kind for kind in BY_SLUG.values() for name in kind.types if name != "Observation"
}
"""Every resource type but Observation, which is split by its category."""
