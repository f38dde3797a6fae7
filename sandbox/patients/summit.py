"""Rosa Delgado as her health plan knows her: cover and claims, no results (Summit Health Plan, a payer)."""

from sandbox.charts import Chart
from sandbox.patients.notebook import Notebook
from sandbox.patients.parts import TEST_DATA, concept, period, reference, term

SYSTEM = 4720

_PATIENT = {
    "resourceType": "Patient",
    "id": "member-118204471",
    "meta": {"security": [TEST_DATA]},
    "identifier": [
        {
            "type": term("v2-0203", "MB", "Member number"),
            "system": "https://summit.example/member",
            "value": "118204471",
        }
    ],
    "name": [{"use": "official", "family": "Delgado", "given": ["Rosa", "E"]}],
    "gender": "female",
    "birthDate": "1968-05-14",
}
# Key, day of service, what for, who billed, charged and paid by the plan and by her, in dollars.
_CLAIMS = (
    ("2021-0211", "2021-02-11", "Emergency room visit", "Harbor Teaching Hospital", 2840.00, 2490.00, 350.00),
    ("2025-1104", "2025-11-04", "Office visit", "Harbor Teaching Hospital", 214.50, 184.50, 30.00),
    ("2026-0115", "2026-01-15", "Clinic visit", "Prairie Clinics", 168.00, 138.00, 30.00),
    (
        "2026-0310",
        "2026-03-10",
        "Annual physical and blood tests",
        "Harbor Teaching Hospital",
        512.75,
        512.75,
        0.00,
    ),
    (
        "2026-0922",
        "2026-09-22",
        "Office visit and blood tests",
        "Harbor Teaching Hospital",
        388.20,
        358.20,
        30.00,
    ),
)


def chart() -> Chart:
    """Her chart at Summit Health Plan."""
    book = Notebook(_PATIENT)
    plan = book.add("Organization", "summit", active=True, name="Summit Health Plan")
    for number, name in enumerate(("Harbor Teaching Hospital", "Prairie Clinics"), start=1):
        book.add("Organization", f"provider-{number}", active=True, name=name)
    cover = book.add(
        "Coverage",
        "cover-2026",
        status="active",
        type=concept("Employer plan, PPO"),
        subscriberId="118204471",
        relationship=term("subscriber-relationship", "self", "Self"),
        period=period("2019-01-01"),
        payor=[reference(plan, "Summit Health Plan")],
        class_=[
            {
                "type": term("coverage-class", "group", "Group"),
                "value": "SCH-204",
                "name": "Millbrook Schools",
            }
        ],
    )
    for claim in _CLAIMS:
        _claim(book, cover, *claim)
    return book.chart(SYSTEM)


def _claim(
    book: Notebook,
    cover: str,
    key: str,
    day: str,
    what: str,
    billed_by: str,
    charged: float,
    plan: float,
    own: float,
) -> None:
    amounts = (("submitted", charged), ("benefit", plan), ("copay", own))
    provider = "provider-1" if billed_by.startswith("Harbor") else "provider-2"
    book.add(
        "ExplanationOfBenefit",
        f"claim-{key}",
        status="active",
        type=term("claim-type", "professional", "Professional"),
        use="claim",
        billablePeriod=period(day, day),
        created=f"{day}T23:00:00-05:00",
        insurer=reference("Organization/summit", "Summit Health Plan"),
        provider=reference(f"Organization/{provider}", billed_by),
        outcome="complete",
        insurance=[{"focal": True, "coverage": reference(cover)}],
        item=[{"sequence": 1, "productOrService": concept(what), "servicedDate": day}],
        total=[
            {"category": term("adjudication", name), "amount": {"value": amount, "currency": "USD"}}
            for name, amount in amounts
        ],
    )
