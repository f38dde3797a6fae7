"""What the page of one record says, in the order a reader needs it: meaning first, codes last."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from records import papers
from records.fhir.generic import ALSO_SENT
from records.fhir.row import Fact
from records.fhir.wording import FLAG_FROM_RANGE, NO_VALUE
from records.reading import Found, Shown
from records.templatetags.records_words import fact_words, flag_word, when
from records.views import layout, trends

_MEASURED = 60
"""Characters a value may have to be shown large."""


def page(found: Found, *, words: bool) -> dict[str, Any]:
    """The context of records/one.html; `words`: the source's own narrative was asked for."""
    kind, record, row = found.line.kind, found.record, found.row
    return {
        "found": found,
        "title": row.head.title or found.line.title,
        "kind": kind,
        "heading": _(kind.heading),
        "quiet": " · ".join(filter(None, (_(kind.singular), when(record.when), found.line.place))),
        "reading": _reading(found),
        "trend": {"url": trends.address(found.line), "text": trends.offer(found.over_time)},
        "sections": _sections(fact for fact in row.facts if _is_told(found, fact)),
        "also": _sections(_inner(fact) for fact in row.facts if _also(fact)),
        "results": [_result(shown) for shown in found.results],
        "codes": [_fact(fact) for fact in row.facts if fact.quiet and not _also(fact)],
        "came": _came(found),
        "has_words": bool(row.narrative),
        "words": narrative(row.narrative) if words else "",
        "as_of": layout.as_of([record.source]),
    }


def narrative(html: str) -> SafeString:
    """What the source wrote, with text and tables left and every attribute, link, picture and script gone."""
    return mark_safe(papers.tidied(html))  # noqa: S308  (nh3 has just taken out everything but these tags)


def _reading(found: Found) -> dict[str, str] | None:
    """A measured value, to be shown large; None where there is no short one."""
    head = found.row.head
    if found.record.resource_type != "Observation" or not 0 < len(head.value) <= _MEASURED:
        return None
    return {
        "value": head.value,
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


def _came(found: Found) -> list[dict[str, Any]]:
    """Where it came from and when, and whether the source has changed it since."""
    record = found.record
    collected = date_format(timezone.localtime(record.kept_at), "DATETIME_FORMAT")
    said = _("%(place)s, collected %(time)s") % {"place": found.line.place, "time": collected}
    facts = [(_("Came from"), said)]
    if record.changed > record.arrived:
        facts.append((_("Changed"), _("The source has changed this record since we first collected it.")))
    return [
        {"name": name, "value": value, "lines": [], "quiet": False, "wide": True, "url": ""}
        for name, value in facts
    ]
