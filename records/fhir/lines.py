"""The lines of a bill: what was done, what it cost, what the plan made of it; and what was said besides."""

from dataclasses import replace

from records.fhir.elements import all_words, choice, code, items, joined, member, words
from records.fhir.facts import dated, said, timed, truth, within
from records.fhir.quantities import money, quantity_words
from records.fhir.references import Known
from records.fhir.row import Fact, Resource
from records.fhir.row import gettext_noop as _
from records.fhir.terms import BILL_REMARKS, SUMS
from records.fhir.texts import clean, number_words

SERVICES = ("productOrService", "service", "serviced", "product", "revenue")
"""What a line of a bill may be called by."""


def shown(resource: Resource, known: Known) -> list[Fact | None]:
    """Each line with its price, then what is known of each, then procedures and remarks."""
    sent = [*items(resource.get("item")), *items(resource.get("addItem"))]
    return [
        *(said(_("Item"), _priced(one)) for one in sent),
        *(fact for one in sent for fact in within(_("Item"), *_line(one, known))),
        *(fact for one in items(resource.get("procedure")) for fact in _procedure(one, known)),
        *(fact for one in _said_besides(resource) for fact in _remark(one, known)),
    ]


def name(item: object) -> str:
    """What a line is for."""
    return next((words(member(item, one)) for one in SERVICES if words(member(item, one))), "")


def _priced(item: object) -> str:
    """ "Office visit: $129.50"."""
    price = money(member(item, "net")) or money(member(item, "unitPrice")) or _submitted(item)
    return joined([name(item), price], ": ")


def _submitted(item: object) -> str:
    """What was billed for one line, where insurers say it only among the sums of that line."""
    sums = items(member(item, "adjudication"))
    found = [one for one in sums if code(member(one, "category")).lower() == "submitted"]
    return money(member(next(iter(found), None), "amount"))


def _line(item: object, known: Known) -> list[Fact | None]:
    """What is known of one line besides its price."""
    if not isinstance(item, dict):
        return []
    detail = [
        timed(_("Date of service"), item, "serviced") or dated(_("Date of service"), item.get("serviceDate")),
        said(_("How many"), quantity_words(item.get("quantity"))),
        said(_("Price of one"), money(item.get("unitPrice"))),
        said(
            _("Where"),
            words(item.get("locationCodeableConcept")) or known.name(item.get("locationReference")),
        ),
        said(_("Kind of service"), _other(item)),
        said(_("More exactly"), all_words(item.get("modifier"))),
        said(_("Body site"), words(item.get("bodySite"))),
        *(sum_of(one, billed=True) for one in items(item.get("adjudication"))),
    ]
    return within(name(item), *detail)


def _other(item: Resource) -> str:
    """The group a service is billed under, where the line is named by something else."""
    group = joined([words(item.get("revenue")), words(item.get("category"))])
    return "" if group == name(item) else group


def sum_of(total: object, *, billed: bool = False) -> Fact | None:
    """One sum under a label people know. `billed`: whether the sum billed is to be told too."""
    category = member(total, "category")
    found, amount = code(category).lower(), money(member(total, "amount"))
    called = words(category) or code(category)
    if found == "submitted" and not billed:
        return None
    if found in SUMS and amount:
        return said(SUMS[found], amount)
    value = amount or number_words(member(total, "value"))
    why = words(member(total, "reason"))
    return (
        said(_("Sum"), joined([called, joined([value, why])], ": "))
        if value or why
        else said(_("How the plan sees it"), called)
    )


def _procedure(one: object, known: Known) -> list[Fact | None]:
    """What was done, and when."""
    what = words(member(one, "procedureCodeableConcept")) or known.name(member(one, "procedureReference"))
    return [
        said(_("Procedure"), joined([what, all_words(member(one, "type"))])),
        *within(what, dated(_("Date"), member(one, "date"))),
    ]


def _said_besides(resource: Resource) -> list[object]:
    return [*items(resource.get("supportingInfo")), *items(resource.get("information"))]


def _remark(one: object, known: Known) -> list[Fact | None]:
    """What was sent along with a bill: when somebody was admitted, where they went, and the like."""
    if not isinstance(one, dict):
        return []
    suffix, value = choice(one, "value")
    text = (
        known.name(value) if suffix == "Reference" else quantity_words(value) or clean(value) or words(value)
    )
    found = [
        timed(_("Date"), one, "timing"),
        said(_("What"), words(one.get("code"))),
        truth(_("Value"), value) if isinstance(value, bool) else said(_("Value"), text),
        said(_("Why"), words(one.get("reason"))),
    ]
    sort = one.get("category")
    ours = BILL_REMARKS.get(code(sort))
    told = [fact for fact in found if fact is not None]
    if ours and len(told) == 1:
        return within(_("More about this bill"), replace(told[0], label=ours))
    return within(_("More about this bill"), *within(ours or words(sort) or code(sort), *told))
