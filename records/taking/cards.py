"""Ready-made selections on a sheet or two: the vaccine card and the emergency page. What stands on them is
ticked each time and stored nowhere.

They are read by people in a hurry who decide by them: a part with nothing in it says why, and that this does
not mean there is none.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ground import scope, times
from ground.viewer import Viewer
from records import reading
from records.fhir.texts import fold
from records.reading import Found
from records.taking import emergency, missing, sheets
from records.taking.emergency import all_said, said
from records.taking.whose import Whose
from records.templatetags.records_words import status_word, when
from records.typesetting import Block, Document, Fact, Heading, Table, Words

_BLOOD = ("882-1", "883-9", "10331-7", "34530-6")
"""LOINC: ABO and Rh group, ABO group, Rh type, ABO and Rh panel."""
_ENDED = {
    "allergies": frozenset({"inactive", "resolved", "refuted"}),
    "medicines": frozenset(
        {"completed", "stopped", "cancelled", "not-taken", "not-done", "not-to-be-done", "declined", "draft"}
    ),
    "conditions": frozenset({"inactive", "resolved", "remission", "refuted"}),
}
_MOST = 300


@dataclass(frozen=True, slots=True)
class Part:
    """What can be ticked: its word in the address, its name (a message id), whether it is ticked at first."""

    slug: str
    name: str
    ticked: bool = True


@dataclass(frozen=True, slots=True)
class Card:
    """A ready-made sheet: its title and what it is for (message ids), and what can be ticked."""

    slug: str
    title: str
    purpose: str
    parts: tuple[Part, ...]


VACCINES = Card(
    "vaccine-card",
    gettext_noop("Vaccine card"),
    gettext_noop("Every vaccine that your places sent, by name, for a school, a trip or a new doctor."),
    (
        Part("lot", gettext_noop("Lot numbers")),
        Part("place", gettext_noop("Places")),
        Part("declined", gettext_noop("Vaccines that were not given")),
    ),
)
EMERGENCY = Card(
    "emergency",
    gettext_noop("Emergency page"),
    gettext_noop("What somebody who has to help you quickly should know: a sheet or two to carry with you."),
    (
        Part("allergies", gettext_noop("Allergies")),
        Part("medicines", gettext_noop("Medicines")),
        Part("conditions", gettext_noop("Conditions")),
        Part("devices", gettext_noop("Devices and implants")),
        Part("blood", gettext_noop("Blood type")),
        Part("contacts", gettext_noop("Contact persons")),
        Part("coverage", gettext_noop("Insurance and member number"), ticked=False),
    ),
)
CARDS = {card.slug: card for card in (VACCINES, EMERGENCY)}


def card(viewer: Viewer, whose: Whose, slug: str, ticked: Collection[str]) -> Document:
    """The sheet with the parts that are ticked (slugs). Opens its own scope; the looks are written."""
    asked = CARDS[slug]
    with scope.open(viewer):
        places = reading.places(viewer)
        make = _vaccines if asked is VACCINES else _emergency
        blocks = list(make(viewer, [part for part in asked.parts if part.slug in ticked]))
    return sheets.document(_(asked.title), whose, places, blocks)


def _vaccines(viewer: Viewer, parts: Sequence[Part]) -> Iterator[Block]:
    """By name, each with its doses from the first on; then what was not given."""
    chosen = {part.slug for part in parts}
    some = reading.several(viewer, "vaccines", most=_MOST)
    given = [one for one in some.found if one.record.status != "not-done"]
    yield Heading(_("Vaccines"), 1)
    if given:
        yield _doses(given, chosen)
    else:
        yield Words(_nothing(viewer, "vaccines"), "warn")
    declined = [one for one in some.found if one.record.status == "not-done"]
    if declined and "declined" in chosen:
        yield Heading(_("Not given"), 1)
        heading = (_("Vaccine"), _("Date"), _("Why it was not given"))
        yield sheets.without_empty(Table(heading, tuple(map(_declined, declined))))
    yield from _cut(some)
    yield Words(_("A place may hold vaccines that it did not send: this list may be incomplete."), "quiet")


def _declined(found: Found) -> tuple[str, ...]:
    return (found.line.title, when(found.record.when), said(found, "Why it was not given"))


def _doses(given: Iterable[Found], chosen: Collection[str]) -> Table:
    heading = [_("Vaccine"), _("Date"), _("Dose")]
    heading += [_("Lot number")] if "lot" in chosen else []
    heading += [_("Place")] if "place" in chosen else []
    by_name = sorted(given, key=lambda one: (fold(one.line.title), one.record.clinical_at))
    return sheets.without_empty(Table(tuple(heading), tuple(_dose(one, chosen) for one in by_name)))


def _dose(found: Found, chosen: Collection[str]) -> tuple[str, ...]:
    protects, attention = said(found, "Protects against"), said(found, "Attention")
    status = "" if found.record.status == "completed" else status_word(found.record.status, "vaccines")
    name = "\n".join(
        filter(None, [found.line.title, protects, attention, status, emergency.word(found.own.said)])
    )
    row = [name, when(found.record.when) or _("No date sent"), said(found, "Number of the dose")]
    row += [said(found, "Lot number")] if "lot" in chosen else []
    row += [_where(found)] if "place" in chosen else []
    return tuple(row)


def _where(found: Found) -> str:
    """Where it was given, as far as it was said, and who sent it."""
    given = said(found, "Where")
    return "\n".join(dict.fromkeys(filter(None, [given, found.line.place])))


def _emergency(viewer: Viewer, parts: Sequence[Part]) -> Iterator[Block]:
    for part in parts:
        yield Heading(_(part.name), 1)
        yield from _PARTS[part.slug](viewer)
    warning = _("Put together from what places sent, and not checked by a clinician. It may be incomplete.")
    yield Words(warning, "quiet")


def _current(viewer: Viewer, slug: str) -> Iterator[Block]:
    """The facts that are not over, the most dangerous first, each with what is known of it; how many are left
    out; or why there is nothing. What is not to be given stands by itself, also where a place gives it.
    """
    some = reading.several(viewer, slug, most=_MOST)
    facts = reading.by_fact(some.found)
    ended = _ENDED[slug]
    current = [one for one in facts if emergency.standing(one, ended)]
    forbidden = [one for one in facts if emergency.forbidding(one)]
    yield from emergency.lines(current, ended)
    if not some.found:
        yield Words(_nothing(viewer, slug), "warn")
    over = sum(not emergency.standing(one, ended) and not emergency.forbidding(one) for one in facts)
    if over:
        count = {"count": over}
        yield Words(_("Sent as over, ruled out or ended, and left out here: %(count)d.") % count, "quiet")
    yield from _cut(some)
    if forbidden:
        yield Heading(_("Not to be given"), 1)
        yield from map(emergency.forbidden, forbidden)


def _cut(some: reading.Several) -> Iterator[Block]:
    """That there were more than a sheet is made of."""
    if len(some.found) < some.total:
        counts = {"shown": len(some.found), "total": some.total}
        yield Words(_("Made of the newest %(shown)d of %(total)d records.") % counts, "warn")


def _nothing(viewer: Viewer, slug: str) -> str:
    return missing.sentences(slug, reading.nothing(viewer, slug)[slug])


def _devices(viewer: Viewer) -> Iterator[Block]:
    types = ("Device", "DeviceUseStatement", "DeviceUsage")
    found = reading.several(viewer, "other", most=50, types=types).found
    yield from map(emergency.one, found)
    if not found:
        nothing = _("No device or implant was sent. This does not mean that there is none.")
        yield Words(nothing, "warn")


def _blood(viewer: Viewer) -> Iterator[Block]:
    """Each different answer with its newest date: where places disagree, all of them."""
    found = reading.by_codes(viewer, [f"http://loinc.org|{code}" for code in _BLOOD], most=20)
    seen: set[tuple[str, str]] = set()
    for one in found:
        key = (one.record.code, fold(one.record.value))
        if one.record.value and key not in seen:
            seen.add(key)
            yield Fact(one.line.title, one.record.value, one.line.source)
    if not seen:
        yield Words(_("No result that says the blood type was sent."), "warn")


def _contacts(viewer: Viewer) -> Iterator[Block]:
    """Whom the patient wrote down, the first to call first; then people whom places know as related, and whom
    they noted as contacts of the patient.
    """
    own = reading.to_call(viewer)
    for mine in own:
        said_on = _("Written down on %(day)s") % {"day": times.day(mine.changed_at)}
        yield Fact(mine.name, " · ".join(filter(None, [mine.phone, mine.relation])), said_on)
    types = ("RelatedPerson", "Patient")
    found = reading.several(viewer, "people-and-places", most=50, types=types).found
    told: dict[str, Fact] = {}
    for one in found:
        for fact in _people(one):
            told.setdefault(fold(f"{fact.name} {fact.value}"), fact)
    yield from told.values()
    if not told and not own:
        yield Words(_("No contact person was sent."), "warn")


def _people(found: Found) -> Iterator[Fact]:
    if found.record.resource_type == "RelatedPerson":
        told = [said(found, label) for label in ("What they are", "Contact", "Address")]
        yield Fact(found.line.title, " · ".join(filter(None, told)))
        return
    for one in all_said(found, "Contact person"):
        yield Fact(_("Contact person"), one)


def _coverage(viewer: Viewer) -> Iterator[Block]:
    some = reading.several(viewer, "coverage", most=20).found
    current = [one for one in some if one.record.status not in ("cancelled", "draft")]
    for one in current:
        number = said(one, "Member number")
        told = [
            said(one, "Plan"),
            f"{_('Member number')}: {number}" if number else "",
            said(one, "Covered"),
        ]
        yield Fact(one.line.title, " · ".join(filter(None, told)), one.line.place)
    if not current:
        yield Words(_nothing(viewer, "coverage"), "warn")


_PARTS: dict[str, Callable[[Viewer], Iterator[Block]]] = {
    "allergies": lambda viewer: _current(viewer, "allergies"),
    "medicines": lambda viewer: _current(viewer, "medicines"),
    "conditions": lambda viewer: _current(viewer, "conditions"),
    "devices": _devices,
    "blood": _blood,
    "contacts": _contacts,
    "coverage": _coverage,
}
