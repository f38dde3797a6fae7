"""Conditions, allergies, procedures, vaccines and care plans of any version as FHIR R4 resources."""

from collections.abc import Mapping

from records.fhir import allergies, procedures, vaccines
from records.fhir.elements import at, items, member, status_code
from records.fhir.r4 import types
from records.fhir.r4.types import Part, chosen, coded, concept, concepts, made, named, needed
from records.fhir.row import Resource
from records.fhir.texts import clean

_HL7 = "http://terminology.hl7.org/CodeSystem/"
_CONDITION = ("active", "recurrence", "relapse", "inactive", "remission", "resolved")
_SURE = ("unconfirmed", "provisional", "differential", "confirmed", "refuted")
_ALLERGY = ("active", "inactive", "resolved")
_ALLERGY_SURE = ("unconfirmed", "presumed", "confirmed", "refuted")
_WHEN = ("DateTime", "Age", "Period", "Range", "String")
_DONE = {"suspended": "on-hold", "aborted": "stopped"}
_PROCEDURE = ("preparation", "in-progress", "not-done", "on-hold", "stopped", "completed")
_PLAN = ("draft", "active", "on-hold", "revoked", "completed")


def condition(resource: Resource, title: str, inside: Mapping[str, str]) -> Part:
    """A problem. A status that R4 does not know is left to the narrative."""
    written = resource.get("recordedDate") or resource.get("assertedDate") or resource.get("dateRecorded")
    clinical = status_code(resource.get("clinicalStatus"))
    return (
        made(
            clinicalStatus=coded(clinical, _CONDITION, f"{_HL7}condition-clinical"),
            verificationStatus=coded(_verified(resource), _SURE, f"{_HL7}condition-ver-status"),
            category=concepts(resource.get("category")),
            severity=concept(resource.get("severity")),
            code=named(resource.get("code"), title),
            bodySite=concepts(resource.get("bodySite")),
            recordedDate=types.moment(written),
            note=types.notes(resource),
        )
        | chosen(resource, "onset", _WHEN)
        | chosen(resource, "abatement", _WHEN)
    )


def _verified(resource: Resource) -> str:
    return status_code(resource.get("verificationStatus"))


def allergy(resource: Resource, title: str, inside: Mapping[str, str]) -> Part:
    """An allergy. DSTU2 says in one word whether it stands and how sure that is."""
    old = status_code(resource.get("status"))
    clinical = status_code(resource.get("clinicalStatus")) or allergies.status(resource)
    criticality = allergies.DSTU2_CRITICALITY.get(
        status_code(resource.get("criticality")), status_code(resource.get("criticality"))
    )
    kinds = [status_code(one) for one in items(resource.get("category"))]
    code = resource.get("code") or resource.get("substance")
    written = resource.get("recordedDate") or resource.get("assertedDate")
    return made(
        clinicalStatus=coded(clinical, _ALLERGY, f"{_HL7}allergyintolerance-clinical") or types.absent(),
        verificationStatus=coded(
            _verified(resource) or old, _ALLERGY_SURE, f"{_HL7}allergyintolerance-verification"
        ),
        type_=_one_of(resource.get("type"), ("allergy", "intolerance")),
        category=[one for one in kinds if one in ("food", "medication", "environment", "biologic")],
        criticality=_one_of(criticality, ("low", "high", "unable-to-assess")),
        code=named(code, title),
        recordedDate=types.moment(written),
        lastOccurrence=types.moment(resource.get("lastOccurrence") or resource.get("lastOccurence")),
        note=types.notes(resource),
        reaction=[one for each in items(resource.get("reaction")) if (one := _reaction(each))],
    ) | _began(resource)


def _began(resource: Resource) -> Part:
    old = types.moment(resource.get("onset"))
    return {"onsetDateTime": old} if old else chosen(resource, "onset", _WHEN)


def _reaction(reaction: object) -> Part | None:
    """A reaction; R4 wants to know how it showed."""
    showed = concepts(member(reaction, "manifestation")) or concepts(member(reaction, "description"))
    if not showed:
        return None
    return made(
        manifestation=showed,
        substance=concept(member(reaction, "substance")),
        description=types.text(member(reaction, "description")),
        onset=types.moment(member(reaction, "onset")),
        severity=_one_of(member(reaction, "severity"), ("mild", "moderate", "severe")),
        exposureRoute=concept(member(reaction, "exposureRoute")),
    )


