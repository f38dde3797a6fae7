"""What is new since somebody last looked, what a record was before, and the words for what differs."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from dataclasses import asdict, replace

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from ground.scope import scoped
from records import reading
from records.fhir.catalogue import OTHER
from records.fhir.differing import Change
from records.fhir.generic import ALSO_SENT
from records.fhir.kinds import BY_SLUG
from records.forms import NewsForm
from records.reading import WHATS, Line, News, Past, Piece, Since, What
from records.templatetags.records_words import when
from records.views import layout
from records.views.visit import Visit

_SHORT, _LONG = 160, 2000
"""Characters of a value that are shown in a list, and on a record's own page."""
_FEW = 4
"""Differences said in a list; the rest stands on the record's page."""
_KINDS, _PLACES = 3, 3


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


@require_safe
@scoped
def history(request: Visit, slug: str, origin: int, name: str, key: str) -> HttpResponse:
    """`…/history/`: every state of a record that was kept, and what each changed."""
    page, _only = NewsForm.asked(request.GET, ())
    try:
        found = reading.history(request.viewer, origin, name, key, page)
    except reading.NotThere as absent:
        raise Http404 from absent
    if found.line.record.kind != slug:
        return redirect(_address("history", found.line))
    here = request.path
    context = {
        "line": found.line,
        "states": [_state(found.line, one) for one in found.states],
        "newer_url": f"{here}?page={found.page - 1}" if found.page > 1 else "",
        "older_url": f"{here}?page={found.page + 1}" if found.page * 10 < found.total else "",
        "as_of": layout.as_of([found.line.record.source]),
    }
    return render(request, "records/history.html", {"nav": slug, **context})


@require_safe
@scoped
def version(request: Visit, slug: str, origin: int, name: str, key: str, until: int) -> HttpResponse:
    """`…/history/<n>/`: a record as it was."""
    try:
        found = reading.earlier(request.viewer, origin, name, key, until)
    except reading.NotThere as absent:
        raise Http404 from absent
    if found.line.record.kind != slug:
        return redirect(_address("version", found.line, until))
    context = {
        "line": found.line,
        "history_url": _address("history", found.line),
        "came": _moment(found.came),
        "ended": _moment(found.ended),
        **asdict(reading.told(_found(found))),
    }
    return render(request, "records/version.html", {"nav": slug, **context})


def _found(kept: Earlier) -> Found:
    """The earlier state as a record that leads nowhere: what it named may be another now."""
    results = (Shown(replace(one, target=""), None) for one in kept.row.results)
    return Found(kept.line, kept.row, tuple(results), ())


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
        said.append(ngettext("%(count)d other", "%(count)d others", rest) % {"count": rest})
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
        day = date_format(timezone.localtime(one.came), "DATE_FORMAT")
        days.setdefault(day, {}).setdefault(one.line.place, []).append(one)
    return [
        {
            "heading": day,
            "places": [{"name": place, "groups": _groups(some)} for place, some in places.items()],
        }
        for day, places in days.items()
    ]


def _groups(pieces: Sequence[Piece]) -> list[dict[str, Any]]:
    """What names a visit stands under it; what names none comes first."""
    groups: dict[str, tuple[Line | None, list[Piece]]] = {"": (None, [])}
    for one in pieces:
        url = one.visit.url if one.visit else ""
        groups.setdefault(url, (one.visit, []))[1].append(one)
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
        "kind": _(line.kind.singular),
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


def in_short(changes: Sequence[Change]) -> list[str]:
    """The first few differences for everybody, a sentence each; that there are more, or none that we show."""
    plain = [one for one in changes if not one.quiet]
    if not changes:
        return [_("Nothing that we show has changed.")]
    if not plain:
        return [_("Only codes and other details for the careful reader have changed.")]
    said = [said_of(one, _SHORT) for one in plain[:_FEW]]
    if more := len(plain) - _FEW if len(plain) > _FEW else 0:
        text = ngettext("And %(count)d more change.", "And %(count)d more changes.", more)
        said.append(text % {"count": more})
    return said


def said_of(change: Change, most: int = _LONG) -> str:
    """One difference in words."""
    said = {"name": _name(change), "before": _cut(change.before, most), "after": _cut(change.after, most)}
    if change.before and change.after:
        return _("%(name)s: “%(before)s” before, “%(after)s” now") % said
    if change.after:
        return _("%(name)s: “%(after)s” now, not sent before") % said
    if change.before:
        return _("%(name)s: “%(before)s” before, not sent any more") % said
    return _("%(name)s: the text has changed") % said


def _name(change: Change) -> str:
    if change.name:
        return change.name
    parts = [part for part in change.under if part != ALSO_SENT]
    return " · ".join([*map(_, parts), _(change.label)])


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most].rstrip()}…"


def of_record(line: Line, past: Past | None) -> dict[str, Any] | None:
    """What the page of a record says of its last change; None where it never changed."""
    if past is None:
        return None
    return {**_state(line, past), "url": _address("history", line)}


def _state(line: Line, past: Past) -> dict[str, Any]:
    """One state of a record: when it came, and the table of what differs from the one before."""
    plain = [one for one in past.changes if not one.quiet]
    return {
        "came": _moment(past.came),
        "is_now": past.until is None,
        "is_first": past.is_first,
        "url": line.url if past.until is None else _address("version", line, past.until),
        "rows": _table(plain),
        "quiet_rows": _table(one for one in past.changes if one.quiet),
    }


def _table(changes: Iterable[Change]) -> list[dict[str, str]]:
    """Lines of components/changes.html. What was or is not there is said in words."""
    return [_line(one) for one in changes]


def _line(one: Change) -> dict[str, str]:
    if not (one.before or one.after):
        return {"name": _name(one), "before": "", "after": _("The text has changed")}
    return {
        "name": _name(one),
        "before": _cut(one.before, _LONG) or _("Not sent"),
        "after": _cut(one.after, _LONG) or _("Not sent any more"),
    }


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


def _address(name: str, line: Line, *more: int) -> str:
    record = line.record
    where = [record.kind, record.origin_id, record.resource_type, record.fhir_id, *more]
    return reverse(f"records:{name}", args=where)
