"""What the home page says: what is new, and how each place stands. Called inside the viewer's scope."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from connect import services as connections
from ground.viewer import Viewer
from records import reading
from records.views import news


def greeting(now: datetime) -> str:
    """Good morning, afternoon or evening, by the reader's own clock."""
    if 4 <= now.hour < 12:
        return _("Good morning")
    return _("Good afternoon") if now.hour < 18 else _("Good evening")


def of(viewer: Viewer, patient_id: int) -> dict[str, Any]:
    """`places`: one card each; `kinds`: what there is to read, with counts, and once more for the shell of
    the page (`nav_kinds`); `fresh`: what is new;
    `fresh_text`: that in a sentence; `collecting`: whether some place is sending right now.
    """
    places = connections.cards(patient_id)
    kinds = tuple(kind for kind in reading.menu(viewer) if kind.count)
    fresh = reading.since(viewer)
    return {
        "places": places,
        "collecting": any(place["progress"] for place in places),
        "kinds": kinds,
        "nav_kinds": kinds,
        "fresh": fresh,
        "fresh_text": news.sentence(fresh),
    }
