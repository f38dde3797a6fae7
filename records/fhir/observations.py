"""Observations: laboratory tests, vital signs, and everything else that was measured, asked or seen."""

from records.fhir.elements import all_words, at, code, first_code, items, words
from records.fhir.facts import coded, noted, qualified, released, said, timed, told, worded
from records.fhir.flags import flag, interpretation_words, range_text
from records.fhir.heads import build
from records.fhir.measurements import absent, components, long_text, panel_value, results, value_of
from records.fhir.moments import is_date
from records.fhir.quantities import Amount
from records.fhir.references import Known
from records.fhir.row import Fact, Head, Resource
from records.fhir.row import gettext_noop as _
from records.fhir.wording import FLAG_FROM_RANGE, FLAGS, NO_VALUE, STATUSES

__all__ = ["facts", "head", "results"]

LABORATORY, VITAL_SIGNS = "laboratory", "vital-signs"
_SPELLINGS = {"lab": LABORATORY, "labs": LABORATORY, "vital-sign": VITAL_SIGNS, "vitals": VITAL_SIGNS}
_KNOWN = frozenset(
    {
        LABORATORY,
        VITAL_SIGNS,
        "social-history",
        "survey",
        "exam",
        "imaging",
        "procedure",
        "therapy",
        "activity",
    }
)


def category(resource: Resource) -> str:
    """The source's grouping, evened out: the first category FHIR knows, else the first there is, "" none."""
    found = [code(one).lower() for one in items(resource.get("category"))]
    found = [_SPELLINGS.get(name, name) for name in found if name]
    return next((name for name in found if name in _KNOWN), found[0] if found else "")


def head(resource: Resource, known: Known) -> Head:
    """Named by its code, dated by when it was measured, else when it was released."""
    value = _value(resource)
    concept = resource.get("code")
    return build(
        resource,
        title=words(concept),
        when=when(resource),
        status=code(resource.get("status")).lower(),
        code=first_code(concept),
        value=value.words,
        number=value.number,
        unit=value.unit if value.number is not None else "",
        category=category(resource),
        flag=flag(resource, value),
        about=concept,
        more=tuple(words(part.get("code")) for part in components(resource)),
    )


def _value(resource: Resource) -> Amount:
    value = value_of(resource)
    parts = [] if value.words else components(resource)
    return panel_value(parts) if parts else value


def when(resource: Resource) -> object:
    """When it was measured, else when it was released."""
    for path in (
        "effectiveDateTime",
        "effectivePeriod.start",
        "effectiveInstant",
        "effectiveTiming.event",
        "issued",
    ):
        found = resource.get(path) if "." not in path else at(resource, path)
        if found:
            return found[0] if isinstance(found, list) else found
    return at(resource, "effectivePeriod.end")


def facts(resource: Resource, known: Known) -> list[Fact | None]:
    """The result first, what it is compared with, then when, who and how."""
    value = _value(resource)
    return [
        qualified(resource),
        *_result(resource, value),
        *_mark(resource, value),
        said(_("Reference range"), range_text(resource)),
        timed(_("Date"), resource, "effective"),
        worded(_("Status"), resource.get("status"), STATUSES),
        released(_("Result released"), resource.get("issued"), resource, "effectiveDateTime"),
        said(_("Sample"), known.name(resource.get("specimen"))),
        said(_("Body site"), words(resource.get("bodySite"))),
        said(_("Method"), words(resource.get("method"))),
        said(_("Device"), known.name(resource.get("device"))),
        said(_("Done by"), known.names(resource.get("performer"))),
        said(_("Visit"), known.name(resource.get("encounter") or resource.get("context"))),
        *noted(resource, known),
        said(_("Value exactly as sent"), value.exact, quiet=True),
        said(_("Category"), all_words(resource.get("category")) or _filed(resource), quiet=True),
        *coded(resource.get("code")),
        *coded(resource.get("valueCodeableConcept"), _("Code of the result")),
    ]


def _result(resource: Resource, value: Amount) -> list[Fact | None]:
    """The value; running text keeps its lines; a reason when there is none."""
    if text := long_text(resource):
        return [told(_("Result"), text)]
    if value.words:
        return [
            timed(_("Result"), resource, "value") if is_date(value.words) else said(_("Result"), value.words)
        ]
    if components(resource) or resource.get("hasMember") or resource.get("related"):
        return []
    why = resource.get("dataAbsentReason")
    unknown = said(_("Why there is no value"), words(why)) if absent(resource) == NO_VALUE else None
    return [Fact(_("Result"), absent(resource), ours=True), unknown]


def _mark(resource: Resource, value: Amount) -> list[Fact | None]:
    """High or low in words, where that is from, and the laboratory's own word when it is another."""
    mark, source = flag(resource, value)
    sent = interpretation_words(resource)
    ours = FLAGS.get(mark, "")
    return [
        Fact(_("How it compares"), ours, ours=True, kind="flag") if ours else None,
        Fact(_("Where this comes from"), FLAG_FROM_RANGE, ours=True) if source == "range" else None,
        said(_("The laboratory's mark"), sent)
        if sent and sent.lower() not in (mark.lower(), ours.lower())
        else None,
    ]


def _filed(resource: Resource) -> str:
    """The source's own grouping where it sent the code alone: "laboratory"."""
    return code(resource.get("category")).replace("-", " ")
