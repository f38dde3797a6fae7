"""Which organisation answers for what a record says, where the record itself names one."""

from collections.abc import Iterator

from records.fhir.elements import at, items, member
from records.fhir.references import Known
from records.fhir.row import Resource

# Whoever wrote it first, then whoever did it, then whose it is. A maker or an insurer has a name in
# a record and no say in it.
_PATHS = (
    "author",
    "custodian",
    "recorder",
    "asserter",
    "informationSource",
    "requester",
    "requester.onBehalfOf",
    "performer",
    "performer.actor",
    "performer.onBehalfOf",
    "provider",
    "serviceProvider",
    "organization",
    "managingOrganization",
)


def organisation(resource: Resource, known: Known) -> str:
    """The name of the organisation that wrote a record or stands behind who did; "" where none is named."""
    found = (known.name(one) for one in _references(resource) if _is_organisation(one, known))
    return next((name for name in found if name), "")


def _references(resource: Resource) -> Iterator[object]:
    for path in _PATHS:
        name, _dot, rest = path.partition(".")
        for one in items(resource.get(name)):
            yield at(one, rest) if rest else one


def _is_organisation(reference: object, known: Known) -> bool:
    target = member(reference, "reference")
    if member(reference, "type") == "Organization":
        return True
    if not isinstance(target, str):
        return False
    return known.contained(target).get("resourceType") == "Organization" or "Organization/" in target
