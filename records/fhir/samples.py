"""Samples: what was taken from the body for a test, when, and what was done with it (Specimen)."""

from records.fhir.elements import all_words, at, choice, first_code, items, joined, member, status_code, words
from records.fhir.facts import coded, dated, noted, qualified, said, timed, within, worded
from records.fhir.heads import build
from records.fhir.quantities import quantity_words
from records.fhir.references import Known
from records.fhir.row import Fact, Head, Resource
from records.fhir.row import gettext_noop as _
from records.fhir.texts import clean
from records.fhir.wording import STATUSES


def head(resource: Resource, known: Known) -> Head:
    """Named by what was taken, dated by when."""
    return build(
        resource,
        title=words(resource.get("type")),
        when=when(resource),
        status=status_code(resource.get("status")),
        code=first_code(resource.get("type")),
        about=resource.get("type"),
        more=(
            words(at(resource, "collection.bodySite")),
            clean(member(resource.get("accessionIdentifier"), "value")),
        ),
    )


def when(resource: Resource) -> object:
    """When it was taken, else when it arrived."""
    taken = at(resource, "collection.collectedDateTime") or at(resource, "collection.collectedPeriod.start")
    return taken or resource.get("receivedTime")


def facts(resource: Resource, known: Known) -> list[Fact | None]:
    """What it is, when and how it was taken, its state, and what was done with it."""
    taken = resource.get("collection")
    fasting, value = choice(taken, "fastingStatus")
    return [
        qualified(resource),
        said(_("What it is"), words(resource.get("type"))),
        worded(_("Status"), resource.get("status"), STATUSES),
        timed(_("Taken"), taken, "collected") if isinstance(taken, dict) else None,
        said(_("Taken by"), known.name(member(taken, "collector"))),
        said(_("How"), words(member(taken, "method"))),
        said(_("Body site"), words(member(taken, "bodySite"))),
        said(_("Amount"), quantity_words(member(taken, "quantity"))),
        said(_("Fasting"), quantity_words(value) if fasting == "Duration" else words(value)),
        said(_("Remark"), joined(map(clean, items(member(taken, "comment"))))),
        said(_("Condition of the sample"), all_words(resource.get("condition"))),
        dated(_("Arrived at the laboratory"), resource.get("receivedTime")),
        said(_("Ordered with"), known.names(resource.get("request"))),
        said(_("Part of"), known.names(resource.get("parent"))),
        *noted(resource, known),
        *_handled(resource, known),
        said(_("Number at the laboratory"), member(resource.get("accessionIdentifier"), "value"), quiet=True),
        *coded(resource.get("type")),
    ]


def _handled(resource: Resource, known: Known) -> list[Fact | None]:
    """What it was kept in and how it was prepared."""
    found: list[Fact | None] = []
    for one in items(resource.get("processing")) + items(resource.get("treatment")):
        step = joined([words(member(one, "procedure")), clean(member(one, "description"))])
        found += within(
            _("Preparation"),
            said(_("Step"), step),
            timed(_("When"), one, "time") if isinstance(one, dict) else None,
            said(_("Added"), known.names(member(one, "additive"))),
        )
    for one in items(resource.get("container")):
        named = joined([clean(member(one, "description")), words(member(one, "type"))])
        held = quantity_words(member(one, "specimenQuantity"))
        room = quantity_words(member(one, "capacity"))
        found += within(
            _("Container"), said(_("What it is"), named), said(_("Filled with"), held), said(_("Holds"), room)
        )
    return found
