"""Questionnaires and the answers to them, laid out as questions and answers.

DSTU2 has groups of questions, later versions have items inside items; an answer may hold further questions.
"""

from collections.abc import Iterator

from records.fhir.attachments import file_words
from records.fhir.elements import at, choice, code, items, joined, member, status_code, words
from records.fhir.facts import dated, noted, qualified, said, told, worded
from records.fhir.heads import build
from records.fhir.measurements import value_of
from records.fhir.moments import recorded
from records.fhir.references import Known
from records.fhir.row import Fact, Head, Resource
from records.fhir.row import gettext_noop as _
from records.fhir.terms import QUESTION_SORTS
from records.fhir.texts import clean, prose
from records.fhir.wording import NO, STATUSES, YES

_QUESTION = 300  # characters; a question longer than that is cut
_DEPTH = 8
_DISPLAY = "http://hl7.org/fhir/StructureDefinition/display"
_NOT_ANSWERED = _("Not answered")
_WITHOUT_TEXT = _("Question without a text")


def head(resource: Resource, known: Known) -> Head:
    """Named by the questionnaire, else by its first heading."""
    return build(
        resource,
        title=_title(resource, known),
        when=resource.get("authored") or resource.get("date"),
        status=status_code(resource.get("status")),
        category="survey",
        more=tuple(text for fact in _asked(resource, known) for text in (fact.label, *_source(fact))),
    )


def _source(fact: Fact) -> tuple[str, ...]:
    return () if fact.ours else (fact.value,)


def _title(resource: Resource, known: Known) -> str:
    if title := clean(resource.get("title")):
        return title
    form = resource.get("questionnaire")
    named = known.name(form) or known.name({"reference": form}) or _displayed(resource)
    return named or clean(at(resource, "group.title")) or clean(resource.get("name"))


def _displayed(resource: Resource) -> str:
    """R4 points at a questionnaire by a bare address, and names it in an extension of that."""
    for one in items(member(resource.get("_questionnaire"), "extension")):
        if member(one, "url") == _DISPLAY:
            return clean(member(one, "valueString"))
    return ""


def facts(resource: Resource, known: Known) -> list[Fact | None]:
    """The questions in their order with their answers, then who answered and when."""
    return [
        qualified(resource),
        told(_("Description"), resource.get("description")),
        *_asked(resource, known),
        worded(_("Status"), resource.get("status"), STATUSES),
        said(_("Questionnaire"), _title(resource, known)),
        dated(_("Answered"), resource.get("authored")),
        dated(_("Date"), resource.get("date")),
        said(_("Answers given by"), known.name(resource.get("source"))),
        said(_("Written down by"), known.name(resource.get("author"))),
        said(_("Published by"), resource.get("publisher")),
        said(_("Visit"), known.name(resource.get("encounter") or resource.get("context"))),
        *noted(resource, known),
    ]


def _asked(resource: Resource, known: Known) -> Iterator[Fact]:
    """Every question with its answers, in the order sent."""
    yield from _parts(resource, known, (), 0)


def _parts(holder: object, known: Known, under: tuple[str, ...], depth: int) -> Iterator[Fact]:
    if depth > _DEPTH:
        return
    for name in ("item", "question"):
        for one in items(member(holder, name)):
            yield from _part(one, known, under, depth)
    for group in items(member(holder, "group")):
        title = clean(member(group, "title")) or clean(member(group, "text"), _QUESTION)
        yield from _parts(group, known, (*under, title) if title else under, depth + 1)


def _part(item: object, known: Known, under: tuple[str, ...], depth: int) -> Iterator[Fact]:
    """One item: a question with its answers, or a heading over others."""
    member(item, "type")  # of what sort an answer would be: shown where nothing better is
    question = " ".join(filter(None, (clean(member(item, "prefix")), clean(member(item, "text"), _QUESTION))))
    answers = items(member(item, "answer"))
    inner = bool(member(item, "item") or member(item, "group"))
    if answers or not inner:
        yield from _answered(question, item, answers, known, under)
    deeper = (*under, question) if question else under
    for answer in answers:
        yield from _parts(answer, known, deeper, depth + 1)
    yield from _parts(item, known, deeper, depth + 1)


def _answered(
    question: str, item: object, answers: list[object], known: Known, under: tuple[str, ...]
) -> Iterator[Fact]:
    """The answers on one line; of a blank form, what may be answered."""
    label = question or _WITHOUT_TEXT
    found = [fact for answer in answers if (fact := _answer(label, answer, known, under))]
    if len(found) > 1 and not any(fact.ours for fact in found) and all(fact.kind == "text" for fact in found):
        found = [Fact(label, joined(fact.value for fact in found), under=under)]
    if options := _options(item):
        found.append(Fact(label, options, under=under))
    elif not found:
        found.append(Fact(label, _nothing(item), ours=True, under=under))
    yield from found


def _nothing(item: object) -> str:
    """That there is no answer; of a blank form, of which sort one would be."""
    return QUESTION_SORTS.get(clean(member(item, "type"), 40), _NOT_ANSWERED)


def _answer(label: str, answer: object, known: Known, under: tuple[str, ...]) -> Fact | None:
    """One answer in words, whatever type it was given as."""
    suffix, value = choice(answer, "value")
    if isinstance(value, bool):
        return Fact(label, YES if value else NO, ours=True, under=under)
    if suffix in ("Date", "DateTime", "Instant") and recorded(value):
        return Fact(label, recorded(value), kind="date", under=under)
    text = known.name(value) if suffix == "Reference" else file_words(value) if suffix == "Attachment" else ""
    text = (
        text or prose(value) or (value_of(answer).words if isinstance(answer, dict) else "") or words(value)
    )
    return Fact(label, text, under=under) if text else None


def _options(item: object) -> str:
    """What may be chosen, in a blank questionnaire."""
    found = [*items(member(item, "answerOption")), *items(member(item, "option"))]
    texts = [(value_of(one).words if isinstance(one, dict) else "") or words(one) for one in found]
    return joined(text or code(one) for text, one in zip(texts, found, strict=True))
