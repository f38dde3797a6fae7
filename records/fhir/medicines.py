"""Medicines: prescribed, dispensed, given, or said to be taken. Which of the four a record is, is always
said: a fill is no proof of taking.
"""

from records.fhir.elements import (
    all_words,
    at,
    choice,
    code,
    first_code,
    items,
    joined,
    member,
    status_code,
    words,
)
from records.fhir.facts import coded, dated, noted, qualified, said, spanned, timed, told, truth, worded
from records.fhir.heads import build
from records.fhir.quantities import dosage_words, dose, quantity_words, range_words, ratio_words
from records.fhir.references import Known
from records.fhir.row import Fact, Head, Resource
from records.fhir.row import gettext_noop as _
from records.fhir.terms import DOSE_SORTS
from records.fhir.texts import clean, number_words
from records.fhir.wording import FREQUENCIES, INTENTS, MEDICINE_FORMS, status_words

NOT_TO_BE_DONE = "not-to-be-done"
"""Our status of an order that says what must not happen (`doNotPerform`, FHIR R4 §12.1.7)."""
_FORMS = {
    "MedicationRequest": "prescription",
    "MedicationOrder": "prescription",
    "MedicationPrescription": "prescription",
    "MedicationDispense": "dispense",
    "MedicationAdministration": "administration",
}


def head(resource: Resource, known: Known) -> Head:
    """Named by the medicine, with how to take it in the prescriber's words as its value."""
    concept = medicine(resource, known)
    return build(
        resource,
        title=words(concept) or known.name(_reference(resource)),
        when=when(resource),
        status=status(resource),
        code=first_code(concept),
        value=_directions(resource),
        category=_form(resource),
        about=concept,
        more=(all_words(_reasons(resource)),),
    )


def status(resource: Resource) -> str:
    """The status code; that something is not to be taken, and the older ways of saying "not taken" and "not
    given", come first.
    """
    if resource.get("doNotPerform") is True:
        return NOT_TO_BE_DONE
    if resource.get("wasNotTaken") is True or code(resource.get("taken")) == "n":
        return "not-taken"
    if resource.get("wasNotGiven") is True or resource.get("notGiven") is True:
        return "not-done"
    return status_code(resource.get("status"))


def _form(resource: Resource) -> str:
    return _FORMS.get(str(resource.get("resourceType")), "statement")


def medicine(resource: Resource, known: Known) -> object:
    """The medicine as a concept: inline, in R5's shape, or of the Medication contained in the record."""
    for name in ("medicationCodeableConcept", "medication"):
        if isinstance(found := resource.get(name), dict) and (
            "coding" in found or "text" in found or "concept" in found
        ):
            return found
    return known.contained(member(_reference(resource), "reference")).get("code")


def _reference(resource: Resource) -> object:
    found = resource.get("medicationReference") or resource.get("medication")
    inner = member(found, "reference")
    return inner if isinstance(inner, dict) else found


def when(resource: Resource) -> object:
    """When it was ordered, handed over, given or taken; when it was written down only for want of that."""
    order = (
        "authoredOn",
        "dateWritten",
        "whenHandedOver",
        "whenPrepared",
        "occurenceDateTime",
        "occurrenceDateTime",
    )
    effective = (
        "effectiveDateTime",
        "effectivePeriod.start",
        "effectiveTimeDateTime",
        "effectiveTimePeriod.start",
    )
    for path in (*order, *effective, "dateAsserted", "recorded"):
        if isinstance(found := at(resource, path), str):
            return found
    return ""


def _dosages(resource: Resource) -> list[object]:
    for name in ("dosageInstruction", "dosage"):
        if resource.get(name):
            return items(resource[name])
    return []


def _directions(resource: Resource) -> str:
    """How to take it in one line: the prescriber's words, else the dose if it says of what ("1" alone does
    not).
    """
    if found := dosage_words(_dosages(resource)) or clean(resource.get("renderedDosageInstruction")):
        return found
    amount = dose(next(iter(_dosages(resource)), None))
    return amount if " " in amount else ""


def _reasons(resource: Resource) -> list[object]:
    names = ("reasonCode", "reasonCodeableConcept", "reasonForUseCodeableConcept", "reason")
    return [reason for name in names for reason in items(resource.get(name))]


def facts(resource: Resource, known: Known) -> list[Fact | None]:
    """What kind of statement this is, how to take it, since when, from whom and why."""
    supply = resource.get("dispenseRequest")
    return [
        qualified(resource),
        worded(_("What this is"), "withheld" if _is_withheld(resource) else _form(resource), MEDICINE_FORMS),
        _stated(resource),
        said(_("Why it was stopped or not taken"), all_words(_status_reasons(resource))),
        *_taken(resource),
        said(_("For"), joined([all_words(_reasons(resource)), known.names(_reason_references(resource))])),
        *_dates(resource),
        *_people(resource, known),
        said(_("Amount"), quantity_words(member(supply, "quantity") or resource.get("quantity"))),
        said(
            _("Days of supply"),
            quantity_words(member(supply, "expectedSupplyDuration") or resource.get("daysSupply")),
        ),
        said(_("Refills allowed"), number_words(member(supply, "numberOfRepeatsAllowed"))),
        spanned(_("Can be filled"), member(supply, "validityPeriod")),
        worded(_("Kind of order"), resource.get("intent"), INTENTS),
        said(_("Visit"), known.name(resource.get("encounter") or resource.get("context"))),
        *noted(resource, known),
        said(_("Category"), all_words(resource.get("category")), quiet=True),
        *coded(medicine(resource, known)),
    ]


