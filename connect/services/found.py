"""Places that a search found, as cards: what tells them apart, how each stands, and a brand's own together.

A brand may have several portals, one for each kind of record software or town, and people know only the
one where they sign in: so its entries stand under one heading, each with its town and its portal.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from connect import directory
from connect.models import Connection, Place
from connect.services.cards import cards

State = Connection.State

#: What patients call the portal of each maker of record software, where it is mostly called so.
_CALLED = {
    "epic": "MyChart",
    "cerner": "HealtheLife",
    "eclinicalworks": "healow",
    "allscripts": "FollowMyHealth",
}
_PART_OF_BRAND = re.compile(r"\s+[-–—|]\s+|\s*\((?!demo\))")


def groups(places: Sequence[Place], patient_id: int) -> list[dict[str, Any]]:
    """Inside the viewer's scope: brand and cards, in the order of the places; no brand for places alone.

    Each card is what `components/place_card.html` takes.
    """
    standing = {card["key"]: card for card in cards(patient_id)}
    how_many = Counter(_folded_brand(place) for place in places)
    found: list[dict[str, Any]] = []
    for place in places:
        brand = _brand(place) if how_many[_folded_brand(place)] > 1 else ""
        _group(found, brand)["cards"].append(_card(place, standing.get(place.key)))
    return found


def portal(place: Place) -> str:
    """Whose portal it is, as patients know it: "MyChart by Epic"; empty where the directory does not say."""
    called = _CALLED.get(place.ehr.lower(), "")
    maker = {"maker": place.ehr, "name": called}
    if called:
        return _("portal by %(maker)s, often called %(name)s") % maker
    return _("portal by %(maker)s") % maker if place.ehr else ""


def _group(found: list[dict[str, Any]], brand: str) -> dict[str, Any]:
    """The group of a brand, wherever it stands; for a place alone the last group, or a new one below it."""
    folded = directory.fold(brand)
    among = found if brand else found[-1:]
    for group in among:
        if directory.fold(group["brand"]) == folded:
            return group
    found.append({"brand": brand, "cards": []})
    return found[-1]


def _brand(place: Place) -> str:
    """The name without what comes after a dash or in brackets: a town, a department, a portal."""
    return _PART_OF_BRAND.split(place.name)[0].replace("(demo)", "").strip()


def _folded_brand(place: Place) -> str:
    return directory.fold(_brand(place))


def _card(place: Place, standing: dict[str, Any] | None) -> dict[str, Any]:
    plan = _("health plan: claims and coverage") if place.kind == Place.Kind.PLAN else ""
    note = " · ".join(filter(None, (plan, portal(place))))
    told = {"name": place.name, "where": place.where, "note": note, "initials": place.initials}
    return {**told, "state": "", "tone": "", **_next_step(place, standing)}


def _next_step(place: Place, standing: dict[str, Any] | None) -> dict[str, Any]:
    """How a place stands already, and the button: to connect it, or to go on where one left it."""
    here = reverse("connect:place", args=[place.key])
    if standing is None:
        return {"url": here, "label": _("Connect"), "plain": False}
    told = {"state": standing["state"], "tone": standing["tone"], "plain": True}
    match standing["how"]:
        case State.CONNECTED:
            return {**told, "state": _("Already connected"), "url": here, "label": _("See how it stands")}
        case State.LAPSED | State.QUESTION:
            return {**told, "url": standing["action_url"], "label": standing["action"]}
        case State.CONFIRMING | State.COLLECTING:
            return {**told, "url": here, "label": _("See how it stands")}
        case _:
            return {**told, "plain": False, "url": here, "label": _("Connect")}
