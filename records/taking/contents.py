"""The first page of a take-out zip: whose it is, what is in it, where it came from, and what is missing."""

from collections import defaultdict
from typing import Any

from django.utils.translation import gettext as _

from ground import scope, times
from ground.viewer import Viewer
from records import reading
from records.fhir.kinds import BY_SLUG
from records.models import Source
from records.taking import naming
from records.taking.pages import Frame
from records.templatetags.records_words import when


def places(viewer: Viewer) -> tuple[Source, ...]:
    """The places whose records may be shown."""
    with scope.open(viewer):
        return tuple(one for one in reading.places(viewer) if one.gate == Source.Gate.OPEN)


def heading(name: str) -> tuple[str, str]:
    """What the page of a kind is called, and a sentence on what is in it."""
    if name == naming.WITHDRAWN:
        return _("Entered in error"), _(
            "Your places have withdrawn these records. They are in none of the lists; here they are as they"
            " came."
        )
    return _(BY_SLUG[name].heading), _(BY_SLUG[name].purpose)


_ALSO = {
    "results": naming.RESULTS,
    "own": naming.OWN,
    "summary": naming.SUMMARY,
    "fhir": "fhir/",
    "files": "files/",
    "manifest": naming.MANIFEST,
    "sums": naming.SUMS,
}
Drawn = dict[str, list[tuple[str, str, int]]]


def index(frame: Frame, viewer: Viewer, until: int, total: int, drawn: Drawn) -> str:
    """The page itself. `until`: the feed's number up to which records are in it; `drawn`: for each kind the
    first and the last date of each of its pages and how many records.
    """
    with scope.open(viewer):
        now = reading.amounts(viewer)
        found = reading.completeness(viewer)
    return frame.page(
        "index",
        "",
        names=_ALSO,
        total=total,
        has_changed=now.until != until,
        contents=[_kind(name, parts) for name, parts in drawn.items()],
        places=[{"name": one.name, "collected": _collected(one)} for one in places(viewer)],
        missing=[told for place in found.places if (told := _missing(found, place))["states"]],
    )


def _collected(place: Source) -> str:
    when = place.collected_at
    return times.moment(when) if when else ""


def _kind(name: str, parts: list[tuple[str, str, int]]) -> dict[str, Any]:
    title, purpose = heading(name)
    return {
        "heading": title,
        "purpose": purpose,
        "count": sum(count for _first, _last, count in parts),
        "pages": [
            {"file": naming.page(name, number), "text": _span(first, last)}
            for number, (first, last, _count) in enumerate(parts, start=1)
        ],
    }


def _span(first: str, last: str) -> str:
    """From when to when the records of a page are, by the year or the month."""
    ends = [when(one[:7]) if one else _("without a date") for one in (last, first)]
    return ends[0] if ends[0] == ends[1] else _("%(first)s to %(last)s") % {"first": ends[0], "last": ends[1]}


def _missing(found: reading.Completeness, place: Source) -> dict[str, Any]:
    """What a place did not send, by the reason why."""
    reasons: dict[reading.State, list[str]] = defaultdict(list)
    for kind, cells in found.rows:
        for cell in cells:
            if cell.place == place and cell.state != "received":
                reasons[cell.state].append(_(kind.heading))
    told = [{"text": _(reading.STATES[state]), "kinds": ", ".join(kinds)} for state, kinds in reasons.items()]
    return {"name": place.name, "states": told}
