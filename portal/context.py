"""What every page needs to draw its shell."""

from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from ground import scope
from ground.viewer import Viewer
from portal import announcing, sessions, workplaces
from portal.workplaces import Work
from records import reading


def shell(request: HttpRequest) -> dict[str, Any]:
    """What every page shows around itself: names, the patient, kinds of record, announcements."""
    viewer = getattr(request, "viewer", None)
    return {
        "site_name": settings.SITE_NAME,
        "site_logo": settings.SITE_LOGO,
        "support_email": settings.SUPPORT_EMAIL,
        "demo": settings.DEMO,
        "chart": getattr(request, "chart", None),
        "at_work": hasattr(request, "membership"),
        "records_name": _records_name(request),
        "patient": getattr(request, "patient", None),
        "held": getattr(request, "held", []),
        "session_left": sessions.seconds_left(request)[0] if _is_somebody(request) else 0,
        "works": SimpleLazyObject(lambda: _work(request)),
        "announcements": SimpleLazyObject(lambda: _announcements(request)),
        "nav_kinds": SimpleLazyObject(lambda: _kinds(viewer)),
    }


def _is_somebody(request: HttpRequest) -> bool:
    """Whether somebody signed in; error pages may be drawn before we know."""
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated


def _records_name(request: HttpRequest) -> str:
    """What the records on this page are called."""
    chart = getattr(request, "chart", None)
    return _("Records of %(name)s") % {"name": chart.patient.full_name} if chart else _("My records")


def _work(request: HttpRequest) -> Work | None:
    """Where this person works, for the menu; the pages it leads to ask for themselves."""
    try:
        return workplaces.of(request)
    except DatabaseError:
        return None


def _announcements(request: HttpRequest) -> Any:
    """What everybody is told for a while; nothing while the database is away."""
    if not _is_somebody(request):
        return ()
    try:
        return announcing.told(request.user)
    except DatabaseError:
        return ()


def _kinds(viewer: Viewer | None) -> Any:
    """The kinds that have records, with counts: a 0 in a menu would read as "you have none"."""
    if viewer is None or not viewer.patients:
        return ()
    try:
        with scope.open(viewer):
            return tuple(kind for kind in reading.menu(viewer) if kind.count)
    except DatabaseError:
        return ()
