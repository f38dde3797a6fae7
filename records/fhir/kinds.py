"""The door of this package: which kind a resource is, what a list shows of it, and the whole row."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from records.fhir import (
    allergies,
    appointments,
    asked,
    claims,
    conditions,
    consents,
    coverage,
    devices,
    diets,
    documents,
    family,
    generic,
    goals,
    lists,
    measurements,
    medicines,
    messages,
    observations,
    people,
    pictures,
    plans,
    procedures,
    products,
    provenance,
    reports,
    risks,
    samples,
    studies,
    surveys,
    vaccines,
    visits,
)
from records.fhir.catalogue import (
    BY_SLUG,
    BY_TYPE,
    KINDS,
    OBSERVATIONS,
    OTHER,
    TEST_RESULTS,
    VISITS,
    VITALS,
    Kind,
)
from records.fhir.elements import codings, member
from records.fhir.facts import listed
from records.fhir.labels import label
from records.fhir.references import Known, key, references
from records.fhir.row import Fact, Head, Resource, Result, Row
from records.fhir.terms import TYPES
from records.fhir.texts import markup
from records.fhir.wording import VISIT_CLASSES

__all__ = [
    "BY_SLUG",
    "EXTRACT_VERSION",
    "KINDS",
    "READERS",
    "Kind",
    "When",
    "head",
    "key",
    "kind_of",
    "read",
    "references",
    "singular",
    "untitled",
]

EXTRACT_VERSION = 5
"""Bump whenever any head can come out differently; it is stored with each row, and a job reads old rows
again.
"""

Names = Mapping[str, str]
When = Callable[[Resource], object]


class Reader(NamedTuple):
    """How one kind is read. `when` gives the date alone, for the kinds that `records.fhir.quick` reads."""

    head: Callable[[Resource, Known], Head]
    facts: Callable[[Resource, Known], list[Fact | None]]
    when: When | None = None
    results: Callable[[Resource, Known], tuple[Result, ...]] = lambda resource, known: ()


_GENERIC = Reader(generic.head, generic.facts)
_OBSERVATION = Reader(observations.head, observations.facts, observations.when, measurements.results)
_BY_KIND: dict[str, Reader] = {
    "medicines": Reader(medicines.head, medicines.facts, medicines.when),
    "conditions": Reader(conditions.head, conditions.facts, conditions.when),
    "allergies": Reader(allergies.head, allergies.facts, allergies.when),
    "vaccines": Reader(vaccines.head, vaccines.facts, vaccines.when),
    "visits": Reader(visits.head, visits.facts, visits.when),
    "procedures": Reader(procedures.head, procedures.facts, procedures.when),
    "reports": Reader(reports.head, reports.facts, reports.when, reports.results),
    "documents": Reader(documents.head, documents.facts, documents.when),
    "care-plans": Reader(plans.head, plans.facts, plans.when),
    "goals": Reader(goals.head, goals.facts, goals.when),
    "claims": Reader(claims.head, claims.facts, claims.when),
    "coverage": Reader(coverage.head, coverage.facts),
    "people-and-places": Reader(people.head, people.facts),
}
_SURVEY = Reader(surveys.head, surveys.facts)
_MESSAGE = Reader(messages.head, messages.facts)
_PRODUCT = Reader(products.head, products.facts)
_STUDY = Reader(studies.head, studies.facts)
_DEVICE_USE = Reader(devices.use_head, devices.use_facts)
_BY_TYPE: dict[str, Reader] = {
    "AdverseEvent": Reader(risks.event_head, risks.event_facts),
    "Appointment": Reader(appointments.head, appointments.facts),
    "Communication": _MESSAGE,
    "CommunicationRequest": _MESSAGE,
    "Consent": Reader(consents.head, consents.facts),
    "Device": Reader(devices.head, devices.facts),
    "DeviceUsage": _DEVICE_USE,
    "DeviceUseStatement": _DEVICE_USE,
    "FamilyMemberHistory": Reader(family.head, family.facts),
    "ImagingStudy": Reader(reports.head, pictures.study_facts, reports.when),
    "NutritionOrder": Reader(diets.head, diets.facts),
    "Flag": Reader(risks.flag_head, risks.flag_facts),
    "List": Reader(lists.head, lists.facts),
    "Media": Reader(pictures.head, pictures.facts),
    "Medication": _PRODUCT,
    "MedicationKnowledge": _PRODUCT,
    "Observation": _OBSERVATION,
    "Provenance": Reader(provenance.head, provenance.facts),
    "Questionnaire": _SURVEY,
    "QuestionnaireResponse": _SURVEY,
    "ResearchStudy": _STUDY,
    "ResearchSubject": _STUDY,
    "RiskAssessment": Reader(risks.risk_head, risks.risk_facts),
    "Specimen": Reader(samples.head, samples.facts),
}
READERS: dict[str, Reader] = {
    **{name: _BY_KIND[kind.slug] for name, kind in BY_TYPE.items() if kind.slug in _BY_KIND},
    **_BY_TYPE,
}

# LOINC codes of the vital signs profile and its usual companions, for Observations that name no category.
_VITAL_LOINC = """
85353-1 9279-1 8867-4 2708-6 59408-5 8310-5 8331-1 8302-2 9843-4 8287-5 29463-7 3141-9 39156-5 59576-9 85354-9
55284-4 8480-6 8462-4 8306-3 8289-1 77606-2 72514-3 3150-6 8328-7 8333-7
"""
_VITAL_CODES = frozenset(_VITAL_LOINC.split())
_LABORATORY_SIGNS = frozenset({"specimen", "referenceRange", "interpretation"})


def kind_of(resource: Resource) -> Kind:
    """Which page of the menu a resource belongs on. Total."""
    name = member(resource, "resourceType")
    if name == "Observation":
        return _observation_kind(resource)
    return BY_TYPE.get(name, OTHER) if isinstance(name, str) else OTHER


def _observation_kind(resource: Resource) -> Kind:
    """By its category; without one, by what its code and its value look like."""
    category = observations.category(resource)
    if category == observations.LABORATORY:
        return TEST_RESULTS
    if category == observations.VITAL_SIGNS:
        return VITALS
    if category:
        return OBSERVATIONS
    codes = {str(member(coding, "code")) for coding in codings(resource.get("code"))}
    if codes & _VITAL_CODES:
        return VITALS
    return (
        TEST_RESULTS if "valueQuantity" in resource or resource.keys() & _LABORATORY_SIGNS else OBSERVATIONS
    )


def head(resource: Resource, fhir_version: str, names: Names | None = None) -> Head:
    """What a list shows of a resource ("R4", "STU3" or "DSTU2"). Never raises.

    Readers go by what they find, not by the version named: servers mix shapes, and a reader that trusts the
    label loses a field where the label is wrong. The version stays in the signature for what only it can
    settle.
    """
    if not isinstance(resource, dict):
        return Head()
    return _reader(resource).head(resource, Known(resource, names))


def read(resource: Resource, fhir_version: str, names: Names | None = None) -> Row:
    """The whole row. `names` says what referenced resources are called: {"Medication/123": "Lisinopril 10
    mg"}.
    """
    if not isinstance(resource, dict):
        return Row(Head())
    reader, shown = _reader(resource), head(resource, fhir_version, names)
    narrative = markup(member(resource.get("text"), "div"))
    if reader is _GENERIC:
        return Row(shown, listed(reader.facts(resource, Known(resource, names))), narrative=narrative)
    seen = asked.watched(resource)
    known = Known(seen, names)
    results = reader.results(seen, known)
    facts = listed(reader.facts(seen, known))
    rest = asked.left_over(seen, known, shown.title, facts)
    return Row(shown, listed(facts, rest), results, narrative)


def singular(kind: Kind, name: str) -> str:
    """The message id for what one record of the type `name` is: what people call it, where its page of the
    menu holds many.
    """
    return TYPES.get(name) or (label(name) if kind is OTHER and name else kind.singular)


def untitled(kind: Kind, shown: Head, name: str = "") -> str:
    """The message id to show for a title the source did not give: a visit's class, or what people call
    records of the type `name`, says more than "without a name".
    """
    found = VISIT_CLASSES.get(shown.category.lower()) if kind is VISITS else None
    return found or TYPES.get(name) or kind.untitled


def _reader(resource: Resource) -> Reader:
    name = resource.get("resourceType")
    return READERS.get(name, _GENERIC) if isinstance(name, str) else _GENERIC
