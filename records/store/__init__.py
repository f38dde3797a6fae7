"""The only way in: keep what a place sent, note what it answered, open or close its gate.

Everything here runs inside a `ground.scope.open` of the patient that the caller holds, so that what is kept
and the caller's own progress are one transaction.
"""

from records.store.keeping import Kept, StoreTrouble, keep
from records.store.places import (
    demographics,
    forget_refusals,
    note_delivery,
    origin,
    set_gate,
    settle_deliveries,
    source,
    source_of,
)
from records.store.rereading import name_again, read_again
from records.store.wanting import next_file, note_file, want_files

__all__ = [
    "Kept",
    "StoreTrouble",
    "demographics",
    "forget_refusals",
    "keep",
    "name_again",
    "next_file",
    "note_delivery",
    "note_file",
    "origin",
    "read_again",
    "set_gate",
    "settle_deliveries",
    "source",
    "source_of",
    "want_files",
]
