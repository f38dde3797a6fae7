"""Words typed into a search box, as a question to the folded words of a record.

Every word must be found, in any order; a word of four letters or more is found as the beginning of a longer
one ("chol" in "cholesterol"), a shorter one only whole ("AST", but not in "asthma"). Phrases that people use
for what records call otherwise are widened by `synonyms.toml`, whose groups were not clinically reviewed;
`Sought.also` says which words came with them, and the page says so.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from django.db.models import Q

from records.fhir.texts import fold

LONGEST = 100
"""Characters that a search may have."""
_SYNONYMS = Path(__file__).with_name("synonyms.toml")
_WHOLE = 3
"""Letters up to which a word is looked for whole."""
_PARTS = re.compile(r"[^\W_]+")
_FILLING = """
an and at by do does for from had have i in is it latest level levels me my of on or our recent record
records result results show test tests the to was were what with
"""
_FILLERS = frozenset(_FILLING.split())
"""Words that stand in questions and not in records; left out where others remain."""

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Words for one thing (`same`), the narrower words that are looked for with them (`finds`), and where to
    check that (`source`).
    """

    same: tuple[str, ...]
    finds: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for: `matching` is the condition on records, `also` the further words it holds, as they
    are written, and `left_out` the typed words that were not looked for.
    """

    matching: Q
    also: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def sought(typed: str) -> Sought | None:
    """The question in typed words; None where they hold no letter and no figure."""
    words = _words(typed)
    if not words:
        return None
    matching, also, left_out = Q(), dict[str, None](), list[str]()
    plain = _all_fillers(words)
    at = 0
    while at < len(words):
        length, groups = _longest(words, at)
        part = words[at : at + length]
        at += length
        if not groups and part[0] in _FILLERS and not plain:
            left_out.append(part[0])
            continue
        more = _more(groups, part)
        also |= dict.fromkeys(more)
        matching &= _any_of(part, more)
    return Sought(matching, tuple(also), tuple(dict.fromkeys(left_out)))


def meant(typed: str, *texts: str) -> bool:
    """Whether all typed words that say something stand in the texts, by the rule for records."""
    words = [word for word in _words(typed) if word not in _FILLERS]
    folded = fold(" ".join(texts))
    return bool(words) and all(_stands_in(folded, (word,)) for word in words)


@cache
def groups() -> tuple[Group, ...]:
    """The reviewed file of synonyms, read once."""
    told = tomllib.loads(_SYNONYMS.read_text())["group"]
    return tuple(Group(tuple(one["same"]), tuple(one.get("finds", ())), one["source"]) for one in told)


@cache
def _by_phrase() -> dict[Phrase, tuple[Group, ...]]:
    found: dict[Phrase, tuple[Group, ...]] = {}
    for group in groups():
        for name in group.same:
            key = _key(_words(name))
            found[key] = (*found.get(key, ()), group)
    return found


@cache
def _longest_phrase() -> int:
    return max(len(phrase) for phrase in _by_phrase())


def _words(text: str) -> Phrase:
    """The words in a text, folded: what a space divides, without signs at the ends ("x-ray" is one)."""
    found = (_PARTS.findall(word) for word in fold(text[:LONGEST]).split())
    return tuple("-".join(parts) for parts in found if parts)


def _key(words: Phrase) -> Phrase:
    """Words as the groups know them: "kidney stones" is "kidney stone"."""
    return tuple(_stem(word) for word in words)


def _stem(word: str) -> str:
    """A word without its plural, where it stays long enough to say something."""
    if len(word) > 6 and word.endswith("ies"):
        return word[:-3]
    plural = len(word) > 4 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if plural else word


def _longest(words: Phrase, at: int) -> tuple[int, tuple[Group, ...]]:
    """How many words from here are the longest phrase that a group knows, and its groups; else 1 and none."""
    for length in range(min(_longest_phrase(), len(words) - at), 0, -1):
        found = _by_phrase().get(_key(words[at : at + length]))
        if found:
            return length, found
    return 1, ()


def _more(found: tuple[Group, ...], part: Phrase) -> list[str]:
    """The further words of the groups, without those that the typed or a shorter one finds anyway."""
    names = sorted({name for group in found for name in (*group.same, *group.finds)}, key=len)
    kept: dict[str, Phrase] = {}
    for name in names:
        folded = fold(name)
        if not any(_stands_in(folded, phrase) for phrase in (part, *kept.values())):
            kept[name] = _words(name)
    order = [name for group in found for name in (*group.same, *group.finds)]
    return sorted(kept, key=order.index)


def _stands_in(folded: str, phrase: Phrase) -> bool:
    return re.search(_python(_pattern(phrase)), folded) is not None


def _all_fillers(words: Phrase) -> bool:
    return all(word in _FILLERS for word in words)


def _any_of(part: Phrase, more: list[str]) -> Q:
    """The typed words, all of them somewhere, or one of the others as it is written."""
    matching = Q()
    for word in part:
        matching &= _holds((word,))
    for name in more:
        matching |= _holds(_words(name))
    return matching


def _holds(phrase: Phrase) -> Q:
    """The quick test first, which most records fail, then the one that knows where words begin."""
    longest = max((part for word in _key(phrase) for part in word.split("-")), key=len)
    return Q(search__contains=longest) & Q(search__regex=_pattern(phrase))


def _pattern(phrase: Phrase) -> str:
    r"""An expression in Postgres's dialect (\m, \M: the ends of a word). Words hold no sign of their own.

    Writing without spaces has no words that begin: such text is looked for as it stands.
    """
    *before, last = phrase
    stem = _stem(last)
    text = r"\W+".join(_joined(word) for word in (*before, stem))
    if not text.replace(r"\W", "").isascii():
        return text
    return rf"\m{text}\M" if len(stem) <= _WHOLE else rf"\m{text}"


def _joined(word: str) -> str:
    """A word with a sign inside is found without it and with a space: "x-ray", "xray", "x ray"."""
    found = word.split("-")
    joined = found[0]
    for before, after in pairwise(found):
        figures = before[-1].isdigit() and after[0].isdigit()  # 6.1 is not 61
        joined += (r"\W" if figures else r"\W{0,2}") + after
    return joined


def _python(pattern: str) -> str:
    """The same expression in Python's dialect."""
    return pattern.replace(r"\m", r"\b").replace(r"\M", r"\b")
