"""The only way in: keep what a place sent, note what it answered, open or close its gate.

Everything here runs inside a `ground.scope.open` of the patient that the caller holds, so that what is kept
and the caller's own progress are one transaction.
"""

from records.store.erasing import Count, begin_erasing, erase, held, would_erase
from records.store.forgetting import forget, forget_user
from records.store.keeping import Kept, StoreTrouble, keep
from records.store.places import (
    demographics,
    forget_refusals,
    note_delivery,
    origin,
    set_gate,
    settle_deliveries,
    sexes,
    source,
    source_of,
)
from records.store.rereading import name_again, read_again
from records.store.retaking import keep_again, source_of_quarantined
from records.store.vanishing import MARK_BYTES, mark, missing, note_gone
from records.store.wanting import next_file, note_file, put_behind, want_files

__all__ = [
    "MARK_BYTES",
    "Count",
    "Kept",
    "StoreTrouble",
    "begin_erasing",
    "demographics",
    "erase",
    "forget",
    "forget_refusals",
    "forget_user",
    "held",
    "keep",
    "keep_again",
    "mark",
    "missing",
    "name_again",
    "next_file",
    "note_delivery",
    "note_file",
    "note_gone",
    "origin",
    "put_behind",
    "read_again",
    "set_gate",
    "settle_deliveries",
    "sexes",
    "source",
    "source_of",
    "source_of_quarantined",
    "want_files",
    "would_erase",
]
