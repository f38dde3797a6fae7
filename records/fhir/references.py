"""What referenced resources are called: by the reference's own display, inside the same resource, or by names
the page passes in.
"""

import re
from collections.abc import Iterator, Mapping

from records.fhir.elements import at, human_name, items, joined, member, untagged, words
from records.fhir.row import Resource
from records.fhir.texts import clean

_TYPED = re.compile(r"([A-Z][A-Za-z]{1,63})/([^/?#\s]{1,256})(?:/_history/[^/]*)?$").search
_NO_NAMES: Mapping[str, str] = {}
_PATIENT = frozenset({"subject", "patient", "beneficiary"})


class Known:
    """Names of other resources as far as one resource's reader can know them."""

    __slots__ = ("_contained", "_names")

    def __init__(self, resource: Resource, names: Mapping[str, str] | None) -> None:
        self._names = _NO_NAMES if names is None else names
        self._contained = resource.get("contained")

    def name(self, reference: object) -> str:
        """What the resource behind a Reference (or a list's first) is called; "" when nothing says so."""
        if isinstance(display := member(reference, "display"), str) and display.strip():
            return untagged(clean(display))
        if "concept" in reference if isinstance(reference, dict) else False:
            return words(reference)
        target = member(reference, "reference")
        if isinstance(target, dict):  # R5 CodeableReference
            return self.name(target)
        if not isinstance(target, str):
            return ""
        return called(self.contained(target)) if target.startswith("#") else self._named(target)

    def names(self, references: object) -> str:
        """The names of several, with commas."""
        return joined(self.name(reference) for reference in items(references))

    def contained(self, target: object) -> Resource:
        """The resource inside this one that "#id" points at; an empty one if there is none."""
        if isinstance(target, str) and target.startswith("#"):
            for inside in items(self._contained):
                if isinstance(inside, dict) and inside.get("id") in (target[1:], target):
                    return inside
        return {}

    def _named(self, target: str) -> str:
        found = self._names.get(key(target)) or self._names.get(target)
        return clean(found) if isinstance(found, str) else ""


def called(resource: object) -> str:
    """What any resource calls itself, "" if it does not: a code's words, a person's name, a title."""
    name = member(resource, "name")
    found = clean(name) if isinstance(name, str) else human_name(name)
    for path in (
        "code",
        "vaccineCode",
        "medicationCodeableConcept",
        "title",
        "description",
        "practitioner.display",
    ):
        if found:
            break
        found = words(at(resource, path))
    return found


def key(reference: object) -> str:
    """How other records are looked up by: "Medication/123" out of any address, "urn:uuid:…" as it is, else
    "".
    """
    if not isinstance(reference, str) or len(reference) > 2000:
        return ""
    if reference.startswith("urn:"):
        return clean(reference, 200)
    found = _TYPED(reference)
    return f"{found[1]}/{clean(found[2], 256)}" if found else ""


def parts(resource: object, limit: int = 100) -> tuple[str, ...]:
    """The keys of the results that a report is made of."""
    found = (key(member(one, "reference")) for one in items(member(resource, "result"))[:limit])
    return tuple(filter(None, found))


def references(resource: object, limit: int = 100) -> tuple[str, ...]:
    """Keys of the records this one names without saying what they are called, the patient's own aside: what a
    page may look up and pass as `names`.
    """
    found: dict[str, None] = {}
    for target in _targets(resource, 0):
        if name := key(target):
            found[name] = None
        if len(found) >= limit:
            break
    return tuple(found)


def _targets(value: object, depth: int) -> Iterator[object]:
    if depth > 8:
        return
    if isinstance(value, list):
        for item in items(value):
            yield from _targets(item, depth + 1)
    elif isinstance(value, dict):
        if "reference" in value and not value.get("display"):
            yield value["reference"]
        for name, inner in value.items():
            if name not in _PATIENT and isinstance(inner, dict | list):
                yield from _targets(inner, depth + 1)
