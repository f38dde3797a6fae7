"""Appointments: when, where and with whom; and why one was called off (Appointment)."""

from records.fhir.elements import all_words, first_code, items, joined, member, status_code, words
from records.fhir.facts import coded, dated, noted, qualified, said, spanned, told, within, worded
from records.fhir.heads import build
from records.fhir.references import Known
from records.fhir.row import Fact, Head, Resource
from records.fhir.row import gettext_noop as _
from records.fhir.terms import ANSWERS
from records.fhir.texts import clean, number_words
from records.fhir.wording import STATUSES

_NAMED_BY = ("serviceType", "appointmentType", "type", "reasonCode", "reason", "specialty", "serviceCategory")


def head(resource: Resource, known: Known) -> Head:
    """Named by what it is for."""
    concept = _concept(resource)
    return build(
        resource,
        title=words(concept) or clean(resource.get("description")),
        when=when(resource),
        status=status_code(resource.get("status")),
        code=first_code(concept),
        category=status_code(resource.get("appointmentType")),
        about=concept,
        more=(clean(resource.get("description")), known.names([_actor(one) for one in _people(resource)])),
    )


def when(resource: Resource) -> object:
    """When it begins; where nothing is fixed yet, the first time that was asked for."""
    asked = member(resource.get("requestedPeriod"), "start")
    return resource.get("start") or asked or resource.get("created")


def _concept(resource: Resource) -> object:
    concepts = [concept for name in _NAMED_BY for concept in items(resource.get(name))]
    return next((concept for concept in concepts if words(concept)), None)


def _actor(participant: object) -> object:
    return member(participant, "actor")


def _people(resource: Resource) -> list[object]:
    """Everybody and everything booked, apart from whose record this is."""
    return [one for one in items(resource.get("participant")) if not _is(one, "Patient")]


def _is(participant: object, name: str) -> bool:
    target = member(_actor(participant), "reference")
    return isinstance(target, str) and f"{name}/" in target


def facts(resource: Resource, known: Known) -> list[Fact | None]:
    """When, where and with whom; then how it stands, why, and what to bring or do."""
    length = number_words(resource.get("minutesDuration"))
    people = _people(resource)
    reasons = [*items(resource.get("reasonCode")), *items(resource.get("reason"))]
    return [
        qualified(resource),
        spanned(_("Date"), resource),
        said(_("Length in minutes"), length),
        said(_("Where"), known.names([_actor(one) for one in people if _is(one, "Location")])),
        *(said(_("With"), _with(one, known)) for one in people if not _is(one, "Location")),
        worded(_("Status"), resource.get("status"), STATUSES),
        *(fact for one in people for fact in _not_coming(one, known)),
        said(_("Why it was called off"), words(resource.get("cancelationReason"))),
        *(worded(_("Your answer"), member(one, "status"), ANSWERS) for one in _yours(resource)),
        said(_("What for"), words(_concept(resource))),
        said(_("Why"), joined([all_words(reasons), known.names(resource.get("reasonReference"))])),
        told(_("Description"), resource.get("description")),
        told(_("Instructions"), resource.get("patientInstruction")),
        said(_("Kind of appointment"), words(resource.get("appointmentType"))),
        said(_("Specialty"), all_words(resource.get("specialty"))),
        *(spanned(_("Asked for"), one) for one in items(resource.get("requestedPeriod"))),
        said(
            _("Because of the order"),
            known.names(resource.get("basedOn") or resource.get("incomingReferral")),
        ),
        dated(_("Made on"), resource.get("created")),
        *noted(resource, known),
        *coded(_concept(resource)),
    ]


def _not_coming(participant: object, known: Known) -> list[Fact | None]:
    """What somebody else answered, unless they simply come."""
    answer = worded(_("Answer"), member(participant, "status"), STATUSES)
    is_news = status_code(member(participant, "status")) not in ("", "accepted")
    return within(known.name(_actor(participant)), answer) if is_news else []


def _yours(resource: Resource) -> list[object]:
    found = [one for one in items(resource.get("participant")) if _is(one, "Patient")]
    for one in found:
        member(_actor(one), "display")  # whose record this is stands above everything
    return found


def _with(participant: object, known: Known) -> str:
    who, role = known.name(_actor(participant)), all_words(member(participant, "type"))
    return f"{who} ({role})" if who and role else who or role
