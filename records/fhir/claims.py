"""Claims and explanations of benefit: what was billed, what was paid, what is left."""

from collections.abc import Iterator

from records.fhir.elements import all_words, at, code, first_code, items, joined, member, status_code, words
from records.fhir.facts import coded, dated, noted, qualified, said, spanned, worded
from records.fhir.heads import build
from records.fhir.quantities import money
from records.fhir.references import Known
from records.fhir.row import Fact, Head, Resource
from records.fhir.row import gettext_noop as _
from records.fhir.texts import clean
from records.fhir.wording import CLAIM_FORMS, STATUSES, SUMS, status_words

_SERVICES = ("productOrService", "service", "serviced", "product", "revenue")


def head(resource: Resource, known: Known) -> Head:
    """Named by what was billed, dated by when it was done, with the total as value."""
    first = next(_services(resource), None)
    return build(
        resource,
        title=words(first) or words(resource.get("type")),
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
    """What each item was, as far as it has a name."""
    for item in items(resource.get("item")):
        for name in _SERVICES:
            if words(member(item, name)):
                yield member(item, name)
                break


def _total(resource: Resource) -> str:
    """The total billed: a claim has one amount, an explanation of benefit names the "submitted" one."""
    total = resource.get("total") or resource.get("totalCost") or resource.get("totalGross")
    if isinstance(total, list):
        submitted = [one for one in total if code(member(one, "category")) == "submitted"]
        return money(member((submitted or total)[0], "amount"))
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
        spanned(_("Time of service"), resource.get("billablePeriod")),
        dated(_("Date of the claim"), resource.get("created")),
        worded(_("Outcome"), resource.get("outcome"), STATUSES),
        said(_("Remark"), clean(resource.get("disposition"), 2000)),
        said(_("Provider"), known.name(resource.get("provider"))),
        said(_("Facility"), known.name(resource.get("facility"))),
        *_organizations(resource, known),
        said(
            _("Insurance"), known.names([member(one, "coverage") for one in items(resource.get("insurance"))])
        ),
        said(_("Diagnosis"), _diagnoses(resource, known)),
        said(_("Prescription"), known.name(resource.get("prescription"))),
        *(fact for item in items(resource.get("item")) for fact in _item(item)),
        *noted(resource, known),
        *coded(resource.get("type"), _("Code of the kind of claim")),
    ]


def _organizations(resource: Resource, known: Known) -> list[Fact | None]:
    """The insurer: `organization` in DSTU2, where nothing has a status. In STU3 that is the provider's."""
    insurer, other = known.name(resource.get("insurer")), known.name(resource.get("organization"))
    if "status" not in resource:
        return [said(_("Insurer"), insurer or other)]
    return [said(_("Insurer"), insurer), said(_("Organization"), other)]


def _what(resource: Resource) -> Fact | None:
    ours = CLAIM_FORMS.get(str(resource.get("resourceType")), "")
    return Fact(_("What this is"), ours, ours=True) if ours else None


def _sums(resource: Resource) -> list[Fact | None]:
    """The sums of an explanation of benefit, each under the name the insurer gave it."""
    totals = resource.get("total")
    return [
        *(_sum(one) for one in items(totals) if isinstance(totals, list)),
        said(_("Paid by the insurer"), money(at(resource, "payment.amount"))),
        dated(_("Paid on"), at(resource, "payment.date")),
    ]


def _sum(total: object) -> Fact | None:
    """One sum under a label people know; the total billed has been said by then."""
    category = member(total, "category")
    found, amount = code(category).lower(), money(member(total, "amount"))
    if found == "submitted":
        return None
    if found in SUMS:
        return said(SUMS[found], amount)
    return said(_("Sum"), joined([words(category) or code(category), amount], ": ") if amount else "")


def _diagnoses(resource: Resource, known: Known) -> str:
    found = items(resource.get("diagnosis"))
    return joined(
        [
            all_words(
                [
                    member(one, "diagnosisCodeableConcept")
                    for one in found
                    if member(one, "diagnosisCodeableConcept")
                ]
            ),
            known.names([member(one, "diagnosisReference") for one in found]),
        ]
    )


def _item(item: object) -> list[Fact | None]:
    """One line of the bill: what it was, and its price."""
    what = next((words(member(item, name)) for name in _SERVICES if words(member(item, name))), "")
    price = money(member(item, "net")) or money(member(item, "unitPrice")) or _submitted(item)
    return [said(_("Item"), joined([what, price], ": "))]


def _submitted(item: object) -> str:
    """What was billed for one line, where insurers say it only among the sums of that line."""
    sums = items(member(item, "adjudication"))
    found = [one for one in sums if code(member(one, "category")).lower() == "submitted"]
    return money(member(next(iter(found), None), "amount"))
