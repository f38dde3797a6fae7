"""Building facts: each function gives one labelled line, or None when the source said nothing.

Labels are message ids: readers mark them with `gettext_noop` where they are written.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from records.fhir.elements import (
    choice,
    code,
    code_words,
    displays,
    items,
    member,
    status_code,
    untagged,
    words,
)
from records.fhir.moments import recorded
from records.fhir.quantities import quantity_words, range_words
from records.fhir.references import Known
from records.fhir.row import Fact, Resource
from records.fhir.row import gettext_noop as _
from records.fhir.texts import clean, prose
from records.fhir.wording import NO, QUALIFIED, YES

Facts = Iterable[Fact | None]
Piece = Fact | Facts | None
_MOST = 600


def listed(*facts: Piece) -> tuple[Fact, ...]:
    """Facts in order, nothing left out but nothings; the quiet ones last."""
    found: list[Fact] = []
    for fact in facts:
        if isinstance(fact, Fact):
            found.append(fact)
        elif fact is not None:
            found.extend(one for one in fact if one is not None)
    return tuple(sorted(found, key=lambda fact: fact.quiet)[:_MOST])


def within(part: str, *facts: Fact | None) -> list[Fact | None]:
    """Facts of one part of a record, under that part's name: a message id or the source's words."""
    return [replace(fact, under=(part, *fact.under)) if fact and part else fact for fact in facts]


def said(label: str, value: object, *, quiet: bool = False) -> Fact | None:
    """Source words on one line."""
    text = clean(value)
    return Fact(label, text, quiet=quiet) if text else None


def told(label: str, value: object) -> Fact | None:
    """Source words that may run over several lines."""
    text = prose(value)
    return Fact(label, text) if text else None


def worded(label: str, concept: object, table: Mapping[str, str]) -> Fact | None:
    """Our words for a code in `table`, else what the source calls it, else the code itself."""
    text = words(concept) or code(concept)
    if ours := table.get(status_code(concept)) or table.get(text.lower()):
        return Fact(label, ours, ours=True, kind="status")
    return Fact(label, text, kind="status") if text else None


def truth(label: str, value: object) -> Fact | None:
    """Yes or no, nothing when not stated."""
    return Fact(label, YES if value else NO, ours=True) if isinstance(value, bool) else None


def dated(label: str, *values: object) -> Fact | None:
    """The first date there is, as recorded; a text that is no date is kept as text."""
    for value in values:
        if text := recorded(value):
            return Fact(label, text, kind="date")
    for value in values:
        if isinstance(value, str) and (text := clean(value)):
            return Fact(label, text)
    return None


def released(label: str, value: object, resource: Resource, *already: str) -> Fact | None:
    """A date, unless one of the members named `already` says the same to the second."""
    text = recorded(value)
    same = text and any(recorded(resource.get(name))[:19] == text[:19] for name in already)
    return None if same else dated(label, value)


def spanned(label: str, period: object) -> Fact | None:
    """A Period; either end may be open."""
    start, end = recorded(member(period, "start")), recorded(member(period, "end"))
    if not (start or end):
        return None
    return Fact(label, start, kind="date") if start == end else Fact(label, f"{start}/{end}", kind="period")


def timed(label: str, resource: Resource, stem: str, *, age: str = "") -> Fact | None:
    """Any `stem[x]` that says when: a date, a period, an age, a range, words, or only that it came to pass.

    `age` is the label for an age, where "Began: 24 years" would read like a length of time.
    """
    suffix, value = choice(resource, stem)
    if suffix == "Boolean":
        return truth(label, value or None)
    if suffix in ("Age", "Quantity", "Range"):
        label = age or label
    if suffix == "Period":
        return spanned(label, value)
    if suffix in ("DateTime", "Date", "Instant", "Time"):
        return dated(label, value)
    if suffix == "Timing":
        return dated(label, *items(member(value, "event"))) or said(label, words(member(value, "code")))
    return said(label, range_words(value) or quantity_words(value) or words(value))


def coded(concept: object, label: str = _("Code")) -> list[Fact | None]:
    """For the careful reader: the other wordings a concept carries and its codes."""
    shown = words(concept)
    others = dict.fromkeys(
        text for text in map(clean, displays(concept)) if untagged(text).casefold() != shown.casefold()
    )
    return [
        said(_("Full name"), "; ".join(others), quiet=True),
        Fact(label, codes, kind="code", quiet=True) if (codes := code_words(concept)) else None,
    ]


def noted(resource: Resource, known: Known) -> list[Fact]:
    """Notes and comments with who wrote them, in any version's way."""
    found = []
    for name in ("note", "notes", "comment", "comments"):
        for note in items(resource.get(name)):
            text = prose(note if isinstance(note, str) else member(note, "text"))
            author = clean(member(note, "authorString")) or known.name(member(note, "authorReference"))
            if text:
                found.append(Fact(_("Note"), f"{text} ({author})" if author else text))
                if written := recorded(member(note, "time")):
                    found.append(Fact(_("Note written on"), written, kind="date"))
    return found


def qualified(resource: Resource) -> Fact | None:
    """A modifier extension may turn a record's meaning round (FHIR R4 §2.4.0.3), so it is never passed over
    in silence unless all it says is "no".
    """
    if _all_false(resource.get("modifierExtension"), 0):
        return None
    return Fact(_("Attention"), QUALIFIED, ours=True)


def _all_false(extensions: object, depth: int) -> bool:
    return all(
        member(one, "valueBoolean") is False
        or (
            member(one, "extension") is not None
            and depth < 5
            and _all_false(member(one, "extension"), depth + 1)
        )
        for one in items(extensions)
    )
