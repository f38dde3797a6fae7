"""Files that only who has just shown who they are may have."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from records.addresses import reverse

CONFIRMED = "confirmed"
"""Stands in the address of the page that such a person is led back to."""
_View = Callable[..., HttpResponseBase]


def confirmed(view: _View) -> _View:
    """Ask for the password first, and lead back to the page with the buttons.

    allauth's own way leads straight to the file. A file opens no page, and who typed the password would be
    left on its form as if it had failed.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        try:
            answer: HttpResponseBase = reauthentication_required(view)(request, *args, **named)
        except ReauthenticationRequired:
            return _asked_first(request)
        return answer

    return guarded


def _asked_first(request: HttpRequest) -> HttpResponseBase:
    methods = get_adapter().get_reauthentication_methods(request.user)
    asking = methods[0]["url"] if methods else reverse("account_login")
    back = f"{reverse('records:take')}?{CONFIRMED}=yes"
    return HttpResponseRedirect(f"{asking}?{urlencode({'next': back})}")
