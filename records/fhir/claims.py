"""Claims and explanations of benefit: what was billed, what was paid, what is left."""

from collections.abc import Iterator

from records.fhir import lines
from records.fhir.elements import at, code, first_code, items, joined, member, status_code, words
from records.fhir.facts import coded, dated, noted, qualified, said, spanned, worded
from records.fhir.heads import build
from records.fhir.quantities import money
from records.fhir.references import Known
from records.fhir.row import Fact, Head, Resource
from records.fhir.row import gettext_noop as _
from records.fhir.terms import CLAIM_FORMS, CLAIM_USES, DIAGNOSIS_SORTS
from records.fhir.texts import clean
from records.fhir.wording import STATUSES, status_words

_SERVICES = lines.SERVICES


def head(resource: Resource, known: Known) -> Head:
    """Named by what was billed, dated by when it was done, with the total as value."""
    first = next(_services(resource), None)
    return build(
        resource,
        title=words(first) or words(resource.get("type")) or known.name(resource.get("request")),
        when=when(resource),
        status=status_code(resource.get("status")),
        code=first_code(first),
        value=_total(resource),
        category=code(resource.get("type")),
        about=resource.get("type"),
        more=tuple(words(service) for service in _services(resource)),
    )


def when(resource: Resource) -> object:
    """When it was done, else when it was written down."""
    return at(resource, "billablePeriod.start") or resource.get("created") or resource.get("date")


def _services(resource: Resource) -> Iterator[object]:
    """What each item was, as far as it has a name; the insurer may have added some."""
    for item in [*items(resource.get("item")), *items(resource.get("addItem"))]:
        for name in _SERVICES:
            if words(member(item, name)):
                yield member(item, name)
                break


def _total(resource: Resource) -> str:
    """The total billed: a claim has one amount, an explanation of benefit names the "submitted" one.

    Where none of several is called so, none of them is the total billed.
    """
    total = resource.get("total") or resource.get("totalCost") or resource.get("totalGross")
    if isinstance(total, list):
        submitted = [one for one in total if code(member(one, "category")) == "submitted"]
        return money(member(next(iter(submitted), None), "amount"))
    return money(total)


def facts(resource: Resource, known: Known) -> list[Fact | None]:
    """What it was for, the sums, when, and between whom."""
    found = status_code(resource.get("status"))
    ours = status_words("claims", found)
    return [
        qualified(resource),
        _what(resource),
        worded(_("Status"), found, {found: ours} if ours else {}),
        said(_("Total billed"), _total(resource)),
        *_sums(resource),
        worded(_("What it asks for"), resource.get("use"), CLAIM_USES),
        spanned(_("Time of service"), resource.get("billablePeriod")),
        dated(_("Date of the claim"), resource.get("created")),
        worded(_("Outcome"), resource.get("outcome"), STATUSES),
        said(_("Remark"), clean(resource.get("disposition"), 2000)),
        said(_("Provider"), known.name(resource.get("provider"))),
        said(_("Facility"), known.name(resource.get("facility"))),
        *_organizations(resource, known),
        said(_("Insurance"), known.names([member(one, "coverage") for one in _policies(resource)])),
        *_diagnoses(resource, known),
        said(_("Prescription"), known.name(resource.get("prescription"))),
        *(said(_("With"), _member(one, known)) for one in items(resource.get("careTeam"))),
        *_answer(resource, known),
        *lines.shown(resource, known),
        *noted(resource, known),
        said(_("Kind of claim"), joined([_sort(resource, "type"), _sort(resource, "subType")]), quiet=True),
        *coded(resource.get("type"), _("Code of the kind of claim")),
    ]


def _organizations(resource: Resource, known: Known) -> list[Fact | None]:
    """The insurer: `organization` in DSTU2, where nothing has a status. In STU3 that is the provider's."""
    insurer, other = known.name(resource.get("insurer")), known.name(resource.get("organization"))
    if "status" not in resource and resource.get("resourceType") != "Claim":
        return [said(_("Insurer"), insurer or other)]
    return [said(_("Insurer"), insurer), said(_("Organization"), other)]


def _diagnosis(one: object) -> object:
    return member(one, "diagnosisCodeableConcept") or member(one, "diagnosis")


def _sort(resource: Resource, name: str) -> str:
    return words(resource.get(name)) or code(resource.get(name))


def _member(one: object, known: Known) -> str:
    """ "Dr. Ngozi Okafor (Primary provider)"."""
    who, role = known.name(member(one, "provider")), words(member(one, "role"))
    learned = words(member(one, "qualification") or member(one, "qualificationCode"))
    return joined([f"{who} ({role})" if who and role else who or role, learned])


def _answer(resource: Resource, known: Known) -> list[Fact | None]:
    """What only an answer from the insurer has: what it answers, a promise beforehand, errors, remarks."""
    return [
        said(_("Answers"), known.name(resource.get("request"))),
        said(_("Asked by"), known.name(resource.get("requestor") or resource.get("requestProvider"))),
        said(_("Number of the promise to pay"), resource.get("preAuthRef")),
        spanned(_("The promise holds"), resource.get("preAuthPeriod")),
        said(_("Paid to"), words(member(resource.get("payee"), "type"))),
        *(said(_("Error"), words(member(one, "code"))) for one in items(resource.get("error"))),
        *(said(_("Remark"), member(one, "text")) for one in items(resource.get("processNote"))),
        *(said(_("Belongs to"), known.name(member(one, "claim"))) for one in items(resource.get("related"))),
    ]


def _what(resource: Resource) -> Fact | None:
    ours = CLAIM_FORMS.get(str(resource.get("resourceType")), "")
    return Fact(_("What this is"), ours, ours=True) if ours else None


def _sums(resource: Resource) -> list[Fact | None]:
    """The sums of an explanation of benefit, each under the name the insurer gave it."""
    totals = resource.get("total")
    return [
        *(lines.sum_of(one) for one in items(totals) if isinstance(totals, list)),
        said(_("Paid by the plan"), money(resource.get("totalBenefit"))),
        said(_("Paid by the insurer"), money(at(resource, "payment.amount"))),
        dated(_("Paid on"), at(resource, "payment.date")),
        said(_("Payment"), words(at(resource, "payment.type"))),
    ]


def _policies(resource: Resource) -> list[object]:
    """Under which insurance: `coverage` in DSTU2."""
    return [*items(resource.get("insurance")), *items(resource.get("coverage"))]


def _diagnoses(resource: Resource, known: Known) -> list[Fact | None]:
    """Each diagnosis under what it is to this bill."""
    found: list[Fact | None] = []
    for one in items(resource.get("diagnosis")):
        sort = member(one, "type")
        label = DIAGNOSIS_SORTS.get(code(sort))
        name = words(_diagnosis(one)) or known.name(member(one, "diagnosisReference"))
        found.append(said(label or _("Diagnosis"), joined([name, "" if label else words(sort)])))
    return found
