"""People and places: the patient as each place knows them, the people who treat them, and where."""

from records.fhir.elements import (
    address,
    all_words,
    contacts,
    human_name,
    items,
    joined,
    member,
    status_code,
    words,
)
from records.fhir.facts import coded, dated, noted, qualified, said, spanned, told, truth, within, worded
from records.fhir.heads import build
from records.fhir.moments import recorded
from records.fhir.references import Known
from records.fhir.row import Fact, Head, Resource
from records.fhir.row import gettext_noop as _
from records.fhir.texts import clean
from records.fhir.wording import GENDERS, MARITAL_STATUSES, STATUSES

_US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/"


def head(resource: Resource, known: Known) -> Head:
    """Named by its name; a role by the person, else by the organization. People have no date of their own."""
    return build(
        resource,
        title=name(resource) or _role_name(resource, known) or _team(resource),
        status=_active(resource),
        value=_what(resource),
        about=resource.get("type"),
        more=(address(resource.get("address")), known.names(_members(resource))),
    )


def name(resource: Resource) -> str:
    """A name that may be a person's (parts) or a place's (a text)."""
    found = resource.get("name")
    return clean(found) if isinstance(found, str) else human_name(found)


def _role_name(resource: Resource, known: Known) -> str:
    return known.name(resource.get("practitioner")) or known.name(resource.get("organization"))


def _team(resource: Resource) -> str:
    return all_words(resource.get("category")) if resource.get("resourceType") == "CareTeam" else ""


def _active(resource: Resource) -> str:
    """The status, where `active` is one of its own: true is "active", false "inactive"."""
    active = resource.get("active")
    if isinstance(active, bool):
        return "active" if active else "inactive"
    return status_code(resource.get("status"))


def _what(resource: Resource) -> str:
    """What somebody or something is: specialty, role, type, relationship."""
    names = ("specialty", "code", "role", "type", "relationship")
    learned = [member(one, "code") for one in items(resource.get("qualification"))]
    return next(filter(None, [*(all_words(resource.get(one)) for one in names), all_words(learned)]), "")


def _members(resource: Resource) -> list[object]:
    return [member(one, "member") for one in items(resource.get("participant"))]


def facts(resource: Resource, known: Known) -> list[Fact | None]:
    """Who or what it is, how to reach it, and whom it belongs to."""
    return [
        qualified(resource),
        said(_("What they are"), _what(resource)),
        worded(_("Status"), _active(resource), STATUSES),
        *_person(resource),
        *_core(resource),
        *(fact for one in items(resource.get("address")) for fact in _address(one)),
        said(_("Contact"), contacts(resource.get("telecom"))),
        *(said(_("Contact person"), _contact(one)) for one in items(resource.get("contact"))),
        *_ties(resource, known),
        said(_("Role"), all_words(resource.get("code"))),
        *(said(_("Also called"), one) for one in items(resource.get("alias"))),
        told(_("Description"), resource.get("description")),
        *(said(_("Member"), _participant(one, known)) for one in items(resource.get("participant"))),
        *(_in_the_team(one, known) for one in items(resource.get("participant"))),
        said(
            _("Because of"),
            joined([all_words(resource.get("reasonCode")), known.names(resource.get("reasonReference"))]),
        ),
        *(fact for one in items(resource.get("practitionerRole")) for fact in _role(one, known)),
        *_open(resource),
        spanned(_("Date"), resource.get("period")),
        said(_("Position on the map"), _position(resource.get("position")), quiet=True),
        *noted(resource, known),
        said(_("Category"), all_words(resource.get("category")), quiet=True),
        *coded(resource.get("type")),
    ]


def _person(resource: Resource) -> list[Fact | None]:
    """What only people have. That somebody is alive is nothing a page says."""
    languages = [member(one, "language") or one for one in items(resource.get("communication"))]
    learned = items(resource.get("qualification"))
    died = resource.get("deceasedBoolean")
    return [
        dated(_("Born"), resource.get("birthDate")),
        dated(_("Died"), resource.get("deceasedDateTime")),
        truth(_("Died"), died) if died is True else None,
        worded(_("Sex or gender"), resource.get("gender"), GENDERS),
        worded(_("Marital status"), resource.get("maritalStatus"), MARITAL_STATUSES),
        said(_("Language"), all_words(languages)),
        *(
            said(_("Learned"), _qualification(one))
            for one in learned
            if member(one, "issuer") or member(one, "period")
        ),
    ]


