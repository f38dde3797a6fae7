"""What to be careful about: warnings on a chart (Flag), harm that was done (AdverseEvent), and how likely
something is (RiskAssessment).
"""

from records.fhir.elements import all_words, at, choice, first_code, items, joined, member, status_code, words
from records.fhir.facts import coded, dated, noted, qualified, said, spanned, timed, told, within, worded
from records.fhir.heads import build
from records.fhir.quantities import quantity_words, range_words
from records.fhir.references import Known
from records.fhir.row import Fact, Head, Resource
from records.fhir.row import gettext_noop as _
from records.fhir.terms import ACTUALITIES, CAUSALITIES, EVENT_SORTS
from records.fhir.texts import clean, number, number_words
from records.fhir.wording import STATUSES

UNCLEAR = _("The source does not say. It may be percent, or a share of one (1 would be certain).")


def flag_head(resource: Resource, known: Known) -> Head:
    """A warning: named by what it warns of."""
    return build(
        resource,
        title=words(resource.get("code")),
        when=at(resource, "period.start"),
        status=status_code(resource.get("status")),
        code=first_code(resource.get("code")),
        category=status_code(*items(resource.get("category"))),
        about=resource.get("code"),
        more=(all_words(resource.get("category")),),
    )


def flag_facts(resource: Resource, known: Known) -> list[Fact | None]:
    """What it warns of, whether it still holds, and who put it there."""
    return [
        qualified(resource),
        said(_("Warning"), words(resource.get("code"))),
        worded(_("Status"), resource.get("status"), STATUSES),
        spanned(_("Holds for"), resource.get("period")),
        said(_("Kind of warning"), all_words(resource.get("category"))),
        said(_("Author"), known.name(resource.get("author"))),
        said(_("Visit"), known.name(resource.get("encounter"))),
        *noted(resource, known),
        *coded(resource.get("code")),
    ]


def event_head(resource: Resource, known: Known) -> Head:
    """Harm, or nearly: named by what happened."""
    about = _event(resource)
    return build(
        resource,
        title=words(about) or clean(resource.get("description")) or _came_of(resource, known),
        when=resource.get("date") or resource.get("detected") or resource.get("recordedDate"),
        status=status_code(resource.get("actuality")),
        code=first_code(about),
        category=status_code(*items(resource.get("category"))),
        about=about,
        more=(_came_of(resource, known), clean(resource.get("description"), 1000)),
    )


def _event(resource: Resource) -> object:
    return resource.get("event") or resource.get("type")


def _came_of(resource: Resource, known: Known) -> str:
    return known.names(resource.get("resultingCondition") or resource.get("reaction"))


def event_facts(resource: Resource, known: Known) -> list[Fact | None]:
    """What happened, how bad it was, how it ended, and what may have caused it."""
    return [
        qualified(resource),
        said(_("What happened"), words(_event(resource))),
        told(_("Description"), resource.get("description")),
        worded(_("Did it happen"), resource.get("actuality"), ACTUALITIES),
        *(worded(_("Kind of event"), one, EVENT_SORTS) for one in items(resource.get("category"))),
        dated(_("Date"), resource.get("date")),
        dated(_("Noticed"), resource.get("detected")),
        said(_("What came of it"), _came_of(resource, known)),
        said(_("How serious"), words(resource.get("seriousness"))),
        said(_("Severity"), words(resource.get("severity"))),
        said(_("Outcome"), words(resource.get("outcome"))),
        said(_("Where"), known.name(resource.get("location"))),
        *(fact for one in items(resource.get("suspectEntity")) for fact in _suspect(one, known)),
        said(_("Visit"), known.name(resource.get("encounter"))),
        said(_("Reported by"), known.name(resource.get("recorder"))),
        dated(_("Written down"), resource.get("recordedDate")),
        *noted(resource, known),
        *coded(_event(resource)),
    ]


def _suspect(entity: object, known: Known) -> list[Fact | None]:
    """What is thought to have caused it, and how sure anybody is."""
    name = known.name(member(entity, "instance"))
    found = [said(_("Possible cause"), name)]
    if isinstance(judged := member(entity, "causality"), str):
        found += within(name, worded(_("How likely"), judged, CAUSALITIES))
        judged = None
    for one in items(judged):
        found += within(
            name,
            said(_("How likely"), words(member(one, "assessment"))),
            told(_("Why it is thought so"), member(one, "productRelatedness")),
            said(_("Judged by"), known.name(member(one, "author"))),
            said(_("Method"), words(member(one, "method"))),
        )
    return found


def risk_head(resource: Resource, known: Known) -> Head:
    """How likely something is: named by what was assessed, with the likelihoods as value."""
    about = resource.get("code")
    outcomes = all_words([member(one, "outcome") for one in items(resource.get("prediction"))])
    return build(
        resource,
        title=words(about) or outcomes or words(resource.get("method")),
        when=resource.get("occurrenceDateTime")
        or at(resource, "occurrencePeriod.start")
        or resource.get("date"),
        status=status_code(resource.get("status")),
        code=first_code(about),
        value=joined(map(_likelihood, items(resource.get("prediction"))), "; "),
        about=about,
        more=(outcomes,),
    )


def _likelihood(prediction: object) -> str:
    """ "Heart attack or stroke: 12.5 %"."""
    chance = "" if _may_be_a_share(prediction) else _chance(prediction)
    likely = joined([chance, words(member(prediction, "qualitativeRisk"))])
    return joined([words(member(prediction, "outcome")), likely], ": ")


def _chance(prediction: object) -> str:
    """The likelihood as sent. FHIR means percent, but some send a share of one: only a number above one says
    which it is.
    """
    __, value = choice(prediction, "probability")
    if isinstance(value, dict):
        return range_words(value)
    share = number_words(value)
    return f"{share} %" if share and not _may_be_a_share(prediction) else share


def _may_be_a_share(prediction: object) -> bool:
    found = number(choice(prediction, "probability")[1])
    return found is not None and 0 < found <= 1


def risk_facts(resource: Resource, known: Known) -> list[Fact | None]:
    """Each outcome with how likely it is and by when, then how and from what that was worked out."""
    reasons = [*items(resource.get("reasonCode")), resource.get("reasonCodeableConcept")]
    return [
        qualified(resource),
        *(fact for one in items(resource.get("prediction")) for fact in _prediction(one)),
        worded(_("Status"), resource.get("status"), STATUSES),
        timed(_("Date"), resource, "occurrence") or dated(_("Date"), resource.get("date")),
        said(_("Because of"), joined([known.name(resource.get("condition")), all_words(reasons)])),
        said(_("What can be done"), resource.get("mitigation")),
        said(_("Method"), words(resource.get("method"))),
        said(_("Worked out from"), known.names(resource.get("basis"))),
        said(_("Done by"), known.name(resource.get("performer"))),
        said(_("Visit"), known.name(resource.get("encounter") or resource.get("context"))),
        *noted(resource, known),
        *coded(resource.get("code")),
    ]


def _prediction(one: object) -> list[Fact | None]:
    name = words(member(one, "outcome"))
    soon, value = choice(one, "when")
    return within(
        name,
        said(_("How likely"), joined([_chance(one), words(member(one, "qualitativeRisk"))])),
        Fact(_("What the number means"), UNCLEAR, ours=True) if _may_be_a_share(one) else None,
        spanned(_("By when"), value)
        if soon == "Period"
        else said(_("Over what time, or at what age"), range_words(value)),
        said(_("Times the usual risk"), quantity_words(member(one, "relativeRisk"))),
        told(_("Why"), member(one, "rationale")),
    )