def procedure(resource: Resource, title: str, inside: Mapping[str, str]) -> Part:
    """What was done, or not done."""
    found = _DONE.get(procedures.status(resource), procedures.status(resource))
    reasons = [one for name in ("reasonCode", "reasonCodeableConcept") for one in items(resource.get(name))]
    return made(
        status=found if found in _PROCEDURE else "unknown",
        statusReason=concept(resource.get("statusReason") or resource.get("notDoneReason")),
        category=concept(resource.get("category")),
        code=named(resource.get("code"), title),
        reasonCode=concepts(reasons),
        bodySite=concepts(resource.get("bodySite")),
        outcome=concept(resource.get("outcome")),
        complication=concepts(resource.get("complication")),
        followUp=concepts(resource.get("followUp")),
        note=types.notes(resource),
    ) | needed(chosen(resource, "performed", _WHEN), "performedDateTime")


def vaccine(resource: Resource, title: str, inside: Mapping[str, str]) -> Part | None:
    """A vaccine given or not given; None where the source says neither."""
    found = vaccines.status(resource)
    if found not in ("completed", "not-done"):
        return None
    reasons = items(resource.get("statusReason")) or items(at(resource, "explanation.reasonNotGiven"))
    return made(
        status=found,
        statusReason=concept(reasons[:1]),
        isSubpotent=types.truth(resource.get("isSubpotent")),
        vaccineCode=named(resource.get("vaccineCode") or resource.get("vaccineType"), title),
        location=types.shown(resource.get("location")),
        manufacturer=types.shown(resource.get("manufacturer")),
        lotNumber=clean(resource.get("lotNumber")),
        expirationDate=types.day(resource.get("expirationDate")),
        site=concept(resource.get("site")),
        route=concept(resource.get("route")),
        doseQuantity=types.plain_quantity(resource.get("doseQuantity")),
        performer=[{"actor": who} for one in _givers(resource) if (who := types.shown(one))],
        note=types.notes(resource),
        primarySource=types.truth(resource.get("primarySource")),
        protocolApplied=[one for each in _protocols(resource) if (one := _protocol(each))],
    ) | _given(resource)


def _given(resource: Resource) -> Part:
    """When; R4 takes words for a day that nobody sent."""
    old = types.moment(resource.get("date"))
    found = chosen(resource, "occurrence", ("DateTime", "String"))
    return found or ({"occurrenceDateTime": old} if old else {"occurrenceString": "unknown"})


def _givers(resource: Resource) -> list[object]:
    performers = items(resource.get("performer")) + items(resource.get("practitioner"))
    return [member(one, "actor") or one for one in performers]


def _protocols(resource: Resource) -> list[object]:
    return items(resource.get("protocolApplied")) + items(resource.get("vaccinationProtocol"))


def _protocol(protocol: object) -> Part | None:
    """What a dose counts for; R4 wants its number."""
    sent = member(protocol, "doseNumber") or member(protocol, "doseSequence")
    count = types.whole(member(protocol, "doseNumberPositiveInt") or sent, 1)
    words = clean(member(protocol, "doseNumberString") or (sent if isinstance(sent, str) else None))
    number: Part = {"doseNumberPositiveInt": count} if count else made(doseNumberString=words)
    about = made(
        series=clean(member(protocol, "series")), targetDisease=concepts(member(protocol, "targetDisease"))
    )
    return number | about if number else None


def plan(resource: Resource, title: str, inside: Mapping[str, str]) -> Part | None:
    """A care plan; None where R4 has no word for its status. Its steps are told in the narrative."""
    found = {"cancelled": "revoked"}.get(
        status_code(resource.get("status")), status_code(resource.get("status"))
    )
    if found not in _PLAN:
        return None
    intent = _one_of(resource.get("intent"), ("proposal", "plan", "order", "option"))
    return made(
        status=found,
        intent=intent,
        _intent=None if intent else types.absent(),
        category=concepts(resource.get("category")),
        title=title,
        description=types.text(resource.get("description")),
        period=types.period(resource.get("period")),
        note=types.notes(resource),
    )


def _one_of(value: object, allowed: tuple[str, ...]) -> str:
    found = status_code(value)
    return found if found in allowed else ""
