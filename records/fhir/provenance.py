"""Where a record came from: who wrote it, passed it on or put it together, and when (Provenance)."""

from records.fhir.elements import all_words, code, items, joined, member, status_code, words
from records.fhir.facts import dated, noted, qualified, said, spanned
from records.fhir.heads import build
from records.fhir.references import Known
from records.fhir.row import Fact, Head, Resource
from records.fhir.row import gettext_noop as _


def head(resource: Resource, known: Known) -> Head:
    """Named by who did it."""
    return build(
        resource,
        title=joined(_agent(one, known) for one in items(resource.get("agent"))),
        when=resource.get("recorded"),
        category=status_code(resource.get("activity")),
        about=resource.get("activity"),
    )


def facts(resource: Resource, known: Known) -> list[Fact | None]:
    """Who did what to which records, when, where and why."""
    reasons = all_words(resource.get("reason")) or words(resource.get("activity"))
    return [
        qualified(resource),
        *(said(_("Who"), _agent(one, known)) for one in items(resource.get("agent"))),
        said(_("About"), known.names(resource.get("target"))),
        said(_("What was done"), words(resource.get("activity"))),
        said(_("Why"), reasons if words(resource.get("activity")) != reasons else ""),
        _when(resource),
        dated(_("Written down"), resource.get("recorded")),
        said(_("Where"), known.name(resource.get("location"))),
        *(said(_("Made from"), _source(one, known)) for one in items(resource.get("entity"))),
        *noted(resource, known),
    ]


def _when(resource: Resource) -> Fact | None:
    period = resource.get("occurredPeriod") or resource.get("period")
    return spanned(_("Date"), period) or dated(_("Date"), resource.get("occurredDateTime"))


def _agent(agent: object, known: Known) -> str:
    """ "Lakeside Clinic (transmitter)", on whose behalf as far as it is said."""
    who = known.name(member(agent, "who") or member(agent, "whoReference") or member(agent, "actor"))
    role = all_words(member(agent, "type")) or all_words(member(agent, "role")) or code(member(agent, "role"))
    behalf = known.name(member(agent, "onBehalfOf") or member(agent, "onBehalfOfReference"))
    return joined([f"{who} ({role})" if who and role else who or role, behalf])


def _source(entity: object, known: Known) -> str:
    pointed = member(entity, "what") or member(entity, "whatReference")
    return known.name(pointed) or words(member(entity, "display")) or words(member(entity, "type"))
