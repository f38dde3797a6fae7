"""Pages for when something went wrong: what happened, that nothing was lost, what to do."""

import sys

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.urls import reverse

from portal import clinics
from portal.models import User

_COME_AGAIN = {"Retry-After": "10"}  # seconds; a database that restarts is back by then


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old or came from elsewhere; nothing was changed."""
    return _page(request, "403_csrf.html", 403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return _page(request, "400.html", 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return _page(request, "403.html", 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: not there, or not yours; the same page for both. Who works at a clinic is told on its pages what
    that may mean there, and how to go on; which page it was asks nothing of what was asked for.
    """
    return _page(request, "errors/404_clinic.html" if _is_at_work(request) else "404.html", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: with the request's id to quote. Asks no session and no database, since they may be the trouble.

    503 where the database could not be asked just now: that passes, and machines are told when to come again.
    """
    passes = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    page = get_template("500.html").render(
        {"request_id": getattr(request, "id", ""), "site_name": settings.SITE_NAME}
    )
    return HttpResponse(page, status=503, headers=_COME_AGAIN) if passes else HttpResponse(page, status=500)


def _is_at_work(request: HttpRequest) -> bool:
    """Whether somebody of a clinic asked for one of its pages."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not request.path.startswith(reverse("portal:clinic")):
        return False
    try:
        return bool(clinics.memberships_of(user))
    except DatabaseError:
        return False


def _page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    context = {"request_id": getattr(request, "id", "")}
    return render(request, template, context, status=status)
