"""The lines of the emergency page: a fact of the record is one line, the most dangerous first.

Whoever reads it decides by the name and by the words beside it, so the danger stands there; where from and
when stands behind. It goes through strangers' hands: of what the patient noted, only their word on a fact.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from records.fhir.medicines import NOT_TO_BE_DONE
from records.fhir.merging import EVENTS
from records.fhir.terms import CRITICALITIES
from records.fhir.texts import fold
from records.fhir.wording import SEVERITIES
from records.reading import Found, Saying, Stating
from records.templatetags.records_words import fact_words, status_word
from records.typesetting import Fact

_HIGH = CRITICALITIES["high"]
_SEVERE = gettext_noop("Severe reaction")
_FATAL = gettext_noop("Fatal reaction")
_ANAPHYLAXIS = gettext_noop("Anaphylaxis")
_REACTIONS = {SEVERITIES["severe"]: _SEVERE, SEVERITIES["fatal"]: _FATAL}
_ANAPHYLACTIC = ("anaphyla", "anafila")
"""How it begins in English, German, French and Latin, and in Spanish, Portuguese and Italian (folded)."""


def said(found: Found, label: str) -> str:
    """What the record says under a label of ours (a message id), "" where it says nothing."""
    return next(all_said(found, label), "")


def all_said(found: Found, label: str) -> Iterator[str]:
    """All that the record says under it, in order."""
    return (fact_words(fact) for fact in found.row.facts if fact.label == label)


def word(saying: Saying | None) -> str:
    """The patient's own word on a fact, without what they added for themselves."""
    return saying.text if saying else ""


def standing(fact: Stating, ended: Collection[str]) -> bool:
    """Whether a record of it is not over."""
    return any(one.record.status not in ended for one in fact.found)


def forbidding(fact: Stating) -> bool:
    """Whether a place says that it must not be given."""
    return any(_forbids(one) for one in fact.found)


def lines(facts: Iterable[Stating], ended: Collection[str]) -> Iterator[Fact]:
    """A line for each fact, the most dangerous first, then the newest; `ended`: statuses of what is over."""
    told = [(_danger(one, ended), one) for one in facts]
    for danger, one in sorted(told, key=lambda each: -len(each[0])):
        yield _line(one, danger, [each for each in one.found if _tells(each, one, ended)])


def forbidden(fact: Stating) -> Fact:
    """A medicine that a place says must not be given, with all such records."""
    return _line(fact, [], [one for one in fact.found if _forbids(one)])


def one(found: Found) -> Fact:
    """A record by itself."""
    told = [_about(found), _state(found), word(found.own.said)]
    return Fact(found.line.title, " · ".join(filter(None, told)), found.line.source)


def _line(fact: Stating, danger: list[str], told: list[Found]) -> Fact:
    """What all say stands once; what only some say, beside the place that says it."""
    about = list(dict.fromkeys(_about(one) for one in told))
    alike = about[0] if len(about) == 1 else ""
    name = " · ".join([fact.together.title, *(_(one) for one in danger)])
    value = [alike, *_differs(fact), word(fact.said)]
    where = dict.fromkeys(_where(one, not alike) for one in _each_once(told))
    return Fact(name, "\n".join(filter(None, value)), "\n".join(where))


def _tells(found: Found, fact: Stating, ended: Collection[str]) -> bool:
    """Whether a record stands on the line: it is not over, it forbids, or it is its place's last word."""
    if found.record.status not in ended or _forbids(found):
        return True
    here = (one for one in fact.found if one.record.source_id == found.record.source_id)
    last = next((one for one in here if one.record.category not in EVENTS), None)
    return found is last


def _forbids(found: Found) -> bool:
    return found.record.status == NOT_TO_BE_DONE


def _each_once(told: Iterable[Found]) -> Iterator[Found]:
    """Of what a place says several times, the newest."""
    seen = set()
    for found in told:
        key = (found.record.source_id, fold(_about(found)), _state(found))
        if key not in seen:
            seen.add(key)
            yield found


def _about(found: Found) -> str:
    """What it does or how it is taken, and a danger that does not stand beside the name."""
    danger = said(found, "Danger")
    about = [found.record.value, said(found, "Attention"), "" if danger == _(_HIGH) else danger]
    return " · ".join(filter(None, about))


def _state(found: Found) -> str:
    """A status that is no ordinary one."""
    status = found.record.status
    return "" if status == "active" else status_word(status, found.record.kind) or _("Status not stated")


def _where(found: Found, is_told: bool) -> str:
    return " · ".join(filter(None, [found.line.source, _state(found), _about(found) if is_told else ""]))


def _differs(fact: Stating) -> list[str]:
    """On what the places differ, as far as it matters to who helps: not on when it began."""
    kept = tuple(one for one in fact.together.differences if one.about != "began")
    return replace(fact.together, differences=kept).differs


def _danger(fact: Stating, ended: Collection[str]) -> list[str]:
    """Why an allergy is dangerous (message ids), by any record that is not over; the more, the worse."""
    current = [one for one in fact.found if one.record.status not in ended]
    facts = [each for one in current for each in one.row.facts]
    sure = [_HIGH] if any(each.label == "Danger" and each.value == _HIGH for each in facts) else []
    bad = {
        _REACTIONS[each.value]
        for each in facts
        if each.label == "How bad the reaction was" and each.value in _REACTIONS
    }
    shock = [_ANAPHYLAXIS] if any(map(_is_anaphylactic, current)) else []
    return [*shock, *sure, *sorted(bad)]


def _is_anaphylactic(found: Found) -> bool:
    text = fold(f"{found.line.title} {found.record.value}")
    return found.record.kind == "allergies" and any(start in text for start in _ANAPHYLACTIC)
