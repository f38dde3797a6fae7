"""What the patient says beside their records, by record: a word on a fact, what looks wrong, questions.

`beside` reads all of it at once, so that a list, an export or a packet can set it beside each record.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ground import audit, times
from ground.viewer import Viewer
from records import access
from records.models import Correction, CorrectionStep, Question, Record
from records.models.said import Spoken
from records.reading.finding import NotThere
from records.reading.sayings import Saying, Sayings, sayings, who_spoke

Status = Correction.Status
STATUS_WORDS = {
    Status.NOTED: gettext_noop("Noted here"),
    Status.SENT: gettext_noop("Letter sent"),
    Status.CORRECTED: gettext_noop("They corrected it"),
    Status.REFUSED: gettext_noop("They refused"),
    Status.NO_ANSWER: gettext_noop("No answer"),
    Status.WITHDRAWN: gettext_noop("I no longer think it is wrong"),
}

_Address = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What the patient says about one record."""

    said: Saying | None = None
    corrections: tuple[Correction, ...] = ()
    """Those that are not settled."""
    questions: tuple[Question, ...] = ()
    """Those that are not answered."""
    user_id: int | None = None

    @property
    def sentences(self) -> list[str]:
        """All of it, a sentence each: for exports and papers."""
        said = [self.said.full] if self.said else []
        doubts = [correction_words(one, self.user_id) for one in self.corrections]
        return said + doubts + [_("To ask: %(question)s") % {"question": one.text} for one in self.questions]


class Beside:
    """What a patient says, to be set beside each of their records."""

    def __init__(
        self,
        said: Sayings,
        corrections: Iterable[Correction],
        questions: Iterable[Question],
        user_id: int | None,
    ) -> None:
        self._said, self._user_id = said, user_id
        self._corrections: dict[_Address, list[Correction]] = defaultdict(list)
        self._questions: dict[_Address, list[Question]] = defaultdict(list)
        for doubt in corrections:
            self._corrections[_address(doubt)].append(doubt)
        for question in questions:
            self._questions[_address(question)].append(question)

    def of(self, record: Record) -> OwnWords:
        """What belongs to a record."""
        at = _address(record)
        doubts, questions = self._corrections.get(at, ()), self._questions.get(at, ())
        return OwnWords(self._said.of(record), tuple(doubts), tuple(questions), self._user_id)


def beside(viewer: Viewer) -> Beside:
    """All that the viewer's patient says and that is not settled. Three queries, no look."""
    open_ = _corrections(viewer).exclude(status__in=Correction.SETTLED)
    return Beside(sayings(viewer), open_, _questions(viewer).filter(answered_at=None), viewer.user_id)


def corrections(viewer: Viewer) -> tuple[Correction, ...]:
    """Everything the patient said looks wrong, the newest first."""
    found = tuple(_corrections(viewer))
    _looked(viewer, "corrections", len(found))
    return found


def correction(viewer: Viewer, pk: int) -> tuple[Correction, tuple[CorrectionStep, ...]]:
    """One of them, and how it stood since when, the newest first. Raises NotThere."""
    found = _corrections(viewer).filter(pk=pk).first()
    if found is None:
        raise NotThere
    _looked(viewer, "corrections", 1)
    steps = CorrectionStep.objects.filter(patient_id=found.patient_id, correction=found)
    return found, tuple(steps.order_by("-pk"))


def questions(viewer: Viewer) -> tuple[Question, ...]:
    """What the patient wants to ask, unanswered first, then the newest first. For the page and the packet."""
    found = tuple(_questions(viewer))
    _looked(viewer, "questions", len(found))
    return tuple(sorted(found, key=lambda one: one.answered_at is not None))


def correction_words(doubt: Correction, user_id: int | None) -> str:
    """The mark on a record in words: who said when that it looks wrong, what, and how it stands."""
    told = {
        "who": who_spoke(doubt, user_id),
        "wrong": doubt.wrong,
        "status": status_words(doubt),
    }
    return _("%(who)s that this looks wrong: “%(wrong)s”. %(status)s.") % told


def status_words(doubt: Correction) -> str:
    """How a correction stands, with the day of the letter where one was sent."""
    if doubt.status == Status.SENT and doubt.sent_on:
        return _("Letter sent on %(date)s") % {"date": times.day(doubt.sent_on)}
    return _(STATUS_WORDS[Status(doubt.status)])


def _corrections(viewer: Viewer) -> QuerySet[Correction]:
    rows = access.words_of(viewer, Correction.objects.all())
    return rows.select_related("patient").order_by("-pk")


def _questions(viewer: Viewer) -> QuerySet[Question]:
    return access.words_of(viewer, Question.objects.all()).select_related("patient").order_by("-pk")


def _address(one: Record | Spoken) -> _Address:
    return one.origin_id, one.resource_type, one.fhir_id


def _looked(viewer: Viewer, what: str, rows: int) -> None:
    for patient_id in viewer.patients:
        audit.looked(viewer, patient_id, what, rows=rows)
