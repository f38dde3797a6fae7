"""Conditions: what somebody has or had, and how sure the source is."""

from records.fhir.elements import all_words, at, first_code, items, status_code, words
from records.fhir.facts import coded, noted, qualified, released, said, timed, worded
from records.fhir.heads import build
from records.fhir.references import Known
from records.fhir.row import Fact, Head, Resource
from records.fhir.row import gettext_noop as _
from records.fhir.wording import SEVERITIES, STATUSES

_NEVER_HAD = frozenset({"refuted", "entered-in-error"})
_UNSURE = _NEVER_HAD | {"unconfirmed", "provisional", "differential"}


def head(resource: Resource, known: Known) -> Head:
    """Named by its code, dated by when it began, else when it was written down."""
    return build(
        resource,
        title=words(resource.get("code")),
        when=when(resource),
        status=status(resource),
        code=first_code(resource.get("code")),
        category=status_code(*items(resource.get("category"))),
        about=resource.get("code"),
    )


def status(resource: Resource) -> str:
    """The clinical status, unless the source is not sure or has ruled the condition out: that is said
    instead.
    """
    verified = status_code(resource.get("verificationStatus"))
    return (
        verified
        if verified in _UNSURE
        else status_code(resource.get("clinicalStatus"), resource.get("status"))
    )


def when(resource: Resource) -> object:
    """When it began, else when it was written down."""
    for path in (
        "onsetDateTime",
        "onsetPeriod.start",
        "recordedDate",
        "assertedDate",
        "dateRecorded",
        "dateAsserted",
    ):
        if isinstance(found := at(resource, path), str):
            return found
    return ""


def began(resource: Resource) -> str:
    """When it began as far as the source says, "" where it only says when it was written down."""
    dates = (at(resource, path) for path in ("onsetDateTime", "onsetPeriod.start"))
    return next((date for date in dates if isinstance(date, str)), "")


def _written(resource: Resource) -> object:
    names = ("recordedDate", "assertedDate", "dateRecorded")
    return next((resource[name] for name in names if name in resource), None)


def facts(resource: Resource, known: Known) -> list[Fact | None]:
    """How it stands, how sure and how bad, from when to when, who wrote it down."""
    return [
        qualified(resource),
        None
        if status(resource) in _NEVER_HAD
        else worded(_("Status"), resource.get("clinicalStatus"), STATUSES),
        worded(_("How sure"), resource.get("verificationStatus"), STATUSES),
        worded(_("Severity"), resource.get("severity"), SEVERITIES),
        said(_("Stage"), words(at(resource, "stage.summary"))),
        said(_("Body site"), all_words(resource.get("bodySite"))),
        timed(_("Began"), resource, "onset", age=_("Age when it began")),
        timed(_("Ended"), resource, "abatement", age=_("Age when it ended")),
        released(_("Written down"), _written(resource), resource, "onsetDateTime"),
        said(_("Evidence"), all_words([at(one, "code") for one in items(resource.get("evidence"))])),
        said(_("Written down by"), known.name(resource.get("recorder"))),
        said(_("According to"), known.name(resource.get("asserter"))),
        said(_("Visit"), known.name(resource.get("encounter") or resource.get("context"))),
        *noted(resource, known),
        said(_("Category"), all_words(resource.get("category")), quiet=True),
        *coded(resource.get("code")),
    ]
