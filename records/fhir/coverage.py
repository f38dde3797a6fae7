"""Insurance: the plan, the member's number on the card, and from when to when."""

from records.fhir.elements import at, code, first_code, items, joined, member, status_code, words
from records.fhir.facts import coded, qualified, said, spanned, worded
from records.fhir.heads import build
from records.fhir.references import Known
from records.fhir.row import Fact, Head, Resource
from records.fhir.row import gettext_noop as _
from records.fhir.texts import clean
from records.fhir.wording import STATUSES


def head(resource: Resource, known: Known) -> Head:
    """Named by the payer, with the plan as value."""
    payer = known.names(resource.get("payor") or resource.get("issuer") or resource.get("insurer"))
    plan = _plan(resource)
    return build(
        resource,
        title=payer or plan or words(resource.get("type")),
        when=at(resource, "period.start"),
        status=status_code(resource.get("status")),
        code=first_code(resource.get("type")),
        value=plan if payer else "",
        category=code(resource.get("type")),
        about=resource.get("type"),
    )


def _plan(resource: Resource) -> str:
    """The plan's name: `class` in R4, `grouping` in STU3, `plan` in DSTU2."""
    named = {code(member(one, "type")): clean(member(one, "name")) for one in items(resource.get("class"))}
    spare = (
        at(resource, "grouping.planDisplay"),
        at(resource, "grouping.groupDisplay"),
        resource.get("plan"),
    )
    return named.get("plan") or named.get("group") or next(filter(None, map(clean, spare)), "")


def _member_number(resource: Resource) -> str:
    """The number on the card: a text in R4 and STU3, an Identifier in DSTU2, else the one called member's."""
    sent = resource.get("subscriberId")
    card = [one for one in items(resource.get("identifier")) if code(member(one, "type")) == "MB"]
    return clean(sent) or clean(member(sent, "value")) or clean(member(next(iter(card), None), "value"))


def _group(resource: Resource) -> str:
    """The employer or other group the plan was bought by."""
    ours = [one for one in items(resource.get("class")) if code(member(one, "type")) == "group"]
    named = clean(member(next(iter(ours), None), "name")) or clean(at(resource, "grouping.groupDisplay"))
    number = clean(member(next(iter(ours), None), "value")) or clean(at(resource, "grouping.group"))
    return joined([named, number or clean(resource.get("group"))])


def facts(resource: Resource, known: Known) -> list[Fact | None]:
    """What stands on an insurance card."""
    return [
        qualified(resource),
        worded(_("Status"), resource.get("status"), STATUSES),
        said(_("Plan"), _plan(resource)),
        said(_("Kind of insurance"), words(resource.get("type"))),
        said(_("Payer"), known.names(resource.get("payor") or resource.get("issuer"))),
        said(_("Member number"), _member_number(resource)),
        said(_("Group"), _group(resource)),
        said(_("Dependent number"), resource.get("dependent")),
        spanned(_("Covered"), resource.get("period")),
        said(_("Policy holder"), known.name(resource.get("policyHolder") or resource.get("subscriber"))),
        said(_("Relationship to the policy holder"), words(resource.get("relationship"))),
        said(_("Network"), resource.get("network")),
        *(said(_("Share you pay"), _share(one)) for one in items(resource.get("costToBeneficiary"))),
        *(said(_("Also on the card"), _other_class(one)) for one in items(resource.get("class"))),
        *coded(resource.get("type")),
    ]


def _other_class(one: object) -> str:
    """What else stands on the card: "RX BIN: 610014". The plan and the group have lines of their own."""
    sort = member(one, "type")
    if code(sort) == "group":
        return ""
    value = clean(member(one, "value"))
    named = clean(member(one, "name")) if code(sort) != "plan" else ""
    return joined([words(sort) or code(sort), joined([named, value])], ": ") if value or named else ""


def _share(cost: object) -> str:
    kind = member(cost, "type")
    value = member(cost, "valueQuantity") or member(cost, "valueMoney")
    unit = member(value, "unit") or member(value, "currency")
    return joined([words(kind) or code(kind), f"{clean(member(value, 'value'))} {clean(unit)}".strip()], ": ")
