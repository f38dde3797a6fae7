"""What a reader can do with their records: say that they looked, say something themselves, and share them
(`records.services.sharing`).
"""

from records.services.contacts import Person, keep_contacts
from records.services.seen import mark_opened, mark_seen
from records.services.speaking import (
    Speaker,
    answer,
    ask,
    doubt,
    note_status,
    remove_question,
    say,
    unanswer,
)

__all__ = [
    "Person",
    "Speaker",
    "answer",
    "ask",
    "doubt",
    "keep_contacts",
    "mark_opened",
    "mark_seen",
    "note_status",
    "remove_question",
    "say",
    "unanswer",
]
