"""What a clinic may see of all its patients as one file, asked for and fetched by a lead."""

import uuid

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.models import Role
from portal.requests import AtWork
from portal.staff import staff_page
from records.models import Handout
from records.taking import handing


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Role.LEAD)
def handout(request: AtWork) -> HttpResponse:
    """`/clinic/export/`: how the clinic's file stands; posted, have one made. Asks for the password first."""
    answer: HttpResponse = _stands(request)
    return answer


@require_safe
@staff_page(Role.LEAD)
def handout_file(request: AtWork, public_id: uuid.UUID) -> HttpResponse:
    """`/clinic/export/<id>/`: the file, with what is shared at this moment of what is in it."""
    found = handing.find(request.viewer, public_id)
    if found is None:
        raise Http404
    answer: HttpResponse = _handed(request, found)
    return answer


@reauthentication_required(app="portal")  # type: ignore[untyped-decorator]
def _stands(request: AtWork) -> HttpResponse:
    if request.method == "POST":
        handing.ask(request.viewer)
        messages.success(request, _("The file is being made."))
        return redirect("portal:handout")
    page = {"nav": "clinic", "clinic": request.membership.clinic, "file": handing.latest(request.viewer)}
    return render(request, "portal/clinic/export.html", page)


@reauthentication_required(app="portal")  # type: ignore[untyped-decorator]
def _handed(request: AtWork, found: Handout) -> StreamingHttpResponse:
    lines = handing.handed(request.viewer, found)
    answer = StreamingHttpResponse(lines, content_type="application/fhir+ndjson")
    answer["Content-Disposition"] = 'attachment; filename="records.ndjson"'
    return answer
