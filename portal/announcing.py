"""What stands at the top of every page for whoever is signed in, until it is over or put away."""

import uuid
from typing import Any

from django.db.models.functions import Now

from portal.models import Announcement, PutAway, User


def told(user: Any) -> list[Announcement]:
    """What this user is told now, the newest first."""
    now = Announcement.objects.filter(begins_at__lte=Now(), ends_at__gt=Now())
    return list(now.exclude(put_away__user=user).order_by("-begins_at", "-pk"))


def put_away(*, user: User, public_id: uuid.UUID) -> bool:
    """Show it to this user no more; whether there is one of that name."""
    found = Announcement.objects.filter(public_id=public_id).first()
    if found is not None:
        PutAway.objects.get_or_create(announcement=found, user=user)
    return found is not None
