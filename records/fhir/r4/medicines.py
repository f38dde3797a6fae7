"""Prescriptions, statements, fills and doses given, of any version, as FHIR R4 resources."""

from collections.abc import Mapping

from records.fhir import medicines
from records.fhir.elements import items, member, status_code
from records.fhir.r4 import types
from records.fhir.r4.types import Part, chosen, concepts, made, named, needed
from records.fhir.references import Known
from records.fhir.row import Resource

_ORDERED = ("active", "on-hold", "cancelled", "completed", "stopped", "draft")
_STATED = ("active", "completed", "intended", "stopped", "on-hold", "not-taken")
_FILLED = ("preparation", "in-progress", "cancelled", "on-hold", "completed", "stopped", "declined")
_GIVEN = ("in-progress", "not-done", "on-hold", "completed", "stopped")
_INTENTS = (
    *("proposal", "plan", "order", "original-order", "reflex-order", "filler-order", "instance-order"),
    "option",
)
_WHEN = ("DateTime", "Period")


def request(resource: Resource, title: str, inside: Mapping[str, str]) -> Part:
    """A prescription. What DSTU2 calls an order is one."""
    sent = status_code(resource.get("intent"))
    is_old = resource.get("resourceType") in ("MedicationOrder", "MedicationPrescription")
    intent = "order" if is_old else sent if sent in _INTENTS else ""
    requester = resource.get("requester")
    by = types.shown(member(requester, "agent") or requester) or types.shown(resource.get("prescriber"))
    return made(
        status=_status(resource, _ORDERED),
        doNotPerform=types.truth(resource.get("doNotPerform")),
        intent=intent,
        _intent=None if intent else types.absent(),
        medicationCodeableConcept=_what(resource, title),
        authoredOn=types.moment(resource.get("authoredOn") or resource.get("dateWritten")),
        requester=by,
        reasonCode=_why(resource),
        note=types.notes(resource),
        dosageInstruction=_dosages(resource.get("dosageInstruction")),
        dispenseRequest=_supply(resource.get("dispenseRequest")),
    )


def statement(resource: Resource, title: str, inside: Mapping[str, str]) -> Part:
    """What somebody is said to take."""
    asserted = types.moment(resource.get("dateAsserted"))
    return made(
        status=_status(resource, _STATED),
        medicationCodeableConcept=_what(resource, title),
        dateAsserted=asserted,
        reasonCode=_why(resource),
        note=types.notes(resource),
        dosage=_dosages(resource.get("dosage")),
    ) | needed(chosen(resource, "effective", _WHEN), "effectiveDateTime")


def dispense(resource: Resource, title: str, inside: Mapping[str, str]) -> Part:
    """What a pharmacy handed over."""
    return made(
        status=_status(resource, _FILLED),
        medicationCodeableConcept=_what(resource, title),
        quantity=types.plain_quantity(resource.get("quantity")),
        daysSupply=types.plain_quantity(resource.get("daysSupply")),
        whenPrepared=types.moment(resource.get("whenPrepared")),
        whenHandedOver=types.moment(resource.get("whenHandedOver")),
        note=types.notes(resource),
        dosageInstruction=_dosages(resource.get("dosageInstruction")),
    )


def administration(resource: Resource, title: str, inside: Mapping[str, str]) -> Part:
    """What somebody was given."""
    old = chosen(resource, "effectiveTime", _WHEN, becomes="effective")
    return made(
        status=_status(resource, _GIVEN),
        medicationCodeableConcept=_what(resource, title),
        reasonCode=_why(resource),
        note=types.notes(resource),
        dosage=_dose_given(resource.get("dosage")),
    ) | (old or chosen(resource, "effective", _WHEN) or {"effectivePeriod": types.absent()})


def _dose_given(dosage: object) -> Part | None:
    """R4 wants its amount."""
    amount = types.plain_quantity(member(dosage, "dose") or member(dosage, "quantity"))
    words, route = types.text(member(dosage, "text")), types.concept(member(dosage, "route"))
    return made(text=words, route=route, dose=amount) if amount else None


def _what(resource: Resource, title: str) -> Part:
    return named(medicines.medicine(resource, Known(resource, None)), title)


def _status(resource: Resource, allowed: tuple[str, ...]) -> str:
    forbids = resource.get("doNotPerform") is True  # said beside the status in R4, and by ours instead of it
    found = status_code(resource.get("status")) if forbids else medicines.status(resource)
    return found if found in allowed else "unknown"


def _why(resource: Resource) -> list[Part]:
    names = ("reasonCode", "reasonCodeableConcept", "reasonForUseCodeableConcept")
    return concepts([reason for name in names for reason in items(resource.get(name))])


def _dosages(value: object) -> list[Part]:
    return [one for each in items(value) if (one := types.dosage(each))]


def _supply(value: object) -> Part | None:
    return (
        made(
            validityPeriod=types.period(member(value, "validityPeriod")),
            numberOfRepeatsAllowed=types.whole(member(value, "numberOfRepeatsAllowed")),
            quantity=types.plain_quantity(member(value, "quantity")),
        )
        or None
    )
