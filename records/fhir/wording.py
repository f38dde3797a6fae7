"""Our words for FHIR's codes, as message ids. A code that is not here is shown as the source sent it, never
guessed.

Sources: the value sets of FHIR R4 (§4.3 terminologies), with the codes of STU3 and DSTU2 beside them. Date
words are not here: templates write dates.
"""

from records.fhir.row import gettext_noop as _

YES, NO = _("Yes"), _("No")

STATUSES: dict[str, str] = {
    "active": _("Active"),
    "recurrence": _("Came back"),
    "relapse": _("Came back"),
    "inactive": _("Not active"),
    "remission": _("In remission"),
    "resolved": _("Resolved"),
    "unconfirmed": _("Not confirmed"),
    "provisional": _("Provisional"),
    "differential": _("One of several possibilities"),
    "confirmed": _("Confirmed"),
    "presumed": _("Presumed"),
    "refuted": _("Ruled out"),
    "entered-in-error": _("Entered in error"),
    "registered": _("No result yet"),
    "partial": _("Partial"),
    "preliminary": _("Preliminary"),
    "final": _("Final"),
    "amended": _("Changed after it was final"),
    "corrected": _("Corrected"),
    "appended": _("Added to after it was final"),
    "cancelled": _("Cancelled"),
    "canceled": _("Cancelled"),
    "aborted": _("Broken off"),
    "rejected": _("Rejected"),
    "completed": _("Completed"),
    "complete": _("Complete"),
    "finished": _("Finished"),
    "on-hold": _("On hold"),
    "suspended": _("On hold"),
    "stopped": _("Stopped"),
    "draft": _("Draft"),
    "intended": _("Intended"),
    "unknown": _("Status not known to the source"),
    "not-taken": _("Not taken"),
    "not-done": _("Not done"),
    "declined": _("Declined"),
    "planned": _("Planned"),
    "proposed": _("Proposed"),
    "accepted": _("Accepted"),
    "in-progress": _("In progress"),
    "preparation": _("Being prepared"),
    "arrived": _("Arrived"),
    "triaged": _("Triaged"),
    "onleave": _("On leave"),
    "onhold": _("On hold"),
    "booked": _("Booked"),
    "pending": _("Waiting for an answer"),
    "fulfilled": _("Took place"),
    "noshow": _("Missed"),
    "waitlist": _("On the waiting list"),
    "checked-in": _("Checked in"),
    "current": _("Current"),
    "superseded": _("Replaced by a newer one"),
    "achieved": _("Reached"),
    "sustaining": _("Being kept up"),
    "on-target": _("On target"),
    "ahead-of-target": _("Ahead of target"),
    "behind-target": _("Behind target"),
    "available": _("Available"),
    "revoked": _("Withdrawn by the one who ordered it"),
    "error": _("Error"),
    "queued": _("Waiting"),
    "requested": _("Requested"),
    "ready": _("Ready"),
    "failed": _("Failed"),
    "improving": _("Improving"),
    "worsening": _("Worsening"),
    "no-change": _("No change"),
    "not-achieved": _("Not reached"),
    "not-attainable": _("Cannot be reached"),
    "not-to-be-done": _("Not to be done"),
    "no-progress": _("No progress"),
    "tentative": _("Not certain"),
    "needs-action": _("Not answered yet"),
    "online": _("Available"),
    "nearline": _("Available on request"),
    "offline": _("Not available"),
    "actual": _("It happened"),
    "potential": _("It nearly happened"),
    "approved": _("Approved"),
    "asserted": _("Stated"),
    "attested": _("Signed"),
    "candidate": _("Asked to take part"),
    "closed": _("Closed"),
    "deprecated": _("Outdated"),
    "disapproved": _("Not approved"),
    "eligible": _("May take part"),
    "filed": _("Filed"),
    "follow-up": _("Being followed up"),
    "hold": _("On hold"),
    "in-review": _("Being reviewed"),
    "ineligible": _("May not take part"),
    "issued": _("Issued"),
    "balanced": _("Settled"),
    "not-available": _("Not available"),
    "not-registered": _("Not registered"),
    "off": _("Switched off"),
    "off-study": _("No longer in the study"),
    "on-study": _("In the study"),
    "on-study-intervention": _("In the study, being treated"),
    "on-study-observation": _("In the study, being observed"),
    "pending-on-study": _("Soon in the study"),
    "potential-candidate": _("May be asked to take part"),
    "published": _("Published"),
    "received": _("Received"),
    "retired": _("No longer used"),
    "screening": _("Being examined for the study"),
    "temporarily-closed-to-accrual": _("Takes nobody for now"),
    "closed-to-accrual": _("Takes nobody new"),
    "closed-to-accrual-and-intervention": _("Takes nobody new and treats nobody"),
    "temporarily-closed-to-accrual-and-intervention": _("Paused"),
    "administratively-completed": _("Ended early"),
    "unavailable": _("Not available"),
    "unsatisfactory": _("Not good enough to test"),
    "withdrawn": _("Withdrawn"),
    "under-review": _("Being reviewed"),
    "ordered": _("Ordered"),
    "scheduled": _("Scheduled"),
}

# The same code means something else to a patient here than elsewhere.
_BY_KIND: dict[str, dict[str, str]] = {
    "vaccines": {"completed": _("Given"), "not-done": _("Not given")},
    "procedures": {"completed": _("Done")},
    "medicines": {"not-done": _("Not given"), "not-to-be-done": _("Not to be taken")},
    "goals": {"completed": _("Ended"), "active": _("Being worked on"), "in-progress": _("Being worked on")},
}

