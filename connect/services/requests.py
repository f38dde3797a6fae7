"""Asking for a place that no search finds."""

from datetime import timedelta

from django.db.models.functions import Now

from connect.models import PlaceRequest
from ground.viewer import Viewer

A_DAY = 10
_DAY = timedelta(days=1)


class TooMany(Exception):
    """This account has asked for as many places as one asks for in a day."""


def ask_for(*, viewer: Viewer, name: str, where: str = "", address: str = "") -> PlaceRequest:
    """Note a wish for a place; the same wish again is the same row. Raises `TooMany`."""
    user_id = int(viewer.user_id or 0)
    mine = PlaceRequest.objects.filter(user_id=user_id)
    wish = {"name": name.strip(), "where": where.strip(), "address": address.strip()}
    if mine.filter(created_at__gt=Now() - _DAY).count() >= A_DAY:
        raise TooMany
    made: PlaceRequest = mine.get_or_create(**wish, answered_at=None, defaults={"user_id": user_id})[0]
    return made
