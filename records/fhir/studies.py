"""Research: studies, and that somebody takes part in one."""

from records.fhir.elements import (
    all_words,
    at,
    contacts,
    first_code,
    items,
    joined,
    member,
    status_code,
    words,
)
from records.fhir.facts import coded, noted, qualified, said, spanned, told, worded
from records.fhir.heads import build
from records.fhir.references import Known
from records.fhir.row import Fact, Head, Resource
from records.fhir.row import gettext_noop as _
from records.fhir.texts import clean
from records.fhir.wording import STATUSES


def head(resource: Resource, known: Known) -> Head:
    """Named by the study's title."""
    return build(
        resource,
        title=_title(resource, known),
        when=at(resource, "period.start"),
        status=status_code(resource.get("status")),
        code=first_code(resource.get("focus")),
        category=status_code(*items(resource.get("category"))),
        about=resource.get("focus"),
        more=(clean(resource.get("description"), 1000), all_words(resource.get("keyword"))),
    )


def _title(resource: Resource, known: Known) -> str:
    return clean(resource.get("title")) or known.name(resource.get("study"))


def facts(resource: Resource, known: Known) -> list[Fact | None]:
    """What it is about, how it stands, when, and who does it."""
    focus = joined([all_words(resource.get("focus")), all_words(resource.get("condition"))])
    return [
        qualified(resource),
        told(_("Description"), resource.get("description")),
        said(_("About"), focus),
        worded(_("Status"), resource.get("status"), STATUSES),
        said(_("Why this status"), words(resource.get("reasonStopped"))),
        spanned(_("Date"), resource.get("period")),
        *_group(resource),
        said(_("Phase"), words(resource.get("phase"))),
        said(_("Purpose"), words(resource.get("primaryPurposeType"))),
        said(_("Done by"), known.name(resource.get("sponsor"))),
        said(_("Led by"), known.name(resource.get("principalInvestigator"))),
        said(_("Where"), known.names(resource.get("site"))),
        said(_("For whom"), known.names(resource.get("enrollment"))),
        said(_("Consent"), known.name(resource.get("consent"))),
        *(said(_("Contact"), _contact(one)) for one in items(resource.get("contact"))),
        *(said(_("Aim"), member(one, "name")) for one in items(resource.get("objective"))),
        *(said(_("Group of the study"), _arm(one)) for one in items(resource.get("arm"))),
        *noted(resource, known),
        said(_("Category"), all_words(resource.get("category")), quiet=True),
        *coded(resource.get("focus")),
    ]


def _group(resource: Resource) -> list[Fact | None]:
    """Which group somebody was meant for, and which they are in."""
    meant, real = clean(resource.get("assignedArm")), clean(resource.get("actualArm"))
    return [
        said(_("Your group"), real or meant),
        said(_("Group meant at first"), meant if real != meant else ""),
    ]


def _contact(one: object) -> str:
    return joined([clean(member(one, "name")), contacts(member(one, "telecom"))])


def _arm(arm: object) -> str:
    return joined([clean(member(arm, "name")), words(member(arm, "type")), clean(member(arm, "description"))])