FLAGS: dict[str, str] = {
    "H": _("High"),
    "L": _("Low"),
    "HH": _("Critically high"),
    "LL": _("Critically low"),
    "A": _("Abnormal"),
    "AA": _("Critically abnormal"),
    "N": _("Normal"),
}

FLAG_FROM_RANGE = _(
    "Compared by us with the range sent with this result; the laboratory sent no mark of its own."
)

ABSENT: dict[str, str] = {
    "unknown": _("The source does not know the value."),
    "asked-unknown": _("You were asked and did not know."),
    "asked": _("You were asked and did not know."),
    "temp": _("The value is not known yet."),
    "astext": _("The value is in the text of the record."),
    "NaN": _("The value is not a number."),
    "temp-unknown": _("The value is not known yet."),
    "not-asked": _("You were not asked."),
    "asked-declined": _("You were asked and chose not to answer."),
    "masked": _("The source keeps this value private."),
    "not-applicable": _("There is no value for this."),
    "unsupported": _("The source's system cannot hold this value."),
    "as-text": _("The value is in the text of the record."),
    "error": _("Something went wrong at the source, so there is no value."),
    "not-a-number": _("The value is not a number."),
    "negative-infinity": _("The value is too low to be measured."),
    "positive-infinity": _("The value is too high to be measured."),
    "not-performed": _("The test was not performed."),
    "not-permitted": _("The source may not send this value."),
}

NO_VALUE = _("The source sent no value.")

QUALIFIED = _(
    "The source added a remark we cannot read. It may change what this record means. See the original."
)

VISIT_CLASSES: dict[str, str] = {
    "amb": _("Office or clinic visit"),
    "ambulatory": _("Office or clinic visit"),
    "outpatient": _("Office or clinic visit"),
    "emer": _("Emergency visit"),
    "emergency": _("Emergency visit"),
    "urgentcare": _("Urgent care visit"),
    "imp": _("Hospital stay"),
    "inpatient": _("Hospital stay"),
    "acute": _("Hospital stay"),
    "nonac": _("Hospital stay"),
    "obsenc": _("Hospital stay for observation"),
    "ss": _("Short hospital stay"),
    "prenc": _("Visit before admission"),
    "hh": _("Home visit"),
    "home": _("Home visit"),
    "vr": _("Phone or video visit"),
    "virtual": _("Phone or video visit"),
    "fld": _("Visit outside a clinic"),
    "field": _("Visit outside a clinic"),
    "daytime": _("Day clinic visit"),
}

MEDICINE_FORMS: dict[str, str] = {
    "prescription": _("Prescription"),
    "statement": _("A medicine you said you take, or one somebody noted"),
    "dispense": _("Pharmacy fill (this does not say that you took it)"),
    "administration": _("A dose that was given"),
    "withheld": _("A dose that was not given"),
}

INTENTS: dict[str, str] = {
    "proposal": _("Suggestion"),
    "plan": _("Plan"),
    "order": _("Order"),
    "original-order": _("Order"),
    "reflex-order": _("Order that followed from a result"),
    "filler-order": _("Order as the one who carries it out sees it"),
    "instance-order": _("Single dose of an order"),
    "option": _("One of several options"),
    "directive": _("Directive"),
}

SEVERITIES: dict[str, str] = {
    "mild": _("Mild"),
    "moderate": _("Moderate"),
    "severe": _("Severe"),
    "fatal": _("Fatal"),
}

GENDERS: dict[str, str] = {
    "male": _("Male"),
    "female": _("Female"),
    "other": _("Other"),
    "unknown": _("Not known to the source"),
    "m": _("Male"),
    "f": _("Female"),
}

MARITAL_STATUSES: dict[str, str] = {
    "m": _("Married"),
    "s": _("Never married"),
    "d": _("Divorced"),
    "w": _("Widowed"),
    "l": _("Legally separated"),
    "t": _("Domestic partner"),
}

FREQUENCIES: dict[tuple[str, str, str], str] = {
    ("1", "1", "d"): _("Once a day"),
    ("2", "1", "d"): _("Twice a day"),
    ("3", "1", "d"): _("Three times a day"),
    ("4", "1", "d"): _("Four times a day"),
    ("1", "2", "d"): _("Every other day"),
    ("1", "1", "wk"): _("Once a week"),
    ("2", "1", "wk"): _("Twice a week"),
    ("1", "1", "mo"): _("Once a month"),
    ("1", "4", "h"): _("Every 4 hours"),
    ("1", "6", "h"): _("Every 6 hours"),
    ("1", "8", "h"): _("Every 8 hours"),
    ("1", "12", "h"): _("Every 12 hours"),
    ("1", "24", "h"): _("Every 24 hours"),
}
"""(how often, in how many, of which UCUM unit) to words; other combinations are shown as sent."""

SENSITIVITIES: dict[str, str] = {
    "R": _("Marked as private by the source"),
    "V": _("Marked as very private by the source"),
}
"""Other labels are shown to nobody as a word: naming the subject would tell what the label hides."""

PROBLEMS: dict[str, str] = {
    "not-json": _("What was sent is not readable."),
    "not-an-object": _("What was sent is not a record."),
    "no-type": _("What was sent does not say which kind of record it is."),
    "no-id": _("What was sent has no id, so it could not be recognized when it is sent again."),
}
"""Why a resource waits in quarantine; the keys are those of `digest.Problem`."""


def status_words(kind: str, code: str) -> str:
    """The message id for a status of a kind (its slug); "" when we have none and the code must be shown as
    sent.
    """
    return _BY_KIND.get(kind, {}).get(code) or STATUSES.get(code, "")


def flag_words(flag: str) -> str:
    """The message id for a flag of `Head.flag`; "" for none."""
    return FLAGS.get(flag, "")
