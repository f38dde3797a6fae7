"""Visits: office visits, emergencies, hospital stays, calls, and appointments for them."""

from records.fhir.elements import all_words, at, code, first_code, items, joined, member, status_code, words
from records.fhir.facts import coded, dated, noted, qualified, said, spanned, told, worded
from records.fhir.heads import build
from records.fhir.quantities import quantity_words
from records.fhir.references import Known
from records.fhir.row import Fact, Head, Resource
from records.fhir.row import gettext_noop as _
from records.fhir.wording import STATUSES, VISIT_CLASSES


def head(resource: Resource, known: Known) -> Head:
    """Named by its type, else its service, else its reason. The class ("AMB") is the category: the page has
    words of ours for it when the source named nothing else.
    """
    concept = _concept(resource)
    return build(
        resource,
        title=words(concept) or words(resource.get("description")) or _class_words(resource),
        when=when(resource),
        status=status(resource),
        code=first_code(concept),
        category=_class(resource),
        about=concept,
        more=(_reasons(resource, known), people(resource, known)),
    )


def when(resource: Resource) -> object:
    """When it began, else when it ended."""
    return at(resource, "period.start") or resource.get("start") or at(resource, "period.end")


def status(resource: Resource) -> str:
    """The status code; R5 calls a finished visit completed."""
    found = status_code(resource.get("status"))
    return "finished" if found == "completed" and resource.get("resourceType") == "Encounter" else found


def _concept(resource: Resource) -> object:
    """The first of type, service and reason that has words."""
    places = ("type", "serviceType", "appointmentType", "reasonCode", "reason")
    concepts = [concept for place in places for concept in items(resource.get(place))]
    return next((concept for concept in concepts if words(concept)), None)


def _class(resource: Resource) -> str:
    return code(resource.get("class"))


def _class_words(resource: Resource) -> str:
    """What the source calls the class; "" when it is only a code we have words for."""
    found = words(resource.get("class"))
    return "" if found.lower() in VISIT_CLASSES else found


def _reasons(resource: Resource, known: Known) -> str:
    coded_reasons = [*items(resource.get("reasonCode")), *items(resource.get("reason"))]
    pointed = [*items(resource.get("reasonReference")), *items(resource.get("indication"))]
    return joined([all_words(coded_reasons), known.names(pointed)])


def people(resource: Resource, known: Known) -> str:
    """Who took part, as far as the record names them."""
    return joined(known.name(_person(one)) for one in items(resource.get("participant")))


def _person(participant: object) -> object:
    return member(participant, "individual") or member(participant, "actor")


def facts(resource: Resource, known: Known) -> list[Fact | None]:
    """What kind of visit, from when to when, why, with whom and where, and how it ended."""
    hospital = resource.get("hospitalization") or resource.get("admission")
    return [
        qualified(resource),
        worded(_("Kind of visit"), _lowered(resource.get("class")), VISIT_CLASSES),
        worded(_("Status"), status(resource), STATUSES),
        spanned(_("Date"), resource.get("period")) or spanned(_("Date"), resource),
        said(_("Length"), quantity_words(resource.get("length"))),
        said(_("Why"), _reasons(resource, known)),
        *_diagnoses(resource, known),
        *_participants(resource, known),
        said(_("Where"), joined(_places(resource, known))),
        said(
            _("Organization"),
            known.name(resource.get("serviceProvider") or resource.get("managingOrganization")),
        ),
        said(_("Looked after by"), known.name(resource.get("careManager"))),
        said(_("Service"), words(resource.get("serviceType"))),
        said(_("Admitted from"), words(member(hospital, "admitSource"))),
        said(
            _("Went to afterwards"),
            words(member(hospital, "dischargeDisposition")) or known.name(member(hospital, "destination")),
        ),
        told(_("Instructions"), resource.get("patientInstruction")),
        dated(_("Made on"), resource.get("created")),
        *noted(resource, known),
        *coded(_concept(resource)),
    ]


def _lowered(concept: object) -> object:
    """The class code in lower case where we have words for it, since versions spell it "AMB" and
    "ambulatory".
    """
    found = code(concept).lower()
    return found if found in VISIT_CLASSES else concept


def _diagnoses(resource: Resource, known: Known) -> list[Fact | None]:
    found = [member(one, "condition") for one in items(resource.get("diagnosis"))]
    return [said(_("Diagnosis"), known.names(found))]


def _participants(resource: Resource, known: Known) -> list[Fact | None]:
    return [said(_("With"), _with(one, known)) for one in items(resource.get("participant"))]


def _with(participant: object, known: Known) -> str:
    """ "Dr. Ngozi Okafor (Attending)"."""
    who, role = known.name(_person(participant)), all_words(member(participant, "type"))
    return f"{who} ({role})" if who and role else who or role


def _places(resource: Resource, known: Known) -> list[str]:
    return [known.name(member(one, "location")) for one in items(resource.get("location"))]