def _is_withheld(resource: Resource) -> bool:
    return _form(resource) == "administration" and status(resource) in ("not-done", "not-taken")


def _stated(resource: Resource) -> Fact | None:
    found = status(resource)
    return worded(
        _("Status"),
        found,
        {found: status_words("medicines", found)} if status_words("medicines", found) else {},
    )


def _status_reasons(resource: Resource) -> list[object]:
    names = ("statusReason", "statusReasonCodeableConcept", "reasonNotTaken", "reasonNotGiven", "reasonEnded")
    return [reason for name in names for reason in items(resource.get(name))]


def _reason_references(resource: Resource) -> list[object]:
    names = ("reasonReference", "reasonForUseReference", "indication")
    return [reason for name in names for reason in items(resource.get(name))]


def _taken(resource: Resource) -> list[Fact | None]:
    """Each dosage: the prescriber's words, then the fields that say more exactly what they say."""
    found: list[Fact | None] = []
    dosages = _dosages(resource)
    for dosage in dosages:
        rate = choice(dosage, "rate")[1] or choice(at(dosage, "doseAndRate"), "rate")[1]
        found += [
            told(_("How to take it"), dosage_words([dosage])),
            said(_dose_sort(dosage), dose(dosage)),
            often(_timing(dosage)),
            as_needed(dosage),
            said(_("Way of taking"), words(member(dosage, "route"))),
            said(_("Where on the body"), words(member(dosage, "site"))),
            said(_("Speed"), ratio_words(rate) or quantity_words(rate) or range_words(rate)),
            said(_("At most"), ratio_words(member(dosage, "maxDosePerPeriod"))),
            spanned(_("Take during"), at(dosage, "timing.repeat.boundsPeriod")),
        ]
    return found


def _dose_sort(dosage: object) -> str:
    return DOSE_SORTS.get(code(at(dosage, "doseAndRate.type"))) or _("Dose")


def _timing(dosage: object) -> object:
    for name in ("timing", "schedule", "scheduledTiming"):
        if found := member(dosage, name):
            return found
    return None


def often(timing: object) -> Fact | None:
    """How often: the source's word for it, ours for the usual combinations, else the figures."""
    label = _("How often")
    if found := words(member(timing, "code")):
        return said(label, found)
    repeat = member(timing, "repeat")
    times, span = (number_words(member(repeat, name)).removesuffix(".0") for name in ("frequency", "period"))
    unit = code(member(repeat, "periodUnit") or member(repeat, "periodUnits"))
    if ours := FREQUENCIES.get((times or "1", span, unit)):
        return Fact(label, ours, ours=True)
    return (
        said(label, f"{times or 1} × / {span} {unit}")
        if span and unit
        else said(label, code(member(timing, "code")))
    )


def as_needed(dosage: object) -> Fact | None:
    """Whether only when needed, and for what."""
    reason = words(member(dosage, "asNeededCodeableConcept")) or words(member(dosage, "asNeededFor"))
    needed = member(dosage, "asNeededBoolean")
    return said(_("As needed for"), reason) or truth(
        _("As needed"), needed if needed is not None else member(dosage, "asNeeded")
    )


def _dates(resource: Resource) -> list[Fact | None]:
    return [
        dated(_("Prescribed"), resource.get("authoredOn"), resource.get("dateWritten")),
        timed(_("Taken"), resource, "effective"),
        spanned(_("Given"), resource.get("effectiveTimePeriod"))
        or dated(_("Given"), resource.get("effectiveTimeDateTime")),
        timed(_("Given"), resource, "occurence") or timed(_("Given"), resource, "occurrence"),
        dated(_("Handed over"), resource.get("whenHandedOver")),
        dated(_("Prepared"), resource.get("whenPrepared")),
        dated(_("Written down"), resource.get("dateAsserted")),
        dated(_("Ended"), resource.get("dateEnded")),
        said(_("Age"), range_words(resource.get("effectiveRange"))),
    ]


def _people(resource: Resource, known: Known) -> list[Fact | None]:
    requester = resource.get("requester")
    performers = [member(one, "actor") or one for one in items(resource.get("performer"))]
    performers += items(resource.get("practitioner"))
    return [
        said(
            _("Prescribed by"),
            known.name(member(requester, "agent") or requester) or known.name(resource.get("prescriber")),
        ),
        said(_("Given or handed over by"), known.names(performers) or known.names(resource.get("dispenser"))),
        said(_("Told by"), known.name(resource.get("informationSource"))),
        said(_("Given to"), known.names(resource.get("receiver"))),
        said(_("Device"), known.names(resource.get("device"))),
        said(_("Exchanged for"), words(at(resource, "substitution.type")))
        or truth(_("Exchanged for another product"), at(resource, "substitution.wasSubstituted") or None),
        said(_("Pharmacy"), known.name(at(resource, "dispenseRequest.performer"))),
    ]
