"""Whom these pages let in: somebody who is signed in and has said whose records they look after."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

View = Callable[..., HttpResponse]


def for_patient(view: View) -> View:
    """Ask for name and birth date first: a place's records are compared with them."""

    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.patient is None:  # type: ignore[attr-defined]
            return redirect("portal:about")
        return view(request, *args, **kwargs)

    return inside
