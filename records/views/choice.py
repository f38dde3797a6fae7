"""What a reader chose, for its page: the fields with what was typed, a chip for each choice, addresses."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from records.addresses import reverse
from records.fhir.kinds import BY_SLUG
from records.fhir.moments import parse
from records.forms import CHOICES, Asked
from records.models import Source
from records.reading import FLAGGED, STATUSES, KindCount, sought
from records.templatetags.records_words import status_word, when


def shown(
    here: str, asked: Asked, places: Sequence[Source], slug: str = "", kinds: Iterable[KindCount] = ()
) -> dict[str, Any]:
    """The parameters of components/choice.html: `here` is the page's address, `slug` the kind it lists,
    `kinds` those to choose among.
    """
    statuses = [{"value": one, "text": _status(one, slug)} for one in STATUSES.get(slug, ())]
    open_places = [one for one in places if one.gate == Source.Gate.OPEN]
    return {
        "here": here,
        "typed": asked.typed,
        "wrong": asked.wrong,
        "places": open_places if len(open_places) > 1 or asked.sift.place else [],
        "statuses": statuses,
        "kinds": [
            {"value": one.slug, "text": one.heading, "checked": one.slug in asked.sift.kinds} for one in kinds
        ],
        "chips": chips(here, asked, places, slug),
        "unfolded": bool({"since", "until"} & asked.wrong.keys()),
        "each": asked.each,
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
    return [
        {"text": _said(name, text, asked, places, slug), "url": address(here, asked, without=(name, text))}
        for name, text in _chosen(asked)
    ]


def _said(name: str, text: str, asked: Asked, places: Sequence[Source], slug: str) -> str:
    """A choice in words."""
    sift = asked.sift
    if name == "since" and sift.since:
        return _("From %(day)s") % {"day": _day(text, sift.since)}
    if name == "until" and sift.until:
        return _("Until %(day)s") % {"day": _day(text, sift.until)}
    if name == "place":
        names = {one.pk: one.name for one in places}
        return names.get(sift.place or 0, _("A place that is not among yours"))
    if name == "status":
        return _status(text, slug)
    return _(BY_SLUG[text].heading) if name == "kind" else f"“{text}”"


def _day(typed: str, day: date) -> str:
    """A date as precise as it was typed, in the reader's way of writing it."""
    year_or_month = typed.isdecimal() or typed.count("/") == 1
    return typed if year_or_month else when(typed) if parse(typed).sort else date_format(day, "DATE_FORMAT")


def _status(status: str, slug: str) -> str:
    if status == FLAGGED:
        return pgettext("test results", "High, low or not normal")
    return status_word(status, slug)


def address(here: str, asked: Asked, *, page: int = 1, without: tuple[str, str] = ("", "")) -> str:
    """The same choice on another page, or without one of its parts; always spelled alike."""
    query: list[tuple[str, str | int]] = [one for one in _chosen(asked) if one != without]
    if asked.each:
        query.append(("each", "yes"))
    if page > 1:
        query.append(("page", page))
    return f"{here}?{urlencode(query)}" if query else here


def saving(asked: Asked, page: str, *args: object) -> dict[str, str]:
    """The same choice as a PDF and as plain text: the parameters of components/save.html."""
    return {ending: address(reverse(f"{page}_{ending}", args=args), asked) for ending in ("pdf", "text")}


def elsewhere(asked: Asked) -> str:
    """The same words among all records, without the other choices; nothing where there are none."""
    return f"{reverse('records:search')}?{urlencode({'q': asked.sift.words})}" if asked.sift.words else ""


def _chosen(asked: Asked) -> list[tuple[str, str]]:
    """What was chosen and could be read, as it was typed: a name and a text for each choice."""
    single = [(name, asked.typed.get(name, "")) for name in CHOICES if name not in asked.wrong]
    return [*((name, text) for name, text in single if text), *(("kind", one) for one in asked.sift.kinds)]
