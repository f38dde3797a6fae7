"""The International Patient Summary: one FHIR R4 document out of the records of all places and all versions.

Source: HL7 IPS implementation guide 2.0 (Composition-uv-ips, Bundle-uv-ips). A required section with nothing
in it says why (`emptyReason`) and holds no stand-in resource: so has the guide it since 2.0, and so asks
FHIR's rule cmp-2 (decision 0020).
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import msgspec
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ground import scope
from ground.viewer import Viewer
from records import reading
from records.fhir import parsing
from records.fhir.elements import items, member, status_code
from records.fhir.r4 import Part, absent, as_r4, made
from records.fhir.texts import clean
from records.models import Source
from records.reading import Found, Nothing
from records.taking import chapters, missing, narrative
from records.taking.chapters import Chapter
from records.taking.whose import Whose
from records.templatetags.records_words import flag_word, status_word, when

_SPACE = uuid.UUID("6f0c7e0e-52c1-4d5b-9a55-0f6a2d1f7b11")
_LOINC = "http://loinc.org"
_EMPTY = "http://terminology.hl7.org/CodeSystem/list-empty-reason"
_json = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True, slots=True)
class _Gathered:
    """What the document is made of, read at one moment."""

    places: tuple[Source, ...]
    chapters: tuple[tuple[Chapter, reading.Several], ...] = field(repr=False)
    people: tuple[Found, ...] = field(repr=False)
    nothing: dict[str, tuple[Nothing, ...]]


def summary(viewer: Viewer, whose: Whose) -> bytes:
    """The document as JSON, in the reader's language. Opens its own scope; the looks are written."""
    with scope.open(viewer):
        gathered = _Gathered(
            reading.places(viewer),
            chapters.gather(viewer),
            reading.several(viewer, "people-and-places", types=("Patient",)).found,
            reading.nothing(viewer, "allergies", "conditions", "medicines"),
        )
    return _json.encode(_bundle(viewer, whose, gathered))


def _bundle(viewer: Viewer, whose: Whose, gathered: _Gathered) -> Part:
    language = (get_language() or "en").split("-")[0]
    patient = _patient(viewer, whose, gathered.people)
    author = _entry(
        "author",
        {
            "resourceType": "Device",
            "deviceName": [{"name": settings.SITE_NAME, "type": "user-friendly-name"}],
        },
    )
    told = _entries(gathered, str(patient["fullUrl"]), language)
    sections = [
        _section(chapter, some, told, gathered, language)
        for chapter, some in gathered.chapters
        if some.found or chapter.required
    ]
    composition = _composition(whose, sections, patient, author, language)
    behind = _provenance(gathered, told)
    return {
        "resourceType": "Bundle",
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{uuid.uuid4()}"},
        "type": "document",
        "timestamp": _now(),
        "entry": [composition, patient, author, *told.values(), *behind],
    }


def _composition(whose: Whose, sections: list[Part], patient: Part, author: Part, language: str) -> Part:
    said = _(
        "Put together by software from what the places sent; nobody has checked it. What is not listed is not"
        " known here: that does not mean there is none."
    )
    return _entry(
        str(uuid.uuid4()),
        {
            "resourceType": "Composition",
            "meta": {"profile": ["http://hl7.org/fhir/uv/ips/StructureDefinition/Composition-uv-ips"]},
            "language": language,
            "text": narrative.paragraphs([whose.name, said], language, "generated"),
            "status": "final",
            "type": _loinc("60591-5", "Patient summary Document"),
            "subject": {"reference": patient["fullUrl"]},
            "date": _now(),
            "author": [{"reference": author["fullUrl"], "display": settings.SITE_NAME}],
            "title": _("International Patient Summary"),
            "section": sections,
        },
    )


def _section(
    chapter: Chapter,
    some: reading.Several,
    told: dict[str, Part],
    gathered: _Gathered,
    language: str,
) -> Part:
    """A section: a table that says all of it, and the resources; or why there is nothing."""
    section: Part = {"title": _(chapter.title), "code": _loinc(chapter.code, chapter.display)}
    if not some.found:
        reasons = gathered.nothing.get(chapter.slug, ())
        said = _without(chapter, gathered)
        empty = _empty(_empty_code(reasons), said)
        return {**section, "text": narrative.table([said], (), (), language), "emptyReason": empty}
    heading = (_("Date"), _("Name"), _("Details"), _("Status"), _("Place"))
    text = narrative.table([_cut(some)], heading, map(_row, some.found), language)
    urns = [urn for found in some.found if (urn := _urn(found)) in told]
    section |= {"text": text}
    if chapter.required and not urns:
        said = _("What was sent can be told in words alone; it stands in the text of this section.")
        return {**section, "emptyReason": _empty("unavailable", said)}
    return section | made(entry=[{"reference": urn} for urn in urns])


def _without(chapter: Chapter, gathered: _Gathered) -> str:
    """Why a section is empty; records of its kind may stand in another one."""
    others = [_(one.title) for one, some in gathered.chapters if one.slug == chapter.slug and some.found]
    if others:
        said = _("Nothing that is current was sent. What was sent stands under “%(section)s”.")
        return said % {"section": others[0]}
    return missing.sentences(chapter.slug, gathered.nothing.get(chapter.slug, ()))


def _loinc(code: str, display: str) -> Part:
    return {"coding": [{"system": _LOINC, "code": code, "display": display}]}


