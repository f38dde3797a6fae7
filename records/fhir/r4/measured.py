"""Observations and reports of any version as FHIR R4 resources."""

from collections.abc import Mapping

from records.fhir.elements import items, member, status_code
from records.fhir.r4 import types
from records.fhir.r4.types import Part, chosen, concept, concepts, made, named
from records.fhir.references import key
from records.fhir.row import Resource
from records.fhir.texts import clean

_OBSERVED = ("registered", "preliminary", "final", "amended", "corrected", "cancelled")
_REPORTED = (*_OBSERVED, "partial", "appended")
_VALUES = ("Quantity", "CodeableConcept", "String", "Boolean", "Integer", "Range", "Ratio", "Period")
_WHEN = ("DateTime", "Period", "Instant")


def observation(resource: Resource, title: str, inside: Mapping[str, str]) -> Part:
    """A measurement. Its status is one of R4's or "unknown"."""
    return made(
        status=_status(resource, _OBSERVED),
        category=concepts(resource.get("category")),
        code=named(resource.get("code"), title),
        issued=types.instant(resource.get("issued")),
        performer=[one for each in items(resource.get("performer")) if (one := types.shown(each))],
        bodySite=concept(resource.get("bodySite")),
        method=concept(resource.get("method")),
        note=types.notes(resource),
        component=[_component(one) for one in items(resource.get("component")) if isinstance(one, dict)],
        hasMember=_pointed(resource.get("hasMember"), inside),
    ) | _measured(resource, _when(resource))


def _when(resource: Resource) -> Part:
    return chosen(resource, "effective", _WHEN)


def _component(part: dict[str, object]) -> Part:
    return {"code": named(part.get("code"), "")} | _measured(part, {})


def _measured(part: dict[str, object], more: Part) -> Part:
    """Value, mark and range: what a whole observation and a part of one have in common."""
    value = chosen(part, "value", (*_VALUES, "DateTime", "Time"))
    return (
        made(
            dataAbsentReason=None if value else concept(part.get("dataAbsentReason")),
            interpretation=concepts(part.get("interpretation")),
            referenceRange=[one for each in items(part.get("referenceRange")) if (one := _range(each))],
        )
        | value
        | more
    )


def _range(value: object) -> Part:
    kind = member(value, "type") or member(value, "meaning")
    return (types.range_(value) or {}) | made(text=clean(member(value, "text")), type_=concept(kind))


def report(resource: Resource, title: str, inside: Mapping[str, str]) -> Part:
    """A report with those of its results that are in the document."""
    return made(
        status=_status(resource, _REPORTED),
        category=concepts(resource.get("category")),
        code=named(resource.get("code"), title),
        issued=types.instant(resource.get("issued")),
        performer=[
            one
            for each in items(resource.get("performer"))
            if (one := types.shown(member(each, "actor") or each))
        ],
        result=_pointed(resource.get("result"), inside),
        conclusion=types.text(resource.get("conclusion")),
        conclusionCode=concepts(resource.get("conclusionCode") or resource.get("codedDiagnosis")),
    ) | chosen(resource, "effective", ("DateTime", "Period"))


def _pointed(references: object, inside: Mapping[str, str]) -> list[Part]:
    """References that lead to something in the document."""
    found = [inside.get(key(member(one, "reference"))) for one in items(references)]
    return [{"reference": one} for one in dict.fromkeys(filter(None, found))]


def _status(resource: Resource, allowed: tuple[str, ...]) -> str:
    found = status_code(resource.get("status"))
    return found if found in allowed else "unknown"
