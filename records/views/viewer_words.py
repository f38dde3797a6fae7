"""What the page that opens a link says to people: its script has no words of its own."""

import json

from django.utils.translation import gettext as _

from records.fhir.wording import STATUSES

#: The statuses the viewer tells; of what is final or confirmed nothing need be said.
TOLD = (
    *("active", "inactive", "resolved", "remission", "recurrence", "relapse", "stopped", "completed"),
    *("on-hold", "cancelled", "not-done", "not-taken", "draft", "preliminary", "unconfirmed"),
    *("provisional", "differential", "refuted"),
)


def as_json() -> str:
    """Every word by its name, in the reader's language."""
    return json.dumps({**_about_the_link(), **_about_records()}, ensure_ascii=False)


def _about_the_link() -> dict[str, str]:
    return {
        "none": _(
            "There is no whole link here. Please open it again from where you got it, to its last letter."
        ),
        "ended": _("This link ended on {date}. Please ask who shared it for a new one."),
        "over": _(
            "This link opens nothing. It has ended, or who shared it has stopped it, or it was never there."
            " Please ask them for a new one."
        ),
        "wrong": _("The passcode is not right. Tries left before the link is dead: {left}."),
        "often": _("This link was opened very often just now. Please try again in an hour."),
        "trouble": _("We could not fetch it just now. Please try again in a minute."),
        "damaged": _("What came cannot be read with this link: it was damaged, or the link is not whole."),
        "empty": _("This link holds nothing."),
        "elsewhere": _(
            "This link is kept by another site, {host}. Your browser may not ask it from here. Staff of a"
            " clinic can open it on their own pages."
        ),
        "unchecked": _("This came as a signed card. Nobody has checked the signature."),
        "unread": _("The link also holds something that this page cannot show."),
    }


def _about_records() -> dict[str, object]:
    return {
        "born": _("born {date}"),
        "nobody": _("no name given"),
        "made": _("Put together on {date} by {by}"),
        "summary": _("Patient summary"),
        "unnamed": _("Without a name"),
        "more": _("All that is said of it"),
        "nothing": _("Nothing was said. That does not mean that there is nothing."),
        "range": _("Reference range:"),
        "danger": _("High danger"),
        "yes": _("Yes"),
        "no": _("No"),
        "statuses": {code: _(STATUSES[code]) for code in TOLD},
        "flags": {
            "H": _("high"),
            "L": _("low"),
            "HH": _("very high"),
            "LL": _("very low"),
            "A": _("abnormal"),
        },
        "empties": {
            "nilknown": _("None known, as who wrote this says."),
            "notasked": _("Nobody asked about this."),
            "withheld": _("Withheld."),
            "unavailable": _("Not available. That does not mean that there is nothing."),
            "notstarted": _("Not begun yet."),
        },
        "kinds": _kinds(),
    }


def _kinds() -> dict[str, str]:
    return {
        "AllergyIntolerance": _("Allergies"),
        "Condition": _("Conditions"),
        "MedicationRequest": _("Medicines"),
        "MedicationStatement": _("Medicines"),
        "Immunization": _("Vaccines"),
        "Observation": _("Results"),
        "DiagnosticReport": _("Reports"),
        "Procedure": _("Procedures"),
    }
