"""What the list pages hand to their templates: pager, states of nothing, the "as of" lines."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from ground import times
from records import addresses
from records.addresses import reverse
from records.forms import Asked
from records.models import Source
from records.reading import Listing, Nothing, Row, Year, as_of
from records.views import choice, counting

__all__ = [
    "SHORT",
    "anchored",
    "as_of",
    "asking",
    "empties",
    "in_short",
    "pager",
    "reassures_nobody",
    "warning",
]

_IN_SHORT = {
    "unconnected": gettext_noop("No place is connected yet"),
    "unshared": gettext_noop("Not shared with you"),
    "unshown": gettext_noop("None among what is shared"),
    "waiting": gettext_noop("Not fetched yet"),
    "failed": gettext_noop("Could not be fetched from every place"),
    "refused": gettext_noop("Not sent by every place"),
    "none": gettext_noop("None sent"),
}
SHORT = 5
"""Up to so many lines a list says above alone how many it has."""
_WAY_ON = {"unconnected": "connect:find", "waiting": "connect:places", "none": "connect:places"}
_NO_REASSURANCE = {
    "allergies": gettext_noop("This does not mean you have no allergies."),
    "medicines": gettext_noop("This does not mean you take no medicines."),
}
_NO_REASSURANCE_FOR_OTHERS = {
    "allergies": gettext_noop("This does not mean that there are no allergies."),
    "medicines": gettext_noop("This does not mean that there are no medicines."),
    "conditions": gettext_noop("This does not mean that there are no conditions."),
}


def pager(found: Listing, asked: Asked, here: str) -> dict[str, Any]:
    """The parameters of components/pager.html, on the page at `here`. A year leads to the line on which it
    begins.
    """
    to = partial(choice.address, here, asked)
    return {
        "start": found.start,
        "end": found.end,
        "total": found.total,
        "text": counting.counted(found),
        "previous_url": to(page=found.previous) if found.previous else "",
        "next_url": to(page=found.next) if found.next else "",
        "years": [
            {"year": one.year, "url": f"{to(page=one.page)}#{_anchor(one)}", "current": one.current}
            for one in found.years
        ]
        if len(found.years) > 1 and found.total > len(found.rows)
        else [],
    }


def anchored(found: Listing) -> list[tuple[str, Row]]:
    """Each line with the name that a jump to a year leads to, where one begins on it."""
    names = {one.row: _anchor(one) for one in found.years if one.page == found.page}
    return [(names.get(number, ""), line) for number, line in enumerate(found.rows)]


def other_way(found: Listing, asked: Asked, here: str) -> dict[str, str]:
    """The same choice as records instead of facts, or the other way round; empty where it is the same."""
    if asked.each:
        url = choice.address(here, replace(asked, each=False))
        return {"url": url, "text": _("Show the same thing from several records as one")}
    if not found.grouped or found.everything == found.facts:
        return {}
    return {"url": choice.address(here, replace(asked, each=True)), "text": _("Show each record by itself")}


def _anchor(year: Year) -> str:
    return f"y{year.year}"


def empties(found: Listing, reasons: Iterable[Nothing], here: str) -> list[dict[str, Any]]:
    """The parameters of components/empty.html, one for each reason; nothing where there are rows."""
    if found.rows:
        return []
    why = list(reasons)
    return [_empty(reason, alone=len(why) == 1) for reason in why] or [_empty_choice(found, here)]


def _way_on(reason: str) -> str:
    """Where to go from a reason for nothing; for what a place withholds, how to ask the place itself. Who
    looks at somebody else's can do nothing about it.
    """
    if addresses.are_moved():
        return ""
    if reason == "refused":
        return f"{reverse('portal:help')}#missing"
    name = _WAY_ON.get(reason)
    return reverse(name) if name else ""


def _empty(why: Nothing, *, alone: bool) -> dict[str, Any]:
    """Among other reasons, the places that sent none are named, or "your places" would be too many."""
    named = _(
        "None sent by %(places)s. That does not mean there is nothing:"
        " a place may hold records it does not send."
    )
    return {
        "text": "" if alone or why.reason != "none" else named % {"places": why.place},
        "kind": why.reason,
        "what": "",
        "place": why.place,
        "places": why.places,
        "since": times.day(why.since) if why.since else "",
        "url": _way_on(why.reason),
    }


def warning(slug: str, found: Listing) -> str:
    """An empty list of some kinds could be taken for a reassurance."""
    return reassures_nobody(slug) if found.places and not found.rows else ""


def reassures_nobody(slug: str) -> str:
    """What an empty list of a kind does not mean; "" for most kinds."""
    text = (_NO_REASSURANCE_FOR_OTHERS if addresses.are_moved() else _NO_REASSURANCE).get(slug)
    return _(text) if text else ""


def _empty_choice(found: Listing, here: str) -> dict[str, Any]:
    text = ngettext(
        "There is one record on this list, but it does not fit what you chose.",
        "There are %(all)s records on this list, but none that fit what you chose.",
        found.everything,
    ) % {"all": found.everything}
    return {"kind": "filter", "text": "", "what": text, "place": "", "places": 0, "since": "", "url": here}


def in_short(reasons: Sequence[Nothing]) -> str:
    """The first reason in a few words, for the overview."""
    return _(_IN_SHORT[reasons[0].reason]) if reasons else ""


def asking(places: Iterable[Source]) -> list[Source]:
    """Places whose records wait until the patient has answered a question."""
    return [one for one in places if one.gate == Source.Gate.QUESTION]
