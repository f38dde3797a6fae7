"""Putting an announcement away."""

import uuid
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from portal import announcing
from portal.requests import SignedIn


@require_POST
def away(request: SignedIn, public_id: uuid.UUID) -> HttpResponse:
    """`/announcements/<id>/away/`: show it to this person no more, and go on where they were."""
    if not announcing.put_away(user=request.user, public_id=public_id):
        raise Http404
    came_from = urlsplit(request.headers.get("Referer", ""))
    is_ours = f"{came_from.scheme}://{came_from.netloc}" == settings.SITE_URL
    here = f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path
    return HttpResponseRedirect(here if is_ours and here.startswith("/") else reverse("portal:home"))
