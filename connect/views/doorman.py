"""Whom these pages let in: somebody who is signed in and has said whose records they look after; and to what:
their own connections alone.
"""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from connect import services
from connect.models import Connection
from ground import scope

View = Callable[..., HttpResponse]


def for_patient(view: View) -> View:
    """Ask for name and birth date first: a place's records are compared with them."""

    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.patient is None:  # type: ignore[attr-defined]
            return redirect("portal:about")
        return view(request, *args, **kwargs)

    return inside


def connection_of(request: HttpRequest, public_id: uuid.UUID) -> Connection:
    """One of the viewer's connections; else the same 404 for somebody else's as for none."""
    with scope.open(request.viewer):  # type: ignore[attr-defined]
        connection = services.connection(request.patient, public_id)  # type: ignore[attr-defined]
    if connection is None:
        raise Http404
    return connection
