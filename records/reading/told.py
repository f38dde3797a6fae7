"""A record in words, in the order a reader needs it: meaning first, codes last. For its page, and for every
file that holds what its page says.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from ground import times
from records import papers
from records.fhir.generic import ALSO_SENT
from records.fhir.kinds import singular
from records.fhir.row import Fact
from records.fhir.wording import FLAG_FROM_RANGE, NO_VALUE
from records.models import Source
from records.reading.single import Found, Shown
from records.templatetags.records_words import fact_words, flag_word, when

_MEASURED = 60
"""Characters a value may have to be shown large."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a record's page says. `sections` and `also`: {"title", "facts"}; a fact is a line of
    components/facts.html; `reading`: a measured value, to be shown large; `also` is what no reader asked for.
    """

    title: str
    quiet: str
    reading: dict[str, str] | None
    sections: list[dict[str, Any]]
    results: list[dict[str, str]]
    also: list[dict[str, Any]]
    codes: list[dict[str, Any]]
    came: list[dict[str, Any]]
    own_words: list[str]
    """What the patient says beside it, a sentence each."""


def told(found: Found) -> Told:
    """A record in the reader's language."""
    record, facts = found.record, found.row.facts
    kind, place = _(singular(found.line.kind, found.record.resource_type)), found.line.place
    return Told(
        title=found.row.head.title or found.line.title,
        quiet=" · ".join(filter(None, (kind, when(record.when), place))),
        reading=_reading(found),
        sections=_sections(fact for fact in facts if _is_told(found, fact)),
        results=[_result(shown) for shown in found.results],
        also=_sections(_inner(fact) for fact in facts if _also(fact)),
        codes=[_fact(fact) for fact in facts if fact.quiet and not _also(fact)],
        came=[*_during(found), *_came(found)],
        own_words=found.own.sentences,
    )


def _reading(found: Found) -> dict[str, str] | None:
    """A measured value, to be shown large; None where there is no short one."""
    head = found.row.head
    if found.record.resource_type != "Observation" or not 0 < len(head.value) <= _MEASURED:
        return None
    return {
        "value": head.value if head.number is not None else when(head.value),  # it may be a date
        "flag": flag_word(head.flag),
        "tone": _tone(head.flag),
        "why": _(FLAG_FROM_RANGE) if head.flag_source == "range" else "",
    }


def _tone(flag: str) -> str:
    return "good" if flag == "N" else "high"


def _said(found: Found, fact: Fact) -> bool:
    """Whether the large value has said this already."""
    if _reading(found) is None:
        return False
    return fact.kind == "flag" or fact.value in (found.row.head.value, FLAG_FROM_RANGE)


def _is_told(found: Found, fact: Fact) -> bool:
    """Whether a fact belongs to the details everybody reads."""
    return not (fact.quiet or _also(fact) or _said(found, fact))


def _also(fact: Fact) -> bool:
    """Whether no reader of ours asked for this: it stands at the end, for who wants to see everything."""
    return fact.under[:1] == (ALSO_SENT,)


def _inner(fact: Fact) -> Fact:
    return replace(fact, under=fact.under[1:])


def _sections(facts: Iterable[Fact]) -> list[dict[str, Any]]:
    """Facts under the headings of the parts they sit in."""
    return [
        {"title": ", ".join(_(part) for part in under), "facts": [_fact(fact) for fact in some]}
        for under, some in groupby(facts, key=lambda fact: fact.under)
    ]


def _fact(fact: Fact) -> dict[str, Any]:
    """The parameters of one line of components/facts.html."""
    value = fact_words(fact)
    lines = value.splitlines() if "\n" in value else []
    wide = bool(lines) or len(value) > 120
    return {
        "name": _(fact.label),
        "value": value,
        "lines": lines,
        "quiet": fact.quiet,
        "wide": wide,
        "url": "",
    }


def _result(shown: Shown) -> dict[str, str]:
    """One line of a panel. What is missing is said in words, and in which way it is missing."""
    result = shown.result
    elsewhere = bool(result.target) and shown.line is None
    absent = _("Not among your records") if elsewhere else _(result.absent or NO_VALUE)
    return {
        "name": result.name or _("Result without a name"),
        "url": shown.line.url if shown.line else "",
        "value": result.value or absent,
        "flag": flag_word(result.flag),
        "tone": _tone(result.flag),
        "range": result.range or ("" if elsewhere else _("None sent")),
    }


def _during(found: Found) -> list[dict[str, Any]]:
    """The visit it belongs to, with the way there."""
    if found.visit is None:
        return []
    value = ", ".join(filter(None, (found.visit.title, when(found.visit.record.when))))
    shown = {"lines": [], "quiet": False, "wide": False, "url": found.visit.url}
    return [{"name": _("During"), "value": value, **shown}]


def _came(found: Found) -> list[dict[str, Any]]:
    """Where it came from and when, and whether the source has changed it since."""
    record = found.record
    collected = times.moment(record.kept_at)
    said = _("%(place)s, collected %(time)s") % {"place": found.line.place, "time": collected}
    facts = [(_("Came from"), said)]
    if record.changed > record.arrived:
        facts.append((_("Changed"), _("The source has changed this record since we first collected it.")))
    return [
        {"name": name, "value": value, "lines": [], "quiet": False, "wide": True, "url": ""}
        for name, value in facts
    ]


def as_of(places: Iterable[Source]) -> list[dict[str, str]]:
    """The parameters of components/as_of.html: a line for each day on which places were last collected."""
    days: dict[date, list[Source]] = defaultdict(list)
    for place in places:
        if place.collected_at is not None and place.gate == Source.Gate.OPEN:
            days[timezone.localtime(place.collected_at).date()].append(place)
    return [_as_of(day, days[day]) for day in sorted(days, reverse=True)]


def _as_of(day: date, places: Sequence[Source]) -> dict[str, str]:
    """To the minute for one place, to the day for several: neither claims more than it knows."""
    only = places[0].collected_at if len(places) == 1 else None
    time = times.moment(only) if only else times.day(day)
    return {"time": time, "places": ", ".join(one.name for one in places)}


def narrative(html: str) -> SafeString:
    """What the source wrote, with text and tables left and every attribute, link, picture and script gone."""
    return mark_safe(papers.tidied(html))  # noqa: S308  (nh3 has just taken out everything but these tags)


def sections(shown: papers.Shown) -> list[dict[str, str]]:
    """The parts of a document with a name and a heading each; their markup as `narrative` leaves it."""
    return [
        {
            "name": f"part-{number}",
            "title": title or _("Part %(number)d") % {"number": number},
            "words": narrative(html),
        }
        for number, (title, html) in enumerate(shown.sections, start=1)
    ]
