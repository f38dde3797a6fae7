"""What the page of one record says beside its facts: the way to its trend, and the source's own words."""

from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _

from records import reading
from records.reading import Found
from records.views import counting, layout, trends


def page(found: Found, *, words: bool) -> dict[str, Any]:
    """The context of records/one.html; `words`: the source's own narrative was asked for."""
    return {
        **asdict(reading.told(found)),
        "found": found,
        "held": found.held,
        "held_kinds": found.held.by_kind(),
        "kind": found.line.kind,
        "heading": _(found.line.kind.heading),
        "trend": {"url": trends.address(found.line), "text": trends.offer(found.over_time)},
        "same": _same(found),
        "has_words": bool(found.row.narrative),
        "words": reading.narrative(found.row.narrative) if words else "",
        "as_of": layout.as_of([found.record.source]),
    }


def _same(found: Found) -> dict[str, Any]:
    """The other records of the same fact, where there are any: how many, and on what places differ."""
    same = found.together
    if same is None or same.total < 2:
        return {}
    told = {"count": counting.records_of(same.total, same.places)}
    return {"url": same.together_url, "text": _("See %(count)s side by side") % told, "differs": same.differs}
