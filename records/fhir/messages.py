"""Messages: what somebody wrote or said to the patient or about them (Communication), or means to."""

from records.fhir.attachments import file_words
from records.fhir.elements import all_words, first_code, items, joined, member, status_code, words
from records.fhir.facts import coded, dated, noted, qualified, said, timed, told, worded
from records.fhir.heads import build
from records.fhir.references import Known
from records.fhir.row import Fact, Head, Resource
from records.fhir.row import gettext_noop as _
from records.fhir.terms import PRIORITIES
from records.fhir.texts import clean, prose
from records.fhir.wording import STATUSES

_LINE = 80  # characters of a message that stand for one without a subject


def head(resource: Resource, known: Known) -> Head:
    """Named by its subject, else by what it says; the kind of message is only the last resort."""
    about = _about(resource)
    return build(
        resource,
        title=words(about) or _first_words(resource) or all_words(resource.get("category")),
        when=resource.get("sent") or resource.get("received") or resource.get("authoredOn"),
        status=status(resource),
        code=first_code(about),
        category=status_code(*items(resource.get("category"))),
        about=about,
        more=(*_texts(resource), known.name(resource.get("sender"))),
    )


def status(resource: Resource) -> str:
    """The status code; STU3 says beside it that a message was never sent."""
    return "not-done" if resource.get("notDone") is True else status_code(resource.get("status"))


def _about(resource: Resource) -> object:
    """What it is about: its topic, else its reason."""
    found = (resource.get(name) for name in ("topic", "reasonCode", "reason"))
    return next((one for one in found if words(one)), None)


def _texts(resource: Resource) -> list[str]:
    return [prose(member(one, "contentString")) for one in items(resource.get("payload"))]


def _first_words(resource: Resource) -> str:
    return clean(" ".join(filter(None, _texts(resource))), _LINE)


def facts(resource: Resource, known: Known) -> list[Fact | None]:
    """What it says, who wrote to whom, when, how and why."""
    reasons = [*items(resource.get("reasonCode")), *items(resource.get("reason"))]
    return [
        qualified(resource),
        *(fact for one in items(resource.get("payload")) for fact in _payload(one, known)),
        said(_("Subject"), words(resource.get("topic"))),
        worded(_("Status"), status(resource), STATUSES),
        said(_("Why it was not sent"), words(resource.get("statusReason") or resource.get("notDoneReason"))),
        said(_("From"), known.name(resource.get("sender"))),
        said(_("To"), known.names(resource.get("recipient"))),
        dated(_("Sent"), resource.get("sent")),
        dated(_("Received"), resource.get("received")),
        timed(_("To be sent"), resource, "occurrence"),
        said(_("How"), all_words(resource.get("medium"))),
        said(_("Why"), joined([all_words(reasons), known.names(resource.get("reasonReference"))])),
        worded(_("How urgent"), resource.get("priority"), PRIORITIES),
        said(_("Visit"), known.name(resource.get("encounter") or resource.get("context"))),
        *noted(resource, known),
        said(_("Category"), all_words(resource.get("category")), quiet=True),
        *coded(_about(resource)),
    ]


def _payload(part: object, known: Known) -> list[Fact | None]:
    """One part of a message: words, a file, or a record it points at."""
    return [
        told(_("Message"), member(part, "contentString")),
        said(_("File"), file_words(member(part, "contentAttachment"))),
        dated(_("File made on"), member(member(part, "contentAttachment"), "creation")),
        said(_("About"), known.name(member(part, "contentReference"))),
    ]
