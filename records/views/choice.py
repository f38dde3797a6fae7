"""What a reader chose, for its page: the fields with what was typed, a chip for each choice, addresses."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from records.fhir.moments import parse
from records.forms import CHOICES, Asked
from records.models import Source
from records.reading import FLAGGED, STATUSES, sought
from records.templatetags.records_words import status_word, when


def shown(here: str, asked: Asked, places: Sequence[Source], slug: str = "") -> dict[str, Any]:
    """The parameters of components/choice.html: `here` is the page's address, `slug` the kind it lists."""
    statuses = [{"value": one, "text": _status(one, slug)} for one in STATUSES.get(slug, ())]
    open_places = [one for one in places if one.gate == Source.Gate.OPEN]
    return {
        "here": here,
        "typed": asked.typed,
        "wrong": asked.wrong,
        "places": open_places if len(open_places) > 1 or asked.sift.place else [],
        "statuses": statuses,
        "chips": chips(here, asked, places, slug),
        "unfolded": bool({"since", "until"} & asked.wrong.keys()),
        **_words(asked.sift.words),
    }


def _words(typed: str) -> dict[str, Any]:
    """What was looked for beyond what was typed, and what was not."""
    asked = sought(typed) if typed else None
    return {
        "also": ", ".join(asked.also) if asked else "",
        "left_out": ", ".join(asked.left_out) if asked else "",
    }


def chips(here: str, asked: Asked, places: Sequence[Source], slug: str = "") -> list[dict[str, str]]:
    """One for each choice: its words, and the address of the same page without it."""
    sift = asked.sift
    names = {one.pk: one.name for one in places}
    told = {
        "q": f"“{sift.words}”" if sift.words else "",
        "since": _("From %(day)s") % {"day": _day(asked.typed["since"], sift.since)} if sift.since else "",
        "until": _("Until %(day)s") % {"day": _day(asked.typed["until"], sift.until)} if sift.until else "",
        "place": names.get(sift.place, _("A place that is not among yours")) if sift.place else "",
        "status": _status(sift.status, slug) if sift.status else "",
    }
    return [{"text": text, "url": address(here, asked, without=name)} for name, text in told.items() if text]


def _day(typed: str, day: date) -> str:
    """A date as precise as it was typed, in the reader's way of writing it."""
    year_or_month = typed.isdecimal() or typed.count("/") == 1
    return typed if year_or_month else when(typed) if parse(typed).sort else date_format(day, "DATE_FORMAT")


def _status(status: str, slug: str) -> str:
    if status == FLAGGED:
        return pgettext("test results", "High, low or not normal")
    return status_word(status, slug)


def address(here: str, asked: Asked, *, page: int = 1, without: str = "") -> str:
    """The same choice on another page, or without one of its parts; always spelled alike."""
    query: dict[str, str | int] = {
        name: text for name, text in _chosen(asked).items() if text and name != without
    }
    if page > 1:
        query["page"] = page
    return f"{here}?{urlencode(query)}" if query else here


def _chosen(asked: Asked) -> Mapping[str, str]:
    """What was chosen and could be read, as it was typed."""
    return {name: asked.typed.get(name, "") for name in CHOICES if name not in asked.wrong}
