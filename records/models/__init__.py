"""What is kept: records, what they were before, where they came from, and what each place answered;
what the patient says, and whom they let see it."""

from records.models.contact import EmergencyContact
from records.models.desk import Review
from records.models.feed import Feed, Looked, Seen
from records.models.handout import Handout, HandoutPart
from records.models.links import WRONG_PASSCODES, HealthLink, LinkDoor, LinkOpening
from records.models.origin import Origin
from records.models.quarantine import Quarantined
from records.models.record import UNDATED, Record, Version
from records.models.said import Correction, CorrectionStep, Question, Said
from records.models.sharing import CONFIRMED_FOR, ChartNumber, Grant, GrantChange, Terms
from records.models.source import Delivery, Source
from records.models.takeout import Takeout, TakeoutPart
from records.models.tally import Tally
from records.models.wanted import ASKED, Wanted

__all__ = [
    "ASKED",
    "CONFIRMED_FOR",
    "UNDATED",
    "WRONG_PASSCODES",
    "ChartNumber",
    "Correction",
    "CorrectionStep",
    "Delivery",
    "EmergencyContact",
    "Feed",
    "Grant",
    "GrantChange",
    "Handout",
    "HandoutPart",
    "HealthLink",
    "LinkDoor",
    "LinkOpening",
    "Looked",
    "Origin",
    "Quarantined",
    "Question",
    "Record",
    "Review",
    "Said",
    "Seen",
    "Source",
    "Takeout",
    "TakeoutPart",
    "Tally",
    "Terms",
    "Version",
    "Wanted",
]