def _qualification(one: object) -> str:
    """ "Doctor of Medicine, 2001-06, Lakeside University"."""
    start = recorded(member(member(one, "period"), "start"))
    return joined([words(member(one, "code")), start, words(member(one, "issuer"))])


def _address(one: object) -> list[Fact | None]:
    """A postal address, and from when to when it was theirs."""
    text = address(one)
    label = _("Earlier address") if member(one, "use") == "old" else _("Address")
    return [said(label, text), *within(text, spanned(_("Date"), member(one, "period")))]


def _ties(resource: Resource, known: Known) -> list[Fact | None]:
    """Which doctor, organization and place somebody or something belongs to."""
    doctor = resource.get("generalPractitioner") or resource.get("careProvider")
    organization = resource.get("managingOrganization") or resource.get("organization")
    return [
        said(_("Regular doctor"), known.names(doctor)),
        said(_("Organization"), known.name(organization)),
        said(_("Part of"), known.name(resource.get("partOf"))),
        said(_("Where"), known.names(resource.get("location"))),
    ]


def _position(place: object) -> str:
    return joined(clean(member(place, axis)) for axis in ("latitude", "longitude"))


def _core(resource: Resource) -> list[Fact | None]:
    """The extensions US hospitals are required to send about a patient (US Core)."""
    found = {clean(member(one, "url"), 200): one for one in items(resource.get("extension"))}
    return [
        said(_("Race"), _extension_text(found.get(f"{_US_CORE}us-core-race"))),
        said(_("Ethnicity"), _extension_text(found.get(f"{_US_CORE}us-core-ethnicity"))),
        worded(
            _("Sex recorded at birth"), member(found.get(f"{_US_CORE}us-core-birthsex"), "valueCode"), GENDERS
        ),
    ]


def _extension_text(extension: object) -> str:
    """The text part of a US Core extension, else its codings' words; STU3 and DSTU2 put a concept there."""
    parts = items(member(extension, "extension"))
    texts = [clean(member(one, "valueString")) for one in parts if member(one, "url") == "text"]
    shown = joined(words(member(one, "valueCoding")) for one in parts)
    concept = member(extension, "valueCodeableConcept")
    return joined(texts) or shown or words({"coding": member(concept, "coding")})


def _contact(contact: object) -> str:
    name_given = human_name(member(contact, "name"))
    return joined(
        [name_given, all_words(member(contact, "relationship")), contacts(member(contact, "telecom"))]
    )


def _participant(participant: object, known: Known) -> str:
    """Somebody of a team, with what they do and for whom."""
    behalf = known.name(member(participant, "onBehalfOf"))
    return joined([_who(participant, known), behalf])


def _who(participant: object, known: Known) -> str:
    roles = all_words(member(participant, "role"))
    who = known.name(member(participant, "member"))
    return f"{who} ({roles})" if who and roles else who or roles


def _in_the_team(participant: object, known: Known) -> Fact | None:
    span = spanned(_("In the team"), member(participant, "period"))
    return next(iter(within(_who(participant, known), span)))


def _role(role: object, known: Known) -> list[Fact | None]:
    """DSTU2 says where somebody works in the person itself."""
    what = joined([all_words(member(role, "role")), all_words(member(role, "specialty"))])
    where = known.name(member(role, "managingOrganization") or member(role, "organization"))
    return [
        said(_("Works as"), joined([what, where])),
        *within(what or where, spanned(_("Date"), member(role, "period"))),
    ]


def _open(resource: Resource) -> list[Fact | None]:
    """When a place is open or somebody is there."""
    times = [*items(resource.get("availableTime")), *items(resource.get("hoursOfOperation"))]
    away = items(resource.get("notAvailable"))
    return [
        *(said(_("Open"), _hours(one)) for one in times),
        *(
            fact
            for one in away
            for fact in (
                said(_("Closed"), member(one, "description")),
                spanned(_("Closed on"), member(one, "during")),
            )
        ),
        told(_("When closed"), resource.get("availabilityExceptions")),
    ]


def _hours(time: object) -> str:
    """ "mon, tue 08:00 – 16:30"."""
    opens = clean(member(time, "availableStartTime") or member(time, "openingTime"))[:5]
    closes = clean(member(time, "availableEndTime") or member(time, "closingTime"))[:5]
    return " ".join(
        filter(None, (joined(map(clean, items(member(time, "daysOfWeek")))), joined([opens, closes], " – ")))
    )
