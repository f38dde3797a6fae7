"""What is new since somebody last looked: the page of it, and the sentence that the home page leads with."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from ground import times
from ground.scope import scoped
from records import reading
from records.addresses import reverse
from records.fhir.catalogue import OTHER
from records.fhir.kinds import BY_SLUG, singular
from records.forms import NewsForm
from records.reading import WHATS, Line, News, Piece, Since, What
from records.templatetags.records_words import when
from records.views import layout
from records.views.changes import in_short
from records.views.visit import Visit

_KINDS, _PLACES = 4, 3
"""How many kinds of a place, and how many places, the sentence names."""


@require_safe
@scoped
def news(request: Visit) -> HttpResponse:
    """`/records/new/`: all that moved since the reader last looked, by the day it came and by place."""
    page, only = NewsForm.asked(request.GET, WHATS)
    found = reading.news(request.viewer, page, only)
    context = {
        "found": found,
        "sums": _sums(found),
        "days": _days(found),
        "pager": _pager(found),
        "as_of": layout.as_of(found.places),
        "nav_kinds": tuple(one for one in found.menu if one.count),
    }
    return render(request, "records/news.html", {"nav": "news", **context})


def sentence(found: Since) -> str:
    """How many records of what kind moved, place by place; nothing where none did."""
    if not found.total:
        return ""
    told = _by_place(found)
    said = "; ".join(told[:_PLACES])
    if len(told) > _PLACES:
        said = _("%(said)s; and more from other places") % {"said": said}
    text = ngettext(
        "One record is new or has changed since you last looked: %(said)s.",
        "%(total)s records are new or have changed since you last looked: %(said)s.",
        found.total,
    )
    return text % {"total": found.total, "said": said}


def _by_place(found: Since) -> list[str]:
    sums: defaultdict[int, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (_what, source, kind), count in found.groups.items():
        sums[source][kind] += count
    order = sorted(sums, key=lambda source: -sum(sums[source].values()))
    text = _("%(kinds)s from %(place)s")
    return [text % {"kinds": _kinds(sums[one]), "place": found.places.get(one, "")} for one in order]


def _kinds(counts: dict[str, int]) -> str:
    """ "9 test results, 3 visits and 2 medicines", the most first."""
    order = sorted(counts, key=lambda slug: -counts[slug])
    said = [_count(slug, counts[slug]) for slug in order[:_KINDS]]
    if len(order) > _KINDS:
        rest = sum(counts[slug] for slug in order[_KINDS:])
        said.append(ngettext("%(count)d other record", "%(count)d other records", rest) % {"count": rest})
    return get_text_list(said, _("and"))


def _count(slug: str, count: int) -> str:
    if slug == OTHER.slug:
        return ngettext("%(count)d other record", "%(count)d other records", count) % {"count": count}
    kind = BY_SLUG[slug]
    return f"{count} {_(kind.singular if count == 1 else kind.heading).lower()}"


def _sums(found: News) -> list[dict[str, Any]]:
    """One chip for each of the four that there is, and one for all where there are several."""
    words = {
        "new": lambda n: ngettext("%(n)d new", "%(n)d new", n),
        "changed": lambda n: ngettext("%(n)d changed", "%(n)d changed", n),
        "corrected": lambda n: ngettext("%(n)d corrected", "%(n)d corrected", n),
        "withdrawn": lambda n: ngettext("%(n)d withdrawn", "%(n)d withdrawn", n),
    }
    counts = {what: sum(n for (one, _, _), n in found.groups.items() if one == what) for what in WHATS}
    said = [
        {"text": words[what](n) % {"n": n}, "url": _here(what), "current": what == found.only}
        for what, n in counts.items()
        if n
    ]
    everything = {
        "text": _("All %(n)d") % {"n": sum(counts.values())},
        "url": _here(),
        "current": not found.only,
    }
    return [everything, *said] if len(said) > 1 or found.only else said


def _here(only: What | None = None, page: int = 1) -> str:
    query = {**({"what": only} if only else {}), **({"page": page} if page > 1 else {})}
    return reverse("records:news") + (f"?{urlencode(query)}" if query else "")


def _pager(found: News) -> dict[str, Any]:
    return {
        "start": found.start,
        "end": found.end,
        "total": found.total,
        "previous_url": _here(found.only, found.page - 1) if found.page > 1 else "",
        "next_url": _here(found.only, found.page + 1) if found.end < found.total else "",
    }


def _days(found: News) -> list[dict[str, Any]]:
    """The pieces of a page by the day they came, then by place, then by the visit they name."""
    days: dict[str, dict[str, list[Piece]]] = {}
    for one in found.pieces:
        day = times.day(one.came)
        days.setdefault(day, {}).setdefault(one.line.place, []).append(one)
    return [
        {
            "heading": day,
            "places": [{"name": place, "groups": _groups(some)} for place, some in places.items()],
        }
        for day, places in days.items()
    ]


def _groups(pieces: Sequence[Piece]) -> list[dict[str, Any]]:
    """What names a visit stands under it, the visit itself before; what names none comes first."""
    named = {one.visit.url: one.visit for one in pieces if one.visit}
    groups: dict[str, tuple[Line | None, list[Piece]]] = {"": (None, [])}
    for one in sorted(pieces, key=lambda one: one.line.url not in named):
        url = one.visit.url if one.visit else one.line.url if one.line.url in named else ""
        groups.setdefault(url, (named.get(url), []))[1].append(one)
    return [
        {"visit": _visit(line), "url": url, "rows": [_row(one) for one in _in_order(some)]}
        for url, (line, some) in groups.items()
        if some
    ]


def _in_order(pieces: Sequence[Piece]) -> list[Piece]:
    """Each report followed by those of its results that stand on this page."""
    results: defaultdict[str, list[Piece]] = defaultdict(list)
    for one in pieces:
        if one.part_of is not None:
            results[one.part_of.url].append(one)
    urls = {one.line.url for one in pieces}
    tops = [one for one in pieces if one.part_of is None or one.part_of.url not in urls]
    return [each for top in tops for each in (top, *results[top.line.url])]


def _visit(line: Line | None) -> str:
    if line is None:
        return ""
    return _("Visit: %(visit)s") % {"visit": " · ".join(filter(None, (line.title, when(line.record.when))))}


def _row(one: Piece) -> dict[str, Any]:
    """The parameters of components/record_row.html."""
    line = one.line
    part = _("Part of: %(report)s") % {"report": one.part_of.title} if one.part_of else ""
    return {
        "line": line,
        "url": line.url,
        "kind": _(singular(line.kind, line.record.resource_type)),
        "state": "" if one.what == "corrected" and line.tone == "plain" else line.state,
        "note": part or line.note,
        "lines": _told(one),
    }


def _told(one: Piece) -> list[str]:
    """What became of it, in sentences."""
    place = {"place": one.line.place}
    if one.what == "withdrawn":
        gone = _("%(place)s no longer sends this record. It is in none of your lists any more.")
        wrong = _("%(place)s says that it was entered in error. It is in none of your lists any more.")
        return [(gone if one.is_gone else wrong) % place]
    if one.what == "new":
        return []
    if one.is_back:
        return [_("%(place)s had stopped sending this record and sends it again.") % place]
    return in_short(one.changes)
