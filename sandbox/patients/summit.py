"""Rosa Delgado as her health plan knows her: cover and claims, no results (Summit Health Plan, a payer).

Claims are shaped after CARIN's guide for payers (STU 2): a claim names who billed, what for on which line,
and for each line and in total what was submitted, what is allowed, what was paid and what the member owes.
"""

from collections.abc import Iterable, Sequence

from sandbox.charts import Chart
from sandbox.patients.notebook import Notebook
from sandbox.patients.parts import HL7, TEST_DATA, Part, coding, concept, period, reference, term
from sandbox.patients.summit_claims import BILLED_BY, CLAIMS, Claim, Line

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


def chart() -> Chart:
    """Her chart at Summit Health Plan."""
    book = Notebook(_PATIENT)
    plan = book.add("Organization", "summit", active=True, name="Summit Health Plan")
    for key, name in BILLED_BY.items():
        book.add("Organization", f"provider-{key}", active=True, name=name)
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
    for claim in CLAIMS:
        _claim(book, cover, claim)
    return book.chart(SYSTEM)


def _claim(book: Notebook, cover: str, claim: Claim) -> None:
    paid = _sum(line.paid for line in claim.lines)
    book.add(
        "ExplanationOfBenefit",
        f"claim-{claim.key}",
        status=claim.status,
        identifier=[{"system": "https://summit.example/claim", "value": claim.key}],
        type=term("claim-type", claim.form, claim.form.capitalize()),
        use="claim",
        billablePeriod=period(claim.day, claim.day),
        created=f"{claim.day}T23:00:00-05:00",
        insurer=reference("Organization/summit", "Summit Health Plan"),
        provider=reference(f"Organization/provider-{claim.billed_by}", BILLED_BY[claim.billed_by]),
        outcome="complete",
        disposition=claim.remark or None,
        diagnosis=[{"sequence": 1, "diagnosisCodeableConcept": claim.reason}] if claim.reason else None,
        insurance=[{"focal": True, "coverage": reference(cover)}],
        item=[_item(number, claim, line) for number, line in enumerate(claim.lines, start=1)],
        total=[{"category": category, "amount": amount} for category, amount in _amounts(claim.lines)],
        payment={"type": term("ex-paymenttype", "complete"), "date": claim.paid_on, "amount": _dollars(paid)}
        if paid
        else None,
    )


def _item(number: int, claim: Claim, line: Line) -> Part:
    return {
        "sequence": number,
        "productOrService": concept(line.what),
        "servicedDate": claim.day,
        "quantity": {"value": 1},
        "net": _dollars(line.submitted),
        "adjudication": [{"category": category, "amount": amount} for category, amount in _amounts([line])],
    }


def _amounts(lines: Sequence[Line]) -> list[tuple[Part, Part]]:
    """What was submitted, allowed, paid by the plan, and what the member owes, each with its category."""
    carin = "http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBAdjudication"
    plain = f"{HL7}adjudication"
    columns = (
        (coding(plain, "submitted", "Submitted Amount"), _sum(line.submitted for line in lines)),
        (coding(plain, "eligible", "Allowed Amount"), _sum(line.allowed for line in lines)),
        (coding(plain, "benefit", "Paid by the plan"), _sum(line.paid for line in lines)),
        (coding(carin, "memberliability", "You owe"), _sum(line.owes for line in lines)),
    )
    return [({"coding": [category]}, _dollars(amount)) for category, amount in columns]


def _sum(amounts: Iterable[float]) -> float:
    return round(sum(amounts), 2)


def _dollars(amount: float) -> Part:
    return {"value": amount, "currency": "USD"}
