"""What happens around every request: an id, headers, the session's clock, and who is looking."""

import uuid
from collections.abc import Callable
from time import time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from ground.correlation import request_id
from portal.viewers import viewer_of

Answer = Callable[[HttpRequest], HttpResponse]

_PERMISSIONS = "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()"


class RequestId:
    """Gives each request an id that people can quote and logs carry."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = uuid.uuid4().hex[:12]  # type: ignore[attr-defined]
        token = request_id.set(request.id)  # type: ignore[attr-defined]
        try:
            response = self.answer(request)
            response["X-Request-Id"] = request.id  # type: ignore[attr-defined]
            return response
        finally:
            request_id.reset(token)


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
    """Ends a session after a quiet quarter of an hour, and after half a day in any case.

    A page that asks by itself (a progress bar) does not count as a sign of life; it sends `X-Quiet: yes`.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            self._tick(request)
        return self.answer(request)

    def _tick(self, request: HttpRequest) -> None:
        now = int(time())
        began = request.session.setdefault("began_at", now)
        seen = request.session.get("seen_at", now)
        if now - seen > settings.SESSION_IDLE_SECONDS or now - began > settings.SESSION_LONGEST_SECONDS:
            logout(request)
            request.user = AnonymousUser()
        elif "X-Quiet" not in request.headers:
            request.session["seen_at"] = now


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
