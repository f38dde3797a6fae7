"""During which visit something was recorded."""

from collections.abc import Iterator

from records.fhir.elements import items, member
from records.fhir.references import key
from records.fhir.row import Resource

_VISIT = "Encounter/"


def visit(resource: Resource) -> str:
    """The id of the Encounter a resource says it belongs to, "" where it names none.

    R4 names it `encounter`; STU3 often `context`, which may as well be an EpisodeOfCare; documents
    `context.encounter`; claims have one with each line, of which the first counts.
    """
    found = (key(member(one, "reference")) for one in _named(resource))
    return next((one.removeprefix(_VISIT) for one in found if one.startswith(_VISIT)), "")


def _named(resource: Resource) -> Iterator[object]:
    yield from items(resource.get("encounter"))
    for one in items(resource.get("context")):
        yield one
        yield from items(member(one, "encounter"))
    for one in items(resource.get("item")):
        yield from items(member(one, "encounter"))
