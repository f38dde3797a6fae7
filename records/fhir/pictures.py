"""Pictures: photographs, videos and sound (Media), and the series of a scan (ImagingStudy)."""

from records.fhir.attachments import file_words
from records.fhir.elements import all_words, code, first_code, items, joined, member, status_code, words
from records.fhir.facts import coded, dated, noted, qualified, said, timed, told, within, worded
from records.fhir.heads import build
from records.fhir.references import Known
from records.fhir.row import Fact, Head, Resource
from records.fhir.row import gettext_noop as _
from records.fhir.terms import MEDIA
from records.fhir.texts import clean, number_words
from records.fhir.wording import STATUSES


def head(resource: Resource, known: Known) -> Head:
    """Named by what it shows: the file's title, else the body site or the view."""
    about = resource.get("subtype") or resource.get("bodySite") or resource.get("view")
    return build(
        resource,
        title=clean(member(resource.get("content"), "title")) or words(about) or _form(resource),
        when=when(resource),
        status=status_code(resource.get("status")),
        code=first_code(about),
        value=words(about) if clean(member(resource.get("content"), "title")) else "",
        category=code(resource.get("type")).lower(),
        about=about,
        more=(words(resource.get("view")), all_words(resource.get("reasonCode"))),
    )


def when(resource: Resource) -> object:
    """When it was taken, else when it was filed."""
    for name in ("createdDateTime", "occurrenceDateTime", "issued"):
        if isinstance(found := resource.get(name), str):
            return found
    for name in ("createdPeriod", "occurrencePeriod"):
        if isinstance(found := member(resource.get(name), "start"), str):
            return found
    return member(resource.get("content"), "creation")


def _form(resource: Resource) -> str:
    """What the source calls the form, where that is not a word of ours."""
    return "" if code(resource.get("type")).lower() in MEDIA else words(resource.get("type"))


def facts(resource: Resource, known: Known) -> list[Fact | None]:
    """What it is, of what, when and by whom it was taken."""
    content = resource.get("content")
    size = joined([number_words(resource.get("width")), number_words(resource.get("height"))], " × ")
    return [
        qualified(resource),
        worded(_("What this is"), resource.get("type"), MEDIA),
        said(_("What it shows"), words(resource.get("subtype"))),
        said(_("Body site"), words(resource.get("bodySite"))),
        said(_("Seen from"), words(resource.get("view"))),
        worded(_("Status"), resource.get("status"), STATUSES),
        timed(_("Taken"), resource, "created") or timed(_("Taken"), resource, "occurrence"),
        dated(_("Filed on"), resource.get("issued")),
        said(_("Taken by"), known.name(resource.get("operator"))),
        said(_("Why"), all_words(resource.get("reasonCode"))),
        said(_("Device"), clean(resource.get("deviceName")) or known.name(resource.get("device"))),
        said(_("Visit"), known.name(resource.get("encounter") or resource.get("context"))),
        *noted(resource, known),
        dated(_("File made on"), member(content, "creation")),
        said(_("Size in dots"), size, quiet=True),
        said(_("File"), file_words(content), quiet=True),
        *coded(resource.get("subtype") or resource.get("bodySite") or resource.get("view")),
    ]


def study_facts(resource: Resource, known: Known) -> list[Fact | None]:
    """A scan: how and of what pictures were made, when, by whom and why, then its series."""
    reasons = [*items(resource.get("reasonCode")), *items(resource.get("reason"))]
    made = [
        words(resource.get("modality")) or all_words(resource.get("modality")),
        *_seen(resource, "modality"),
        *_seen(resource, "bodySite"),
    ]
    pointed = [*items(resource.get("procedureReference")), *items(resource.get("procedure"))]
    return [
        qualified(resource),
        dated(_("Date"), resource.get("started")),
        worded(_("Status"), resource.get("status") or resource.get("availability"), STATUSES),
        said(_("How and of what"), joined(made)),
        said(_("What was done"), joined([all_words(resource.get("procedureCode")), known.names(pointed)])),
        told(_("Description"), resource.get("description")),
        said(_("Pictures"), number_words(resource.get("numberOfInstances"))),
        said(_("Number of series"), number_words(resource.get("numberOfSeries"))),
        said(_("Where"), known.name(resource.get("location"))),
        said(_("Read by"), known.names(resource.get("interpreter"))),
        said(_("Ordered by"), known.name(resource.get("referrer"))),
        said(_("Because of the order"), known.names(resource.get("basedOn") or resource.get("order"))),
        said(_("Why"), joined([all_words(reasons), known.names(resource.get("reasonReference"))])),
        said(_("Visit"), known.name(resource.get("encounter") or resource.get("context"))),
        *noted(resource, known),
        *_series(resource, known),
        *(fact for one in items(resource.get("procedureCode")) for fact in coded(one)),
    ]


def _seen(resource: Resource, name: str) -> list[str]:
    return [words(member(one, name)) for one in items(resource.get("series"))]


def _series(resource: Resource, known: Known) -> list[Fact | None]:
    """Each series of a scan: of what, when, and how many pictures it has."""
    found: list[Fact | None] = []
    for place, one in enumerate(items(resource.get("series")), 1):
        parts = [
            clean(member(one, "description")),
            words(member(one, "modality")),
            words(member(one, "bodySite")),
        ]
        done = [member(who, "actor") or who for who in items(member(one, "performer"))]
        facts_of = [
            said(_("What it shows"), joined(parts)),
            said(_("Side"), words(member(one, "laterality"))),
            dated(_("Date"), member(one, "started")),
            said(_("Pictures"), number_words(member(one, "numberOfInstances"))),
            said(_("Done by"), known.names(done)),
        ]
        found += within(_("Series"), *within(str(place), *facts_of))
    return found
