"""What the patient says of a fact themselves: beside what places wrote, for all records that state it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ground import audit, times
from ground.viewer import Viewer
from records import access
from records.models import Record, Said
from records.models.said import Spoken
from records.reading.facts import fact_of

Word = Said.Word
_LASTS = {
    "medicines": {
        Word.NOW: (gettext_noop("I still take this"), gettext_noop("still takes this")),
        Word.PAST: (gettext_noop("I stopped taking this"), gettext_noop("stopped taking this")),
        Word.NEVER: (gettext_noop("I never took this"), gettext_noop("never took this")),
    },
    "conditions": {
        Word.NOW: (gettext_noop("I have this"), gettext_noop("has this")),
        Word.PAST: (gettext_noop("I do not have this any more"), gettext_noop("does not have this any more")),
        Word.NEVER: (gettext_noop("I never had this"), gettext_noop("never had this")),
    },
    "allergies": {
        Word.NOW: (gettext_noop("I have this allergy"), gettext_noop("has this allergy")),
        Word.PAST: (
            gettext_noop("I do not have this allergy any more"),
            gettext_noop("does not have this allergy any more"),
        ),
        Word.NEVER: (gettext_noop("I never had this allergy"), gettext_noop("never had this allergy")),
    },
}
_HAPPENED = {
    Word.HAD: (gettext_noop("I had this"), gettext_noop("had this")),
    Word.HAD_NOT: (gettext_noop("I did not have this"), gettext_noop("did not have this")),
}
WORDS = {**_LASTS, "vaccines": _HAPPENED, "procedures": _HAPPENED}
"""By kind (slug), the words there are: as the patient says them, and as somebody does for the patient."""


def word_text(kind: str, word: str, *, own: bool) -> str:
    """One of the words of a kind, in the reader's language."""
    if word == Word.WITHDRAWN:
        return _("took back what was said")
    said, told = WORDS[kind][Word(word)]
    return _(said) if own else _(told)


def who_spoke(spoken: Spoken, user_id: int | None) -> str:
    """Who spoke and when: "You said on November 21, 2026". `user_id` is whoever reads it."""
    told = {
        "date": times.day(spoken.at),
        "who": spoken.speaker,
        "name": spoken.patient.given_name,
    }
    if spoken.user_id == user_id:
        return (_("You said on %(date)s") if spoken.own else _("You said for %(name)s on %(date)s")) % told
    return (
        _("%(who)s said on %(date)s") if spoken.own else _("%(who)s said for %(name)s on %(date)s")
    ) % told


@dataclass(frozen=True, slots=True)
class Saying:
    """One thing that was said of a fact, as `user_id` reads it."""

    said: Said
    user_id: int | None

    @property
    def word(self) -> str:
        """A value of Said.Word."""
        return self.said.word

    @property
    def text(self) -> str:
        """The whole sentence: "You said on November 21, 2026: I stopped taking this"."""
        words = word_text(self.said.kind, self.said.word, own=self.said.own)
        return _("%(who)s: %(words)s") % {"who": who_spoke(self.said, self.user_id), "words": words}

    @property
    def comment(self) -> str:
        """What they added."""
        return self.said.comment

    @property
    def full(self) -> str:
        """The sentence with what they added."""
        return f"{self.text}. “{self.comment}”" if self.comment else self.text


class Sayings:
    """The last word on each fact."""

    def __init__(self, said: Iterable[Saying]) -> None:
        self._by_fact: dict[tuple[int, str, str], Saying] = {}
        self._by_address: dict[tuple[int, str, str], Saying] = {}
        for one in said:
            row = one.said
            self._by_fact[row.patient_id, row.kind, row.fact] = one
            self._by_address[row.origin_id, row.resource_type, row.fhir_id] = one

    def of(self, *records: Record) -> Saying | None:
        """What counts for records of one fact; None where nothing was said, or it was taken back.

        By the fact, else by the very record it was said at, which we may read better by now. A record that
        its place has changed since carries nothing over: it may be about another medicine.
        """
        found = [self._by_fact.get((one.patient_id, one.kind, fact_of(one))) for one in records]
        found += [self._at(one) for one in records]
        last = max(filter(None, found), key=lambda one: one.said.pk, default=None)
        return None if last is None or last.word == Word.WITHDRAWN else last

    def _at(self, record: Record) -> Saying | None:
        found = self._by_address.get((record.origin_id, record.resource_type, record.fhir_id))
        return found if found and record.kept_at <= found.said.at else None


def sayings(viewer: Viewer, kind: str = "") -> Sayings:
    """The last word on each fact, of one kind (slug) or of all. One query; no look."""
    rows = access.words_of(viewer, Said.objects.all())
    rows = rows.filter(kind=kind) if kind else rows
    last = rows.select_related("patient").order_by("patient_id", "kind", "fact", "-pk")
    found = last.distinct("patient_id", "kind", "fact")
    return Sayings(Saying(one, viewer.user_id) for one in sorted(found, key=lambda one: one.pk))


def said(viewer: Viewer) -> tuple[Saying, ...]:
    """Everything that was ever said of any fact, the newest first: for exports. Writes its look."""
    rows = access.words_of(viewer, Said.objects.all()).select_related("patient").order_by("-pk")
    found = tuple(Saying(one, viewer.user_id) for one in rows)
    for patient_id in viewer.patients:
        audit.looked(viewer, patient_id, "said", rows=len(found))
    return found


def said_history(viewer: Viewer, record: Record) -> tuple[Saying, ...]:
    """Everything that was ever said of the fact a record states, the newest first. One query; no look."""
    here = Q(origin_id=record.origin_id, resource_type=record.resource_type, fhir_id=record.fhir_id)
    here &= Q(at__gte=record.kept_at)
    rows = access.words_of(viewer, Said.objects.filter(Q(kind=record.kind, fact=fact_of(record)) | here))
    found = rows.filter(patient_id=record.patient_id).select_related("patient").order_by("-pk")
    return tuple(Saying(one, viewer.user_id) for one in found)
