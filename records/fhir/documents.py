"""Notes and documents: what they are called and where they came from. Opening them happens elsewhere."""

from records.fhir.attachments import file_words
from records.fhir.elements import all_words, at, code, first_code, items, joined, member, status_code, words
from records.fhir.facts import coded, dated, noted, qualified, said, spanned, worded
from records.fhir.heads import build
from records.fhir.moments import recorded
from records.fhir.references import Known
from records.fhir.row import Fact, Head, Resource
from records.fhir.row import gettext_noop as _
from records.fhir.texts import clean
from records.fhir.wording import STATUSES


def head(resource: Resource, known: Known) -> Head:
    """Named by its type, since descriptions are often file names; dated by what it is about."""
    attachment = _attachment(resource)
    return build(
        resource,
        title=words(resource.get("type")) or _described(resource) or clean(member(attachment, "title")),
        when=when(resource),
        status=status(resource),
        code=first_code(resource.get("type")),
        value=_described(resource) if words(resource.get("type")) else "",
        category=status_code(*items(resource.get("category") or resource.get("class"))),
        about=resource.get("type"),
        more=(clean(member(attachment, "title")), known.names(resource.get("author"))),
    )


def status(resource: Resource) -> str:
    """The reference's status, unless that is the ordinary one and the document's own says more."""
    found, inner = (status_code(resource.get(name)) for name in ("status", "docStatus"))
    return inner if inner and found in ("", "current") and inner != "final" else found


def _described(resource: Resource) -> str:
    return clean(resource.get("description")) or clean(resource.get("title"))


def _attachment(resource: Resource) -> object:
    return at(resource, "content.attachment") or resource.get("content")


def when(resource: Resource) -> object:
    """When what it is about took place, else when it was made or filed."""
    for path in (
        "context.period.start",
        "date",
        "created",
        "indexed",
        "createdDateTime",
        "content.attachment.creation",
    ):
        if isinstance(found := at(resource, path), str):
            return found
    return ""


def facts(resource: Resource, known: Known) -> list[Fact | None]:
    """What it is, of when, by whom, and what the files are."""
    return [
        qualified(resource),
        said(_("Description"), _described(resource)),
        worded(_("Status"), resource.get("status"), STATUSES),
        worded(_("State of the document"), resource.get("docStatus"), STATUSES),
        dated(_("Date"), resource.get("date"), resource.get("created")),
        spanned(_("About the time"), at(resource, "context.period")),
        dated(_("Filed on"), resource.get("indexed")),
        said(_("Written by"), known.names(resource.get("author"))),
        said(_("Signed by"), known.name(resource.get("authenticator"))),
        said(_("Kept by"), known.name(resource.get("custodian"))),
        said(_("Visit"), known.names(at(resource, "context.encounter") or resource.get("encounter"))),
        said(_("Kind of place"), words(at(resource, "context.facilityType"))),
        said(_("Specialty"), words(at(resource, "context.practiceSetting"))),
        *(fact for content in items(resource.get("content")) for fact in _file(content)),
        *_itself(resource),
        *(_signed(one, known) for one in items(resource.get("attester"))),
        *(said(_("Part"), _part(section)) for section in items(resource.get("section"))),
        said(_("Kept private as"), resource.get("confidentiality"), quiet=True),
        *noted(resource, known),
        said(_("Category"), all_words(resource.get("category") or resource.get("class")), quiet=True),
        *coded(resource.get("type")),
    ]


def _signed(attester: object, known: Known) -> Fact | None:
    """Who vouches for it: "Dr. Ngozi Okafor (legal), 2018-10-11"."""
    mode = joined(map(code, items(member(attester, "mode"))))
    who = known.name(member(attester, "party"))
    named = f"{who} ({mode})" if who and mode else who or mode
    return said(_("Signed by"), joined([named, recorded(member(attester, "time"))]))


def _part(section: object) -> str:
    """The title of one section, and why it is empty where it is."""
    title, empty = clean(member(section, "title")), words(member(section, "emptyReason"))
    return f"{title} ({empty})" if title and empty else title or empty


def _itself(resource: Resource) -> list[Fact | None]:
    """A Binary is the file."""
    is_file = resource.get("resourceType") == "Binary"
    return [said(_("File"), file_words({"contentType": resource.get("contentType")}))] if is_file else []


def _file(content: object) -> list[Fact | None]:
    """One file of the document: its title, what it is and how large."""
    return [said(_("File"), file_words(member(content, "attachment")), quiet=True)]
