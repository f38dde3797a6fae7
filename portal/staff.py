"""Who may open a staff page: whoever works at a clinic now and has a second step, asked on each request."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from portal import sessions, workplaces
from portal.models import Role
from portal.viewers import staff_of

View = Callable[..., HttpResponse]


def staff_page(*roles: Role) -> Callable[[View], View]:
    """A view for staff, of these roles where any are named; to everybody else there is no such page.

    Who works at several clinics says first at which one now. The view finds `request.membership`, and as
    `request.viewer` the clinic with no patient in reach: a page that shows records asks
    `portal.viewers.staff_viewer` for the one it is about.
    """

    def guarded(view: View) -> View:
        @wraps(view)
        def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            work = workplaces.of(request)
            if work is None or (roles and all(one.role not in roles for one in work.every)):
                raise Http404
            if not is_mfa_enabled(request.user):
                messages.warning(request, _("Pages of your clinic need a second step. Please set one up."))
                return redirect("mfa_index")
            sessions.at_work(request)
            if work.now is None:
                return _chosen_first(request)
            if roles and work.now.role not in roles:
                raise Http404
            request.membership, request.viewer = work.now, staff_of(work.now)  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        return inside

    return guarded


def _chosen_first(request: HttpRequest) -> HttpResponse:
    """To the page that asks at which clinic somebody works now, and from there back."""
    address = reverse("portal:clinic_choose")
    to = request.get_full_path() if request.method in ("GET", "HEAD") else ""
    return redirect(f"{address}?{urlencode({'to': to})}" if to else address)
