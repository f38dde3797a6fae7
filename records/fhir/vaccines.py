"""Vaccines: given, or not given and why."""

from records.fhir.elements import all_words, at, code, first_code, items, joined, member, status_code, words
from records.fhir.facts import coded, dated, noted, qualified, said, timed, truth, worded
from records.fhir.heads import build
from records.fhir.quantities import quantity_words
from records.fhir.references import Known
from records.fhir.row import Fact, Head, Resource
from records.fhir.row import gettext_noop as _
from records.fhir.texts import clean
from records.fhir.wording import status_words


def head(resource: Resource, known: Known) -> Head:
    """Named by the vaccine, dated by when it was given."""
    concept = resource.get("vaccineCode") or resource.get("vaccineType")
    return build(
        resource,
        title=words(concept),
        when=when(resource),
        status=status(resource),
        code=first_code(concept),
        about=concept,
        more=(all_words([member(one, "targetDisease") for one in items(resource.get("protocolApplied"))]),),
    )


def status(resource: Resource) -> str:
    """The status code; the older "not given" (STU3, DSTU2) says the same as R4's not-done."""
    if resource.get("notGiven") is True or resource.get("wasNotGiven") is True:
        return "not-done"
    return status_code(resource.get("status"))


def when(resource: Resource) -> object:
    """When it was given, else when it was written down."""
    dates = (resource.get(name) for name in ("occurrenceDateTime", "date", "recorded"))
    return next((date for date in dates if isinstance(date, str)), "")


def _protocols(resource: Resource) -> list[object]:
    """What the dose counts for: `protocolApplied` in R4, `vaccinationProtocol` before."""
    return items(resource.get("protocolApplied")) + items(resource.get("vaccinationProtocol"))


def _dose(resource: Resource) -> str:
    """The number of the dose in its series as sent ("2", "2 of 3" is not made up from it)."""
    names = ("doseNumberString", "doseNumberPositiveInt", "doseNumber", "doseSequence")
    found = (clean(member(one, name)) for one in _protocols(resource) for name in names)
    return next(filter(None, found), "")


def facts(resource: Resource, known: Known) -> list[Fact | None]:
    """Whether and when it was given, which dose, how and by whom."""
    found = status(resource)
    ours = status_words("vaccines", found)
    return [
        qualified(resource),
        worded(_("Status"), found, {found: ours} if ours else {}),
        said(_("Why it was not given"), all_words(_not_given(resource))),
        timed(_("Date"), resource, "occurrence") or dated(_("Date"), resource.get("date")),
        said(_("Number of the dose"), _dose(resource)),
        said(_("Series"), clean(at(_protocols(resource), "series"))),
        said(_("Protects against"), _diseases(resource)),
        said(_("Amount"), quantity_words(resource.get("doseQuantity"))),
        said(_("Body site"), words(resource.get("site"))),
        said(_("How it was given"), words(resource.get("route"))),
        said(_("Given by"), known.names(_performers(resource))),
        said(_("Where"), known.name(resource.get("location"))),
        said(_("Maker"), known.name(resource.get("manufacturer"))),
        said(_("Lot number"), resource.get("lotNumber")),
        dated(_("Expires"), resource.get("expirationDate")),
        said(
            _("Reaction"),
            all_words([at(one, "manifestation.concept") for one in items(resource.get("reaction"))])
            or known.names([member(one, "detail") for one in items(resource.get("reaction"))]),
        ),
        truth(_("Recorded by the one who gave it"), resource.get("primarySource")),
        said(_("According to"), words(resource.get("reportOrigin"))),
        truth(_("Told by somebody else"), resource.get("reported") or None),
        said(_("Visit"), known.name(resource.get("encounter"))),
        *noted(resource, known),
        *coded(resource.get("vaccineCode") or resource.get("vaccineType")),
    ]


def _not_given(resource: Resource) -> list[object]:
    return [*items(resource.get("statusReason")), *items(at(resource, "explanation.reasonNotGiven"))]


def _diseases(resource: Resource) -> str:
    return joined(all_words(member(one, "targetDisease")) for one in _protocols(resource))


def _performers(resource: Resource) -> list[object]:
    """Who gave it; the one who only ordered it is somebody else."""
    performers = [
        one for one in items(resource.get("performer")) if code(member(one, "function")).upper() != "OP"
    ]
    performers += [
        one for one in items(resource.get("practitioner")) if code(member(one, "role")).upper() != "OP"
    ]
    return [member(one, "actor") or one for one in performers]
