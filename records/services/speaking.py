"""What a patient says about their records, or who looks after them for them. Nobody else speaks.

Each takes a record that the viewer could reach a moment ago, in the scope of the viewer.
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from ground.viewer import Viewer
from records import access, reading
from records.models import Correction, CorrectionStep, Question, Said
from records.reading import Line
from records.reading.facts import fact_of


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks: their name, and whether they are the patient themselves (`own`)."""

    name: str
    own: bool


@transaction.atomic
def say(*, viewer: Viewer, line: Line, speaker: Speaker, word: str, comment: str = "") -> None:
    """Add a word on the fact a record states (a value of Said.Word); what was said before stays as history.

    Saying the same again adds nothing, and neither does taking back nothing. Raises NotTheirs.
    """
    about = _about(viewer, line, speaker)
    last = reading.sayings(viewer, line.record.kind).of(line.record)
    said = (last.word, last.comment) if last else (Said.Word.WITHDRAWN, "")
    if said != (word, comment):
        Said.objects.create(**about, fact=fact_of(line.record), word=word, comment=comment)


@transaction.atomic
def doubt(*, viewer: Viewer, line: Line, speaker: Speaker, wrong: str, right: str, to: str) -> Correction:
    """Note that a record looks wrong; `to` is whom a letter is addressed to. Pressed twice, it is noted once.
    Raises NotTheirs.
    """
    about = _about(viewer, line, speaker)
    noted = reading.beside(viewer).of(line.record).corrections
    if noted and noted[0].wrong == wrong:
        return noted[0]
    found = Correction.objects.create(
        **about,
        source_id=line.record.source_id,
        place=line.place,
        addressee=to,
        wrong=wrong,
        right=right,
    )
    _step(viewer, found, Correction.Status.NOTED, timezone.localdate())
    return found


@transaction.atomic
def note_status(*, viewer: Viewer, pk: int, status: str, day: date) -> Correction:
    """Note how a correction stands since a day. Raises NotThere, NotTheirs."""
    access.speaks_for(viewer)
    found, _steps = reading.correction(viewer, pk)
    found.status = status
    if status == Correction.Status.SENT:
        found.sent_on = day
    found.save(update_fields=["status", "sent_on"])
    _step(viewer, found, status, day)
    return found


def ask(*, viewer: Viewer, line: Line, speaker: Speaker, text: str) -> Question:
    """Keep a question about a record for the next visit. Raises NotTheirs."""
    return Question.objects.create(**_about(viewer, line, speaker), text=text)


def answer(*, viewer: Viewer, pk: int) -> None:
    """The question has been answered. Raises NotThere, NotTheirs."""
    _change(viewer, pk, answered=True)


def unanswer(*, viewer: Viewer, pk: int) -> None:
    """The question is open again. Raises NotThere, NotTheirs."""
    _change(viewer, pk, answered=False)


def remove_question(*, viewer: Viewer, pk: int) -> None:
    """Forget a question. Raises NotThere, NotTheirs."""
    gone, _kinds = Question.objects.filter(patient_id=access.speaks_for(viewer), pk=pk).delete()
    if not gone:
        raise reading.NotThere


def _change(viewer: Viewer, pk: int, *, answered: bool) -> None:
    mine = Question.objects.filter(patient_id=access.speaks_for(viewer), pk=pk)
    if not mine.update(answered_at=timezone.now() if answered else None):
        raise reading.NotThere


def _about(viewer: Viewer, line: Line, speaker: Speaker) -> dict[str, object]:
    """What all words of a patient hold: of whom, about which record, and who wrote them."""
    record, patient_id = line.record, access.speaks_for(viewer)
    if record.patient_id != patient_id:
        raise access.NotTheirs
    return {
        "patient_id": patient_id,
        "kind": record.kind,
        "origin_id": record.origin_id,
        "resource_type": record.resource_type,
        "fhir_id": record.fhir_id,
        "title": line.title,
        "user_id": viewer.user_id,
        "speaker": speaker.name,
        "own": speaker.own,
        "at": timezone.now(),
    }


def _step(viewer: Viewer, found: Correction, status: str, day: date) -> None:
    CorrectionStep.objects.create(
        patient_id=found.patient_id, correction=found, status=status, day=day, user_id=viewer.user_id or 0
    )
