"""What differs between two states of a record, in the lines that its page shows.

By content and not by place: a line that only moved is no difference, and an inserted part does not make the
parts behind it differ. What reads the same is the same, however it was spelled.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from records.fhir.generic import ALSO_SENT
from records.fhir.row import Fact, Result, Row
from records.fhir.row import gettext_noop as _

Words = Callable[[Fact], str]
"""How a fact reads, in the reader's language."""

_Key = tuple[tuple[str, ...], str]
_RESULT = _("Result")
_NAME = _("Name")
_NARRATIVE = _("In the words of the source")
_TAGS = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Change:
    """One line that differs. `under` and `label` as in Fact; `name` instead for a result of a panel, in the
    source's words. `before` and `after` as they read, "" where the line was or is not there; both "" where a
    long text differs. `quiet`: codes and other things for the careful reader.
    """

    label: str
    before: str
    after: str
    under: tuple[str, ...] = ()
    name: str = ""
    quiet: bool = False


def differing(old: Row, new: Row, words: Words) -> tuple[Change, ...]:
    """The lines that differ, those for everybody first, each kind in the order of the page."""
    found = [
        *_titles(old, new),
        *_facts(old.facts, new.facts, words),
        *_results(old.results, new.results),
        *_narratives(old, new),
    ]
    return tuple(sorted(found, key=lambda change: change.quiet))


def _titles(old: Row, new: Row) -> Iterable[Change]:
    if old.head.title != new.head.title:
        yield Change(_NAME, old.head.title, new.head.title)


def _narratives(old: Row, new: Row) -> Iterable[Change]:
    """Whether the text itself is another, whatever tags it came in."""
    if _TAGS.sub(" ", old.narrative).split() != _TAGS.sub(" ", new.narrative).split():
        yield Change(_NARRATIVE, "", "", quiet=True)


def _facts(old: Sequence[Fact], new: Sequence[Fact], words: Words) -> Iterable[Change]:
    before, after = _by_key(old, words), _by_key(new, words)
    for key in dict.fromkeys((*after, *before)):
        gone, come = _unshared(before[key], after[key])
        sample = (after[key] or before[key])[0][0]
        is_quiet = sample.quiet or sample.under[:1] == (ALSO_SENT,)
        for was, now in _paired(gone, come):
            yield Change(sample.label, was, now, sample.under, quiet=is_quiet)


def _by_key(facts: Sequence[Fact], words: Words) -> defaultdict[_Key, list[tuple[Fact, str]]]:
    found: defaultdict[_Key, list[tuple[Fact, str]]] = defaultdict(list)
    for fact in facts:
        part = tuple(name for name in fact.under if not name.isdecimal())
        found[part, fact.label].append((fact, words(fact)))
    return found


def _unshared(
    before: Sequence[tuple[Fact, str]], after: Sequence[tuple[Fact, str]]
) -> tuple[list[str], list[str]]:
    """What only one of the two has, in order; a text that stands there twice counts twice."""
    old, new = [text for _fact, text in before], [text for _fact, text in after]
    return _without(old, Counter(new)), _without(new, Counter(old))


def _without(texts: Iterable[str], other: Counter[str]) -> list[str]:
    left = []
    for text in texts:
        if other[text]:
            other[text] -= 1
        else:
            left.append(text)
    return left


def _paired(gone: Sequence[str], come: Sequence[str]) -> Iterable[tuple[str, str]]:
    """Line by line where as many went as came; else each for itself: which became which is a guess."""
    if len(gone) == len(come):
        return zip(gone, come, strict=True)
    return [*((text, "") for text in gone), *(("", text) for text in come)]


def _results(old: Sequence[Result], new: Sequence[Result]) -> Iterable[Change]:
    """The results of a panel, told apart by their names."""
    before, after = _by_name(old), _by_name(new)
    for name in dict.fromkeys((*after, *before)):
        if before.get(name) != after.get(name):
            yield Change(_RESULT, before.get(name, ""), after.get(name, ""), name=name)


def _by_name(results: Sequence[Result]) -> dict[str, str]:
    """What each name says. Results that are records of their own change there."""
    found: dict[str, list[str]] = defaultdict(list)
    for result in results:
        if not result.target and (said := " · ".join(filter(None, (result.value, result.range)))):
            found[result.name].append(said)
    return {name: "; ".join(some) for name, some in found.items()}
