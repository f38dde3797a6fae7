"""Procedures: what was done, or was not done and why."""

from records.fhir.elements import all_words, at, first_code, items, joined, member, status_code, words
from records.fhir.facts import coded, noted, qualified, said, timed, worded
from records.fhir.heads import build
from records.fhir.references import Known
from records.fhir.row import Fact, Head, Resource
from records.fhir.row import gettext_noop as _
from records.fhir.wording import status_words


def head(resource: Resource, known: Known) -> Head:
    """Named by its code, dated by when it was done."""
    return build(
        resource,
        title=words(resource.get("code")),
        when=when(resource),
        status=status(resource),
        code=first_code(resource.get("code")),
        category=status_code(*items(resource.get("category"))),
        about=resource.get("code"),
        more=(all_words(_reasons(resource)),),
    )


def status(resource: Resource) -> str:
    """The status code; the older flags for "not done" say the same as R4's code."""
    if resource.get("notPerformed") is True or resource.get("notDone") is True:
        return "not-done"
    return status_code(resource.get("status"))


def when(resource: Resource) -> object:
    """When it was done, else when it was written down."""
    for stem in ("performed", "occurrence"):
        for path in (f"{stem}DateTime", f"{stem}Period.start", f"{stem}Period.end"):
            if isinstance(found := at(resource, path), str):
                return found
    return resource.get("recorded")


def _reasons(resource: Resource) -> list[object]:
    names = ("reasonCode", "reasonCodeableConcept", "reason")
    return [reason for name in names for reason in items(resource.get(name))]


def facts(resource: Resource, known: Known) -> list[Fact | None]:
    """Whether and when it was done, why, where on the body, by whom, and what came of it."""
    found = status(resource)
    ours = status_words("procedures", found)
    not_done = [
        resource.get("statusReason"),
        resource.get("notDoneReason"),
        *items(resource.get("reasonNotPerformed")),
    ]
    return [
        qualified(resource),
        worded(_("Status"), found, {found: ours} if ours else {}),
        said(_("Why it was not done"), all_words([reason for reason in not_done if reason])),
        timed(_("Date"), resource, "performed") or timed(_("Date"), resource, "occurrence"),
        said(_("Why"), joined([all_words(_reasons(resource)), known.names(resource.get("reasonReference"))])),
        said(_("Body site"), all_words(resource.get("bodySite"))),
        said(_("Outcome"), words(resource.get("outcome"))),
        said(_("Complications"), all_words(resource.get("complication"))),
        said(_("Follow-up"), all_words(resource.get("followUp"))),
        said(
            _("Done by"), joined(known.name(member(one, "actor")) for one in items(resource.get("performer")))
        ),
        said(_("Where"), known.name(resource.get("location"))),
        said(
            _("Device"),
            joined(known.name(member(one, "manipulated")) for one in items(resource.get("focalDevice"))),
        ),
        said(_("Written down by"), known.name(resource.get("recorder"))),
        said(_("According to"), known.name(resource.get("asserter"))),
        said(_("Report"), known.names(resource.get("report"))),
        said(_("Used"), all_words(resource.get("usedCode"))),
        said(_("Visit"), known.name(resource.get("encounter") or resource.get("context"))),
        *noted(resource, known),
        said(_("Category"), all_words(resource.get("category")), quiet=True),
        *coded(resource.get("code")),
    ]
