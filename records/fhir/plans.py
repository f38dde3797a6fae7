"""Care plans, and single orders: referrals, tests and treatments somebody asked for."""

from records.fhir.elements import all_words, at, choice, first_code, items, joined, member, status_code, words
from records.fhir.facts import (
    coded,
    dated,
    noted,
    qualified,
    said,
    spanned,
    timed,
    told,
    truth,
    within,
    worded,
)
from records.fhir.heads import build
from records.fhir.medicines import NOT_TO_BE_DONE, as_needed, often
from records.fhir.quantities import quantity_words, range_words, ratio_words
from records.fhir.references import Known
from records.fhir.row import Fact, Head, Resource
from records.fhir.row import gettext_noop as _
from records.fhir.terms import PRIORITIES
from records.fhir.texts import clean
from records.fhir.wording import INTENTS, STATUSES

_DEPTH = 5


def head(resource: Resource, known: Known) -> Head:
    """Named by its title or code, else by its categories, else by its first activity."""
    concept = _concept(resource)
    return build(
        resource,
        title=clean(resource.get("title")) or words(concept) or _spare_title(resource),
        when=when(resource),
        status=status(resource),
        code=first_code(concept),
        value=joined(_activity(one, Known(resource, None)) for one in items(resource.get("activity"))[:4]),
        category=status_code(resource.get("intent")),
        about=concept,
        more=(all_words(_reasons(resource)), clean(resource.get("description"), 1000)),
    )


def status(resource: Resource) -> str:
    """The status code, unless the order is that something must not be done."""
    return NOT_TO_BE_DONE if resource.get("doNotPerform") is True else status_code(resource.get("status"))


def _concept(resource: Resource) -> object:
    """What it is about: a code for an order, the category for a plan."""
    for name in ("code", "serviceRequested", "codeCodeableConcept"):
        if words(resource.get(name)):
            return resource[name]
    return next((one for one in items(resource.get("category")) if words(one)), resource.get("code"))


def _spare_title(resource: Resource) -> str:
    first = at(resource, "activity.detail.code") or at(resource, "item.code") or resource.get("type")
    return words(first) or clean(resource.get("description"), 300) or clean(at(resource, "action.title"))


def when(resource: Resource) -> object:
    """When it is to be done, else when it was written."""
    paths = (
        "period.start",
        "occurrenceDateTime",
        "occurrencePeriod.start",
        "authoredOn",
        "created",
        "dateTime",
    )
    for path in (*paths, "orderedOn", "scheduledDateTime", "date", "modified"):
        if isinstance(found := at(resource, path), str):
            return found
    return ""


def _reasons(resource: Resource) -> list[object]:
    names = ("reasonCode", "reasonCodeableConcept", "reason")
    return [reason for name in names for reason in items(resource.get(name))]


def _activity(activity: object, known: Known) -> str:
    detail = member(activity, "detail")
    found = words(member(detail, "code")) or clean(member(detail, "description"))
    return (
        found
        or known.name(member(activity, "reference"))
        or words(at(activity, "plannedActivityDetail.code"))
    )


def facts(resource: Resource, known: Known) -> list[Fact | None]:
    """How it stands, what it holds, what it is for, from when to when, and who is in it."""
    pointed = [*items(resource.get("reasonReference")), *items(resource.get("addresses"))]
    return [
        qualified(resource),
        worded(_("Status"), status(resource), STATUSES),
        *(fact for one in items(resource.get("action")) for fact in _action(one, known, 0)),
        told(_("Description"), resource.get("description")),
        *(fact for one in items(resource.get("activity")) for fact in _step(one, known)),
        said(_("For"), joined([all_words(_reasons(resource)), known.names(pointed)])),
        said(_("Goals"), known.names(resource.get("goal"))),
        spanned(_("Date"), resource.get("period")),
        timed(_("To be done"), resource, "occurrence") or timed(_("To be done"), resource, "scheduled"),
        often(resource.get("occurrenceTiming") or resource.get("scheduledTiming")),
        as_needed(resource),
        said(_("Exactly"), joined([all_words(resource.get("orderDetail")), _amount(resource)])),
        dated(_("Ordered"), *(resource.get(name) for name in ("authoredOn", "orderedOn", "created", "date"))),
        dated(_("Sent"), resource.get("dateSent")),
        worded(_("How urgent"), resource.get("priority"), PRIORITIES),
        said(_("Ordered by"), known.name(requester(resource))),
        said(_("Sent to"), known.names(resource.get("performer") or resource.get("recipient"))),
        said(_("Author"), known.names(resource.get("author"))),
        said(_("Care team"), known.names(resource.get("careTeam"))),
        said(_("Specialty"), all_words(resource.get("specialty"))),
        said(_("Sample"), known.names(resource.get("specimen"))),
        said(_("To be known for it"), known.names(resource.get("supportingInfo"))),
        said(_("Insurance"), known.names(resource.get("insurance"))),
        said(_("Body site"), all_words(resource.get("bodySite"))),
        told(_("Instructions"), resource.get("patientInstruction")),
        worded(_("Kind of order"), resource.get("intent"), INTENTS),
        said(_("Visit"), known.name(resource.get("encounter") or resource.get("context"))),
        *noted(resource, known),
        said(_("Kind"), words(resource.get("type")), quiet=True),
        said(_("Category"), all_words(resource.get("category")), quiet=True),
        *coded(_concept(resource)),
    ]


def requester(resource: Resource) -> object:
    """Who ordered it, in any version's way."""
    found = resource.get("requester") or resource.get("orderer")
    return member(found, "agent") or found


def _amount(resource: Resource) -> str:
    __, value = choice(resource, "quantity")
    return quantity_words(value) or range_words(value) or ratio_words(value)


def _action(action: object, known: Known, depth: int) -> list[Fact | None]:
    """One step of several that belong together, and the steps inside it."""
    if depth > _DEPTH:
        return []
    title = clean(member(action, "title")) or known.name(member(action, "resource"))
    more = [
        told(_("Description"), member(action, "description")),
        timed(_("To be done"), action, "timing") if isinstance(action, dict) else None,
        said(_("Order"), known.name(member(action, "resource"))),
        *(fact for one in items(member(action, "action")) for fact in _action(one, known, depth + 1)),
    ]
    return [said(_("Step"), title), *within(title, *more)]


def _step(activity: object, known: Known) -> list[Fact | None]:
    """One activity with how it stands."""
    name = _activity(activity, known)
    stated = worded(_("Status"), at(activity, "detail.status"), STATUSES) if name else None
    forbidden = at(activity, "detail.doNotPerform") or at(activity, "detail.prohibited")
    return [
        said(_("Activity"), name),
        *within(_("Activity"), *within(name, truth(_("Not to be done"), forbidden or None))),
        Fact(stated.label, stated.value, stated.ours, stated.kind, under=(_("Activity"), name))
        if stated
        else None,
    ]
