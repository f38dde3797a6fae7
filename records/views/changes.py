"""What a record was before, and the words for what differs between two states of it."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from ground import times
from ground.absence import or_404
from ground.scope import scoped
from records import reading
from records.addresses import reverse
from records.fhir.differing import Change
from records.fhir.generic import ALSO_SENT
from records.forms import NewsForm
from records.reading import Earlier, Found, Line, Past, Shown
from records.views import layout
from records.views.visit import Visit

_SHORT, _MIDDLE, _LONG = 160, 400, 10_000
"""Characters of a value that are shown in a list, on a record's page, and in its history."""
_WIDE = 120
_FEW = 4
"""Differences said in a list; the rest stands on the record's page."""


@require_safe
@scoped
def history(request: Visit, slug: str, origin: int, name: str, key: str) -> HttpResponse:
    """`…/history/`: every state of a record that was kept, and what each changed."""
    page, _only = NewsForm.asked(request.GET, ())
    with or_404(reading.NotThere):
        found = reading.history(request.viewer, origin, name, key, page)
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
    with or_404(reading.NotThere):
        found = reading.earlier(request.viewer, origin, name, key, until)
    if found.line.record.kind != slug:
        return redirect(_address("version", found.line, until))
    context = {
        "line": found.line,
        "history_url": _address("history", found.line),
        "came": times.moment(found.came),
        "ended": times.moment(found.ended),
        **asdict(reading.told(_found(found))),
    }
    return render(request, "records/version.html", {"nav": slug, **context})


def _found(kept: Earlier) -> Found:
    """The earlier state as a record that leads nowhere: what it named may be another now."""
    results = (Shown(replace(one, target=""), None) for one in kept.row.results)
    return Found(kept.line, kept.row, tuple(results), ())


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
    return {**_state(line, past, _MIDDLE), "url": _address("history", line)}


def _state(line: Line, past: Past, most: int = _LONG) -> dict[str, Any]:
    """One state of a record: when it came, and what differs from the one before."""
    return {
        "came": times.moment(past.came),
        "is_now": past.until is None,
        "is_first": past.is_first,
        "url": line.url if past.until is None else _address("version", line, past.until),
        "rows": [_fact(one, most) for one in past.changes if not one.quiet],
        "quiet_rows": [_fact(one, most) for one in past.changes if one.quiet],
    }


def _fact(one: Change, most: int) -> dict[str, Any]:
    """A line with what it said before and what it says now. What was or is not there is said in words."""
    before = _cut(one.before, most) or _("not sent")
    after = _cut(one.after, most) or _("not sent any more")
    lines = [_("Before: %(text)s") % {"text": before}, _("Now: %(text)s") % {"text": after}]
    wide = max(map(len, lines)) > _WIDE
    if not (one.before or one.after):
        lines = [_("The text has changed.")]
    return {"name": _name(one), "value": "", "lines": lines, "quiet": False, "wide": wide, "url": ""}


def _address(name: str, line: Line, *more: int) -> str:
    record = line.record
    where = [record.kind, record.origin_id, record.resource_type, record.fhir_id, *more]
    return reverse(f"records:{name}", args=where)
