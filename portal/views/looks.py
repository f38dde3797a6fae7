"""Who looked at my records, and asking about a look that one does not recognise."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ground import scope
from ground.scope import scoped
from portal import look_reports, lookers
from portal.requests import SignedIn


@require_safe
@scoped
def looks(request: SignedIn) -> HttpResponse:
    """`/records/looks/`: who looked, day by day, and what was asked about it."""
    page = request.GET.get("page", "1")
    found = lookers.log_of(request.viewer, int(page) if page.isdecimal() and len(page) < 6 else 1)
    reports = look_reports.mine(request.patient) if request.patient is not None else []
    return render(request, "portal/looks/looks.html", {"nav": "looks", "found": found, "reports": reports})


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: SignedIn, look_id: int) -> HttpResponse:
    """`/records/looks/<look>/report/`: ask about it."""
    with scope.open(request.viewer):
        visit = lookers.visit_of(request.viewer, look_id)
    if visit is None or visit.is_own or request.patient is None:
        raise Http404
    if request.method == "POST":
        look_reports.report(patient=request.patient, by=request.user, visit=visit)
        messages.success(request, _("Sent. You find here what came of it."))
        return redirect("portal:looks")
    return render(request, "portal/looks/report.html", {"nav": "looks", "visit": visit})
