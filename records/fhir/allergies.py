"""Allergies and intolerances. Nothing here may read as "no allergies" unless the source said exactly that."""

from collections.abc import Sequence
from dataclasses import replace

from records.fhir.elements import all_words, at, choice, first_code, items, joined, member, status_code, words
from records.fhir.facts import coded, dated, noted, qualified, said, timed, worded
from records.fhir.heads import build
from records.fhir.references import Known
from records.fhir.row import Fact, Head, Resource
from records.fhir.row import gettext_noop as _
from records.fhir.terms import ALLERGY_CATEGORIES, ALLERGY_TYPES, CRITICALITIES
from records.fhir.wording import SEVERITIES, STATUSES

_UNSURE = frozenset({"refuted", "entered-in-error", "unconfirmed", "presumed"})
DSTU2_CRITICALITY = {"critl": "low", "crith": "high", "critu": "unable-to-assess"}


def head(resource: Resource, known: Known) -> Head:
    """Named by the substance, with the reactions as value."""
    concept = _concept(resource)
    return build(
        resource,
        title=words(concept),
        when=when(resource),
        status=status(resource),
        code=first_code(concept),
        value=_reactions(resource),
        category=status_code(*items(resource.get("category"))),
        about=concept,
    )


def _concept(resource: Resource) -> object:
    """The substance: `code` since STU3, `substance` in DSTU2, else what the reactions name."""
    return resource.get("code") or resource.get("substance") or at(resource, "reaction.substance")


def status(resource: Resource) -> str:
    """The clinical status, unless the source is unsure or ruled it out. DSTU2 has both in one, where
    "confirmed" also means that the allergy stands.
    """
    verified = status_code(resource.get("verificationStatus"))
    if verified in _UNSURE:
        return verified
    found = status_code(resource.get("clinicalStatus"), resource.get("status"))
    return "active" if found == "confirmed" else found


def when(resource: Resource) -> object:
    """When it began, else when it was written down."""
    suffix, onset = choice(resource, "onset")
    begun = member(onset, "start") if suffix == "Period" else onset if suffix == "DateTime" else None
    dates = [begun, resource.get("onset"), resource.get("recordedDate"), resource.get("assertedDate")]
    return next((date for date in dates if isinstance(date, str)), "")


def _manifestations(reaction: object) -> str:
    return all_words(member(reaction, "manifestation")) or words(member(reaction, "description"))


def _reactions(resource: Resource) -> str:
    return joined(_manifestations(reaction) for reaction in items(resource.get("reaction")))


def facts(resource: Resource, known: Known) -> list[Fact | None]:
    """How it stands, how dangerous, and each reaction."""
    criticality = status_code(resource.get("criticality"))
    return [
        qualified(resource),
        worded(_("Status"), status_code(resource.get("clinicalStatus"), resource.get("status")), STATUSES),
        worded(_("How sure"), resource.get("verificationStatus"), STATUSES),
        worded(_("Allergy or intolerance"), resource.get("type"), ALLERGY_TYPES),
        *(
            worded(_("To what kind of thing"), one, ALLERGY_CATEGORIES)
            for one in items(resource.get("category"))
        ),
        worded(_("Danger"), DSTU2_CRITICALITY.get(criticality, criticality), CRITICALITIES),
        timed(_("Began"), resource, "onset", age=_("Age when it began"))
        or dated(_("Began"), resource.get("onset")),
        dated(_("Last happened"), resource.get("lastOccurrence"), resource.get("lastOccurence")),
        dated(_("Written down"), resource.get("recordedDate"), resource.get("assertedDate")),
        said(_("Written down by"), known.name(resource.get("recorder"))),
        said(_("According to"), known.name(resource.get("asserter") or resource.get("reporter"))),
        *noted(resource, known),
        *_each_reaction(items(resource.get("reaction")), known),
        *coded(_concept(resource)),
    ]


def _each_reaction(reactions: Sequence[object], known: Known) -> list[Fact | None]:
    """Each reaction with its own severity. Several stand apart, or one's severity reads as the next one's."""
    if len(reactions) == 1:
        return _reaction(reactions[0], known)
    return [
        fact and replace(fact, under=(_("Reaction"), str(number)))
        for number, reaction in enumerate(reactions, start=1)
        for fact in _reaction(reaction, known)
    ]


def _reaction(reaction: object, known: Known) -> list[Fact | None]:
    return [
        said(_("Reaction"), _manifestations(reaction)),
        worded(_("How bad the reaction was"), member(reaction, "severity"), SEVERITIES),
        dated(_("When it happened"), member(reaction, "onset")),
        said(_("After contact with"), words(member(reaction, "substance"))),
        said(_("How contact was made"), words(member(reaction, "exposureRoute"))),
        *noted(reaction if isinstance(reaction, dict) else {}, known),
    ]
