"""What is kept: records, what they were before, where they came from, and what each place answered."""

from records.models.feed import Feed, Looked, Seen
from records.models.origin import Origin
from records.models.quarantine import Quarantined
from records.models.record import UNDATED, Record, Version
from records.models.said import Correction, CorrectionStep, Question, Said
from records.models.source import Delivery, Source
from records.models.takeout import Takeout, TakeoutPart
from records.models.tally import Tally
from records.models.wanted import ASKED, Wanted

__all__ = [
    "ASKED",
    "UNDATED",
    "Correction",
    "CorrectionStep",
    "Delivery",
    "Feed",
    "Looked",
    "Origin",
    "Quarantined",
    "Question",
    "Record",
    "Said",
    "Seen",
    "Source",
    "Takeout",
    "TakeoutPart",
    "Tally",
    "Version",
    "Wanted",
]
