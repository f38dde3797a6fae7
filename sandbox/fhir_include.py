"""`_include` and `_revinclude`: what matches refer to, and what refers to them (docs/oneup.md, search).

R4 only. A wish reads `Type:parameter`, `Type:parameter:Target`, `Type:*` or `*`. Parameters are search
parameters of type reference; those known here are in `_ELEMENTS`, others are refused like any misspelt word.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sandbox.fhir_search import BadParameter, Stored

NAMES = ("_include", "_revinclude")

_LINK = re.compile(rb'"reference":"([A-Z][A-Za-z]+/[A-Za-z0-9.\-]{1,64})(?=["/])')
_WISH = re.compile(r"([A-Z][A-Za-z]+):(\*|[a-z-]+)(?::([A-Z][A-Za-z]+))?")
_SAME_NAME = (
    "agent appointment asserter author beneficiary claim composition coverage custodian device encounter"
    " entity episode-of-care facility general-practitioner goal insurer location managing-organization"
    " medication part-of participant payee payor performer prescriber provider recorder requester result"
    " results-interpreter service-provider source specimen subject target who"
)
# Search parameters that read elements of another name (R4, search parameter registry).
_ELEMENTS: dict[str, tuple[str, ...]] = {
    **{name: (re.sub(r"-(.)", lambda m: m[1].upper(), name),) for name in _SAME_NAME.split()},
    "patient": ("patient", "subject", "beneficiary", "target"),
    "practitioner": ("individual", "performer", "actor"),
    "context": ("encounter", "context"),
    "diagnosis": ("condition", "diagnosis"),
    "reason-reference": ("reasonReference",),
    "based-on": ("basedOn",),
    "has-member": ("hasMember",),
    "derived-from": ("derivedFrom",),
    "care-team": ("careTeam", "provider"),
    "condition": ("addresses", "condition"),
    "organization": ("organization", "managingOrganization", "serviceProvider"),
}


class Wish(NamedTuple):
    """One `_include` or `_revinclude`: whose references, which of them ("" for all), leading where."""

    backwards: bool
    source: str
    parameter: str
    target: str


def read_wishes(parameters: Iterable[tuple[str, str]]) -> list[Wish]:
    """The wishes among a search's parameters; raises BadParameter for one that cannot be read."""
    return [_wish(name, value) for name, value in parameters if name in NAMES]


def included(matches: Sequence[bytes], pool: Iterable[Stored], wishes: Sequence[Wish]) -> list[bytes]:
    """What goes with these matches out of all their owner has, each once and never a match itself."""
    if not wishes:
        return []
    there = {_name(body): body for body in matches}
    ahead = {link for body in matches for link in _forward(body, wishes)}
    found = [each for each in pool if f"{each.resource_type}/{each.id}" not in there]
    return [
        each.body
        for each in found
        if f"{each.resource_type}/{each.id}" in ahead or _leads_back(each, there.keys(), wishes)
    ]


def _wish(name: str, value: str) -> Wish:
    if value == "*":
        return Wish(name == "_revinclude", "", "", "")
    match = _WISH.fullmatch(value)
    if match is None or match[2] not in {"*", *_ELEMENTS}:
        raise BadParameter(f"{name} cannot be read")
    return Wish(name == "_revinclude", match[1], match[2].strip("*"), match[3] or "")


def _forward(body: bytes, wishes: Sequence[Wish]) -> Iterator[str]:
    for wish in wishes:
        if not wish.backwards:
            yield from _links(body, wish)


def _leads_back(each: Stored, matches: Iterable[str], wishes: Sequence[Wish]) -> bool:
    """Whether a resource points at a match in a way that was asked for."""
    behind = [wish for wish in wishes if wish.backwards and wish.source in ("", each.resource_type)]
    if not behind or not {link.decode() for link in _LINK.findall(each.body)} & set(matches):
        return False
    return any(link in matches for wish in behind for link in _links(each.body, wish))


def _links(body: bytes, wish: Wish) -> Iterator[str]:
    """The references of one resource that a wish is about, as `Type/id`."""
    resource = json.loads(body)
    if wish.source not in ("", resource["resourceType"]):
        return
    for path, link in _walk(resource, ()):
        is_named = not wish.parameter or set(_ELEMENTS[wish.parameter]) & set(path)
        about_patient = wish.parameter != "patient" or link.startswith("Patient/")
        if is_named and about_patient and link.startswith(f"{wish.target}/" if wish.target else ""):
            yield link


def _walk(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict):
        link = value.get("reference")
        if isinstance(link, str):
            yield path, link.partition("/_history/")[0]
        for name, item in value.items():
            yield from _walk(item, (*path, name))
    elif isinstance(value, list):
        for item in value:
            yield from _walk(item, path)


def _name(body: bytes) -> str:
    resource = json.loads(body)
    return f"{resource['resourceType']}/{resource['id']}"
