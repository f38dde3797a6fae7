"""What happens around every request: an id, headers, the session's clock, and who is looking."""

import logging
import time
import uuid
from collections.abc import Callable
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ground.correlation import request_id, route
from portal import devices, passwords, sessions
from portal.viewers import viewer_of

Answer = Callable[[HttpRequest], HttpResponse]
View = Callable[..., HttpResponseBase]

log = logging.getLogger(__name__)

#: Asked every few seconds by machines; nobody wants a line for each.
_PROBES = ("livez", "readyz", "metrics")
_METHODS = ("GET", "HEAD", "POST")
_PERMISSIONS = "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()"


class RequestId:
    """Gives each request an id that people can quote and logs carry."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = uuid.uuid4().hex[:12]  # type: ignore[attr-defined]
        token, nowhere = request_id.set(request.id), route.set("")  # type: ignore[attr-defined]
        began = time.monotonic()
        try:
            response = self.answer(request)
            response["X-Request-Id"] = request.id  # type: ignore[attr-defined]
            _answered(request, response, began)
            return response
        finally:
            request_id.reset(token)
            route.reset(nowhere)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        """Which page it is, known once its address was looked up."""
        match = request.resolver_match
        route.set(match.view_name if match is not None else "")


def _answered(request: HttpRequest, response: HttpResponse, began: float) -> None:
    """The one line about a request: which kind of address, by its pattern; never the address or its query."""
    match = request.resolver_match
    if match is not None and match.url_name not in _PROBES:
        millis = round((time.monotonic() - began) * 1000)
        told = {"path": match.route, "status": response.status_code, "millis": millis}
        log.info("answered", extra=told)


class PlainMethods:
    """Pages are read and forms are sent, nothing else; some libraries would take PUT for POST. What scripts
    of other sites may ask answers their browsers' question, too.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in _METHODS or (request.method == "OPTIONS" and _answers_other_sites(request)):
            return self.answer(request)
        return HttpResponseNotAllowed(_METHODS)


def _answers_other_sites(request: HttpRequest) -> bool:
    try:
        return getattr(resolve(request.path_info).func, "answers_other_sites", False)
    except Resolver404:
        return False


class Headers:
    """Headers that Django has no setting for, and `no-store` on everything that is not a static file."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        response.setdefault("Permissions-Policy", _PERMISSIONS)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("X-Robots-Tag", "noindex")
        response.setdefault("Cache-Control", "no-store, private")
        return response


class SessionClock:
    """Ends a sign-in that is over (`portal.sessions`); the browser then keeps nothing of the pages."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        was_signed_in = request.user.is_authenticated
        if was_signed_in:
            sessions.tick(request)
        response = self.answer(request)
        if was_signed_in and not request.user.is_authenticated:
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response


class SignInFirst(LoginRequiredMiddleware):
    """Every page is behind the sign-in unless its view says otherwise, and signing in leads back to the page.

    A form that comes too late leads back to the page it stood on: its own address may answer to POST alone.
    """

    def handle_no_permission(self, request: HttpRequest, view_func: View) -> HttpResponseRedirect:
        """To the sign-in page."""
        if request.method in ("GET", "HEAD"):
            return super().handle_no_permission(request, view_func)
        came_from = urlsplit(request.headers.get("Referer", ""))
        is_ours = f"{came_from.scheme}://{came_from.netloc}" == settings.SITE_URL
        return redirect_to_login(came_from.path if is_ours else "/")


class LongerPassword:
    """A password made short because of a second step does not stay when the second step goes."""

    _OPEN = ("account_", "mfa_")

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """To the password page, from any page that is not about signing in and out."""
        name = (request.resolver_match and request.resolver_match.url_name) or ""
        if not getattr(request.user, "password_is_short", False) or name.startswith(self._OPEN):
            return None
        if is_mfa_enabled(request.user):
            return None
        text = _(
            "Without a second step a password needs at least %(least)d characters. Please choose a new one."
        )
        messages.warning(request, text % {"least": passwords.ALONE})
        return redirect("account_change_password")


class KnownBrowser:
    """Hands a browser the cookie by which it is known the next time."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        devices.remember(request, response)
        return response


class WhoIsLooking:
    """Sets request.viewer, and speaks the user's language in the user's time zone."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.patient, request.viewer = viewer_of(request)  # type: ignore[attr-defined]
        if not request.user.is_authenticated:
            return self.answer(request)
        language = request.user.language  # asked now: signing out leaves a request without its user
        with timezone.override(_zone(request.user.time_zone)), translation.override(language):
            response = self.answer(request)
            response.headers.setdefault("Content-Language", language)
            return response


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
