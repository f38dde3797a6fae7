"""Who may open a staff page: whoever works at a clinic now and has a second step, asked on each request."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from portal import clinics, sessions
from portal.models import Role
from portal.viewers import staff_of

View = Callable[..., HttpResponse]


def staff_page(*roles: Role) -> Callable[[View], View]:
    """A view for staff, of these roles where any are named; to everybody else there is no such page.

    It finds `request.membership`, and as `request.viewer` the clinic with no patient in reach: a page that
    shows records asks `portal.viewers.staff_viewer` for the one it is about.
    """

    def guarded(view: View) -> View:
        @wraps(view)
        def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            membership = clinics.membership_of(request.user)  # type: ignore[arg-type]
            if membership is None or (roles and membership.role not in roles):
                raise Http404
            if not is_mfa_enabled(request.user):
                messages.warning(request, _("Pages of your clinic need a second step. Please set one up."))
                return redirect("mfa_index")
            sessions.at_work(request)
            request.membership, request.viewer = membership, staff_of(membership)  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        return inside

    return guarded
