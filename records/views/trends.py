"""The page of one test over time: a sentence, a chart and a table that all say the same."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from ground.absence import or_404
from ground.scope import scoped
from records import reading
from records.addresses import reverse
from records.fhir.series import Band, LeftOut, Point
from records.reading import OverTime, Taken, Trend
from records.reading.lines import Line
from records.templatetags.records_words import flag_word, status_word, when
from records.views import layout, telling
from records.views.chart import NARROW, WIDE, Dot, Drawing, draw
from records.views.visit import Visit


@require_safe
@scoped
def trend(request: Visit, slug: str, origin: int, name: str, key: str) -> HttpResponse:
    """One test over time. A record that has moved to another kind is found from its old address too."""
    with or_404(reading.NotThere):
        found = reading.trend(request.viewer, origin, name, key)
    if found.asked.record.kind != slug:
        return redirect(address(found.asked))
    return render(request, "records/trend.html", {"nav": slug, **page(found)})


def address(line: Line) -> str:
    """The page of the test that a record is a result of. Made of ids alone: which tests somebody had is told
    by no address.
    """
    record = line.record
    return reverse(
        "records:trend", args=[record.kind, record.origin_id, record.resource_type, record.fhir_id]
    )


def offer(found: OverTime | None) -> str:
    """The words of the link that leads here, "" where there is nothing to compare."""
    if found is None:
        return ""
    text = ngettext(
        "See how it changed over time: %(count)d result since %(year)d",
        "See how it changed over time: %(count)d results since %(year)d",
        found.count,
    )
    return text % {"count": found.count, "year": found.since}


def page(found: Trend) -> dict[str, Any]:
    """The context of records/trend.html."""
    why = dict(found.series.left)
    turned = {point.entry: point for point in found.series.points if _is_turned(found, point)}
    return {
        "title": _("%(name)s over time") % {"name": found.asked.title},
        "back_url": found.asked.url,
        "back_text": found.asked.title,
        "sentence": telling.sentence(found),
        "summary": telling.summary(found) if found.series.points else "",
        "drawings": _drawings(found),
        "legend": _legend(found),
        "left_out": telling.left_out(found),
        "rows": [_row(found, entry, one, why, turned) for entry, one in enumerate(found.taken)],
        "has_more": found.has_more,
        "most": len(found.taken),
        "as_of": layout.as_of(found.places),
    }


def _is_turned(found: Trend, point: Point) -> bool:
    return found.taken[point.entry].measured.readings[0].unit != found.series.unit


def _row(
    found: Trend, entry: int, one: Taken, why: Mapping[int, LeftOut], turned: Mapping[int, Point]
) -> dict[str, Any]:
    """A line of the table."""
    line, in_chart = one.line, ""
    if entry in turned:
        in_chart = _("%(value)s in the chart") % {"value": telling.value(found, turned[entry])}
    is_marked = line.record.status in line.kind.marked
    return {
        "date": when(line.record.when) or _("No date given"),
        "url": line.url,
        "value": one.measured.value or _("No value sent"),
        "flag": flag_word(line.record.flag),
        "tone": "good" if line.record.flag == "N" else "high",
        "note": telling.not_drawn(why[entry]) if entry in why else in_chart,
        "status": status_word(line.record.status, line.record.kind) if is_marked else "",
        "range": one.measured.range or _("None sent"),
        "place": line.place,
    }


def _drawings(found: Trend) -> list[Drawing]:
    """The chart for a phone and for a wide page; none for a single result, which has nothing to draw."""
    points = found.series.points
    if len(points) < 2:
        return []
    labs = _labs(found)
    same_day = len({telling.day(found.taken[one.entry].line.record.when) for one in points}) == 1
    dots = [_dot(found, point, labs, same_day=same_day) for point in points]
    newest = telling.value(found, points[-1])
    both = [telling.written(one) for one in points[-1].numbers]
    last = both if len(both) > 1 else [newest]
    return [draw(frame, dots, last, found.series.shown) for frame in (NARROW, WIDE)]


def _dot(found: Trend, point: Point, labs: Mapping[int, int], *, same_day: bool) -> Dot:
    taken = found.taken[point.entry]
    line = taken.line
    words = [telling.value(found, point), flag_word(line.record.flag), line.place]
    return Dot(
        point.at,
        point.first,
        point.last,
        tuple(map(float, point.numbers)),
        tuple((_side(band.low), _side(band.high)) for band in point.bands),
        labs[line.record.source_id],
        not point.breaks,
        line.record.flag not in ("", "N"),
        when(line.record.when) if same_day else telling.day(line.record.when),
        f"{when(line.record.when)}: {', '.join(filter(None, words))}",
    )


def _side(number: Any) -> float | None:
    return None if number is None else float(number)


def _labs(found: Trend) -> dict[int, int]:
    """The places in the order in which they first sent a result, by number."""
    sources = [found.taken[point.entry].line.record.source_id for point in found.series.points]
    return {source: number for number, source in enumerate(dict.fromkeys(sources))}


def _legend(found: Trend) -> list[dict[str, Any]]:
    """What the lines and the shaded ranges are; nothing that does not appear in the chart."""
    points = found.series.points
    if len(points) < 2:
        return []
    items = []
    if len(points[0].numbers) > 1:
        items = [
            {"mark": "upper", "text": _("Upper number (systolic)")},
            {"mark": "lower", "text": _("Lower number (diastolic)")},
        ]
    if any(found.taken[point.entry].line.record.flag not in ("", "N") for point in points):
        items.append({"mark": "out", "text": _("Marked as out of range, see the table")})
    return items + _ranges(found)


def _ranges(found: Trend) -> list[dict[str, Any]]:
    """The ranges of each lab, as it sent them."""
    labs = _labs(found)
    said: dict[int, dict[str, None]] = {number: {} for number in labs.values()}
    places: dict[int, str] = {}
    for point in found.series.points:
        taken = found.taken[point.entry]
        number = labs[taken.line.record.source_id]
        places[number] = taken.line.place
        if any(band != Band(None, None) for band in point.bands) and taken.measured.range:
            said[number][taken.measured.range] = None
    text = _("Range of %(place)s: %(ranges)s")
    return [
        {"mark": f"range-{number % 3}", "text": text % {"place": places[number], "ranges": "; ".join(ranges)}}
        for number, ranges in said.items()
        if ranges
    ]
