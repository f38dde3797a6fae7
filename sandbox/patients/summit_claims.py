"""What was billed to Summit Health Plan for Rosa Delgado, in dollars."""

from typing import NamedTuple

from sandbox.patients.parts import Part, concept, icd10


class Line(NamedTuple):
    """One service of a claim; what the member owes is what is allowed and not paid."""

    what: str
    submitted: float
    allowed: float
    paid: float

    @property
    def owes(self) -> float:
        """The member's share."""
        return round(self.allowed - self.paid, 2)


class Claim(NamedTuple):
    """One claim; `form` is professional, institutional or pharmacy, `remark` what the plan says about it."""

    key: str
    day: str
    form: str
    billed_by: str
    lines: tuple[Line, ...]
    paid_on: str = ""
    reason: Part | None = None
    status: str = "active"
    remark: str = ""


BILLED_BY = {"harbor": "Harbor Teaching Hospital", "prairie": "Prairie Clinics", "pharmacy": "Pier Pharmacy"}
_SUGAR = concept("Type 2 diabetes", icd10("E11.9", "Type 2 diabetes mellitus without complications"))
_PRESSURE = concept("High blood pressure", icd10("I10", "Essential (primary) hypertension"))
_WRIST = concept(
    "Broken left wrist", icd10("S52.502A", "Unspecified fracture of the lower end of left radius")
)

CLAIMS = (
    Claim("2021-0211", "2021-02-11", "institutional", "harbor", (
        Line("Emergency room visit", 1620.00, 980.00, 780.00),
        Line("X-ray of the left wrist, 2 views", 410.00, 212.50, 170.00),
        Line("Cast, short arm", 810.00, 455.25, 364.20),
    ), "2021-03-08", _WRIST),
    Claim("2025-1104", "2025-11-04", "professional", "harbor", (
        Line("Office visit", 214.50, 148.00, 118.00),
    ), "2025-11-20", _PRESSURE),
    Claim("2026-0115", "2026-01-15", "professional", "prairie", (
        Line("Clinic visit", 168.00, 121.30, 91.30),
        Line("Pneumococcal vaccine and giving it", 289.00, 251.00, 251.00),
    ), "2026-02-02", _SUGAR),
    Claim("2026-0116", "2026-01-16", "pharmacy", "pharmacy", (
        Line("Metformin 500 mg, 180 tablets", 38.40, 12.10, 2.10),
    ), "2026-01-30", _SUGAR),
    Claim("2026-0310", "2026-03-10", "professional", "harbor", (
        Line("Annual physical", 312.75, 245.00, 245.00),
        Line("Basic metabolic panel", 84.00, 21.60, 21.60),
        Line("Hemoglobin A1c", 62.00, 19.35, 19.35),
        Line("Lipid panel", 54.00, 26.80, 26.80),
    ), "2026-03-31", _SUGAR),
    Claim("2026-0922", "2026-09-22", "professional", "harbor", (
        Line("Office visit", 226.20, 152.00, 122.00),
        Line("Hemoglobin A1c", 62.00, 19.35, 19.35),
        Line("Vitamin D", 100.00, 0.00, 0.00),
    ), "2026-10-12", _SUGAR, remark="Vitamin D test not covered: not needed for the reason given."),
    Claim("2026-1002", "2026-10-02", "professional", "prairie", (
        Line("Blood pressure check", 96.00, 0.00, 0.00),
    ), reason=_PRESSURE, status="cancelled", remark="Sent twice by the clinic; withdrawn."),
)  # fmt: skip