def _empty(code: str, said: str) -> Part:
    return {"coding": [{"system": _EMPTY, "code": code}], "text": said}


def _empty_code(reasons: Sequence[Nothing]) -> str:
    """FHIR's word for why: "withheld" only where every place, or the patient, said so."""
    kinds = {why.reason for why in reasons}
    if kinds and kinds <= {"refused", "unshared"}:
        return "withheld"
    return "notstarted" if kinds and kinds <= {"waiting", "unconnected"} else "unavailable"


def _cut(some: reading.Several) -> str:
    if len(some.found) == some.total:
        return ""
    return _("The newest %(shown)d of %(total)d.") % {"shown": len(some.found), "total": some.total}


def _row(found: Found) -> tuple[str, ...]:
    record = found.record
    flag = flag_word(record.flag)
    said = f"{record.value} ({flag})" if flag else record.value
    state = status_word(record.status, record.kind)
    return (when(record.when), found.line.title, said, state, found.line.place)


def _entries(gathered: _Gathered, patient: str, language: str) -> dict[str, Part]:
    """Every resource that R4 can say, by its address in the document."""
    every = [found for _chapter, some in gathered.chapters for found in some.found]
    inside: dict[int, dict[str, str]] = {}
    for found in every:
        record = found.record
        key = f"{record.resource_type}/{record.fhir_id}"
        inside.setdefault(record.origin_id, {})[key] = _urn(found)
    told = {}
    for found in every:
        resource = parsing.parse(reading.raw(found.record))
        shape = as_r4(resource, found.line.title, patient, inside[found.record.origin_id])
        if shape is not None:
            told[_urn(found)] = _entry(_name(found), shape | _about(found, language))
    _drop_dangling(told)
    return told


def _drop_dangling(told: dict[str, Part]) -> None:
    """References to records that R4 could not say, and so are not in the document."""
    for entry in told.values():
        resource = entry["resource"]
        for name in ("result", "hasMember"):
            if isinstance(resource, dict) and name in resource:
                kept = [one for one in resource[name] if one["reference"] in told]
                resource.update({name: kept} if kept else {})
                if not kept:
                    del resource[name]


def _about(found: Found, language: str) -> Part:
    """Where it came from, and all that its page says."""
    told = reading.told(found)
    facts = [fact for section in told.sections for fact in section["facts"]]
    lines = [told.title, told.quiet]
    lines += [f"{one['name']}: {one['value']} {one['flag']}".strip() for one in told.results]
    lines += [f"{fact['name']}: {fact['value']}" for fact in (*facts, *told.came)] + list(told.own_words)
    return {
        "meta": {"tag": [{"display": clean(found.line.place) or "-"}]},
        "text": narrative.paragraphs(lines, language),
    }


def _patient(viewer: Viewer, whose: Whose, people: Sequence[Found]) -> Part:
    """The person as their account names them; what all places agree on, and the numbers they are known by."""
    sent = [parsing.parse(reading.raw(found.record)) for found in people]
    genders = {status_code(one.get("gender")) for one in sent} & {"male", "female", "other"}
    numbers = [_number(each) for one in sent for each in items(one.get("identifier"))]
    resource = made(
        identifier=[number for number in numbers if number],
        name=[{"text": whose.name}] if whose.name else [absent()],
        gender=next(iter(genders)) if len(genders) == 1 else None,
        birthDate=whose.born.isoformat(),
    )
    return _entry(_ours(f"patient/{viewer.patients}"), {"resourceType": "Patient", **resource})


def _number(identifier: object) -> Part | None:
    system, value = clean(member(identifier, "system"), 200), clean(member(identifier, "value"), 100)
    is_whole = ":" in system and " " not in system and value
    return {"system": system, "value": value} if is_whole else None


def _provenance(gathered: _Gathered, told: dict[str, Part]) -> Iterable[Part]:
    """For each place, who it is, and what of the document it sent."""
    every = [found for _chapter, some in gathered.chapters for found in some.found]
    for place in gathered.places:
        urns = [urn for one in every if one.record.source_id == place.pk and (urn := _urn(one)) in told]
        if not urns:
            continue
        named = _entry(
            _ours(f"place/{place.pk}"), {"resourceType": "Organization", "name": place.name or "-"}
        )
        yield named
        yield _entry(
            _ours(f"provenance/{place.pk}"),
            {
                "resourceType": "Provenance",
                "target": [{"reference": urn} for urn in dict.fromkeys(urns)],
                "recorded": (place.collected_at or timezone.now()).isoformat(timespec="seconds"),
                "agent": [{"who": {"reference": named["fullUrl"], "display": place.name or "-"}}],
            },
        )


def _ours(name: str) -> str:
    """What has no name but ours, told apart from the same at another installation."""
    return f"{settings.SITE_URL}/{name}"


def _name(found: Found) -> str:
    record = found.record
    return f"{record.origin_id}/{record.resource_type}/{record.fhir_id}"


def _urn(found: Found) -> str:
    return f"urn:uuid:{uuid.uuid5(_SPACE, _name(found))}"


def _entry(name: str, resource: Part) -> Part:
    """An entry whose address is the same in every document about the same thing."""
    made_id = str(uuid.uuid5(_SPACE, name))
    return {"fullUrl": f"urn:uuid:{made_id}", "resource": {**resource, "id": made_id}}


def _now() -> str:
    return timezone.localtime().isoformat(timespec="seconds")
