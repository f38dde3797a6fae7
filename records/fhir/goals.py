"""Goals: what somebody wants to reach, by when, and how it is going."""

from records.fhir.elements import all_words, choice, first_code, items, joined, member, status_code, words
from records.fhir.facts import coded, dated, noted, qualified, said, timed, worded
from records.fhir.heads import build
from records.fhir.quantities import quantity_words, range_words
from records.fhir.references import Known
from records.fhir.row import Fact, Head, Resource
from records.fhir.row import gettext_noop as _
from records.fhir.wording import STATUSES, status_words


def head(resource: Resource, known: Known) -> Head:
    """Named by its description, with what is to be reached as value."""
    return build(
        resource,
        title=words(resource.get("description")),
        when=when(resource),
        status=status(resource),
        code=first_code(resource.get("description")),
        value=joined(map(_target, items(resource.get("target")))),
        category=status_code(*items(resource.get("category"))),
        about=resource.get("description"),
    )


def when(resource: Resource) -> object:
    """When it was set, else since when it stands as it does."""
    return resource.get("startDate") or resource.get("statusDate")


def status(resource: Resource) -> str:
    """The life cycle (R4) or the one status of before; "in-progress" says the same as "active"."""
    found = status_code(resource.get("lifecycleStatus"), resource.get("status"))
    return "active" if found == "in-progress" else found


def _target(target: object) -> str:
    """ "HbA1c ≤ 7 %": the measure and what it should be."""
    __, value = choice(target, "detail")
    aim = range_words(value) or quantity_words(value) or words(value)
    return f"{words(member(target, 'measure'))} {aim}".strip()


def _outcome(resource: Resource) -> str:
    """What came of it: `outcomeCode` since STU3, a list of results in DSTU2."""
    results = [member(one, "resultCodeableConcept") or one for one in items(resource.get("outcome"))]
    return all_words(resource.get("outcomeCode")) or all_words(results)


def facts(resource: Resource, known: Known) -> list[Fact | None]:
    """How it stands, what is to be reached by when, and for which condition."""
    found = status(resource)
    ours = status_words("goals", found)
    return [
        qualified(resource),
        worded(_("Status"), found, {found: ours} if ours else {}),
        worded(_("How it is going"), resource.get("achievementStatus"), STATUSES),
        *(said(_("To be reached"), _target(target)) for target in items(resource.get("target"))),
        *(
            timed(_("By when"), target, "due")
            for target in items(resource.get("target"))
            if isinstance(target, dict)
        ),
        timed(_("By when"), resource, "target"),
        timed(_("Began"), resource, "start"),
        dated(_("Status since"), resource.get("statusDate")),
        said(_("Why this status"), all_words(resource.get("statusReason"))),
        said(_("Category"), all_words(resource.get("category")), quiet=True),
        said(_("Priority"), words(resource.get("priority"))),
        said(_("For"), known.names(resource.get("addresses"))),
        said(_("Set by"), known.name(resource.get("expressedBy") or resource.get("author"))),
        said(_("Outcome"), _outcome(resource)),
        *noted(resource, known),
        *coded(resource.get("description")),
    ]
