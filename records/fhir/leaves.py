"""Which values of a resource reach its page: a walk over its leaves, and one question asked of each.

A leaf reaches the page when its words stand there, or when the page is another without it: so a code that is
shown as a word of ours counts, and a value that is read and then dropped does not.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from records.fhir import kinds
from records.fhir.elements import untagged
from records.fhir.generic import NOT_FOR_READING
from records.fhir.row import Resource, Result
from records.fhir.texts import clean

Path = tuple[str | int, ...]
Names = Mapping[str, str]

_ABOUT_THE_PATIENT = frozenset({"subject", "patient", "beneficiary"})
_NO_WORD = re.compile(r"(https?://|urn:)\S*$|\{[^{}]*\}$")
_INSTANT = re.compile(r"\d{4} \d\d \d\dt\d\d:\d\d:\d\d")
_SHORT = 4  # letters; anything shorter stands on a page by chance


class Leaf(NamedTuple):
    """One value and where it stands: ("code", "coding", 0, "display")."""

    path: Path
    value: object

    @property
    def name(self) -> str:
        """The path without its numbers: "code.coding.display"."""
        return ".".join(part for part in self.path if isinstance(part, str))


def leaves(resource: Resource) -> Iterator[Leaf]:
    """Every value outside `NOT_FOR_READING`, in the order sent; empty texts are none."""
    yield from _walk(resource, ())


def unseen(resource: Resource, fhir_version: str, names: Names | None = None) -> list[Leaf]:
    """The leaves that do not reach the page of a resource; `names` as in `kinds.read`."""
    whole = _page(resource, fhir_version, names)
    words = _plain("\n".join(whole))
    found = []
    for leaf in leaves(resource):
        if _stands_there(leaf.value, words):
            continue
        other = _without(resource, *_with_doubles(leaf))
        if isinstance(other, dict) and _page(other, fhir_version, names) == whole:
            found.append(leaf)
    return found


def _walk(value: object, path: Path) -> Iterator[Leaf]:
    if isinstance(value, dict):
        for name, inside in value.items():
            if isinstance(name, str) and not (_is_left_out(name, inside, path) or _is_unit_code(name, value)):
                yield from _walk(inside, (*path, name))
    elif isinstance(value, list):
        for place, inside in enumerate(value):
            yield from _walk(inside, (*path, place))
    elif value not in (None, "") and not _is_no_word(value):
        yield Leaf(path, value)


def _is_left_out(name: str, inside: object, path: Path) -> bool:
    """Whether a member is no reading matter. `text` is one only as narrative, `use` only of a name."""
    if name == "text":
        return isinstance(inside, dict) and "div" in inside
    if name == "display" and path and path[-1] in _ABOUT_THE_PATIENT:
        return True  # whose record it is, the page says above everything
    if name == "use" and "name" in path[-2:]:
        return True  # which of several names it is; the official one goes first
    return name in NOT_FOR_READING or name.endswith("Sequence")


def _is_unit_code(name: str, quantity: Mapping[str, object]) -> bool:
    """Whether a member is the code of a unit whose word stands beside it ("mm[Hg]" and "mmHg")."""
    return name == "code" and "value" in quantity and bool(quantity.get("unit"))


def _is_no_word(value: object) -> bool:
    """An address (some systems write codes as addresses), or a unit that is nothing but UCUM's remark."""
    return isinstance(value, str) and _NO_WORD.match(value) is not None


def _stands_there(value: object, words: str) -> bool:
    """Whether a text is on the page, without SNOMED's tag and, if it is a time, to the second."""
    text = _plain(untagged(clean(value))) if isinstance(value, str) else ""
    spelled = text[:19] if _INSTANT.match(text) else text
    if len(spelled) >= _SHORT:
        return spelled in words
    return len(spelled) > 1 and re.search(rf"(?<!\w){re.escape(spelled)}(?!\w)", words) is not None


def _plain(text: str) -> str:
    return text.casefold().replace("-", " ")


def _page(resource: Resource, fhir_version: str, names: Names | None) -> list[str]:
    """Everything a person can read of a resource, as plain lines: the kind it is filed under comes first."""
    row, kind = kinds.read(resource, fhir_version, names), kinds.kind_of(resource).heading
    facts = (f"{' > '.join((*fact.under, fact.label))}: {fact.value}" for fact in row.facts)
    return [kind, row.head.title, row.head.when, *facts, *map(_shown, row.results)]


def _shown(result: Result) -> str:
    said = (result.name, result.value, result.range, result.flag, result.flag_source, result.code)
    return " | ".join((*said, result.absent))


def _with_doubles(leaf: Leaf) -> tuple[Path, Callable[[object], object]]:
    """What to change to find out whether a leaf matters, and how.

    Texts go with their doubles in the same concept or quantity ("M" as code, display and text). Yes becomes
    no and no becomes yes: that something did not happen is said by not saying that it did.
    """
    if isinstance(leaf.value, bool):
        return leaf.path, lambda _inside: not leaf.value
    around = leaf.path.index("coding") if "coding" in leaf.path else len(leaf.path) - 1
    return leaf.path[:around], lambda inside: _cleared(inside, leaf.value)


def _cleared(value: object, leaf: object) -> object:
    """A copy without any value that says the same as this one."""
    if isinstance(value, dict):
        return {name: _cleared(inside, leaf) for name, inside in value.items() if not _is_same(inside, leaf)}
    if isinstance(value, list):
        return [_cleared(inside, leaf) for inside in value if not _is_same(inside, leaf)]
    return value


def _is_same(one: object, other: object) -> bool:
    """Equal, or the same word in another spelling ("Image" and "image")."""
    if isinstance(one, str) and isinstance(other, str):
        return _plain(one) == _plain(other)
    return one == other


def _without(value: object, path: Path, change: Callable[[object], object]) -> object:
    """A copy in which what stands at `path` is changed."""
    if not path:
        return change(value)
    step, rest = path[0], path[1:]
    if isinstance(value, dict):
        return {
            name: _without(inside, rest, change) if name == step else inside for name, inside in value.items()
        }
    if isinstance(value, list):
        return [
            _without(inside, rest, change) if place == step else inside for place, inside in enumerate(value)
        ]
    return value
