"""Records that patients offer a clinic: accept, with the clinic's own number for the patient, or decline."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ground import qr
from ground.absence import or_404
from portal.forms_of_clinics import AnswerForm
from portal.requests import AtWork
from portal.sharing_words import scope_of
from portal.staff import staff_page
from records.models import Grant
from records.services import sharing
from records.services.sharing import NoSuchGrant


@require_safe
@staff_page()
def offers(request: AtWork) -> HttpResponse:
    """`/clinic/offers/`: who wants to share with this clinic, the first one first."""
    rows = [{"grant": one, "scope": scope_of(one)} for one in sharing.offered_to(request.viewer)]
    clinic = request.membership.clinic
    page = {"nav": "offers", "clinic": clinic, "rows": rows, "link": _link(clinic.share_code)}
    return render(request, "portal/clinic/offers.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page()
def offer(request: AtWork, public_id: uuid.UUID) -> HttpResponse:
    """`/clinic/offers/<id>/`: one of them, and the answer."""
    form = AnswerForm(request.POST or None)
    with or_404(NoSuchGrant):
        if request.method == "POST" and form.is_valid():
            return _answered(request, public_id, form)
        grant = _waiting(request, public_id)
    page = {"nav": "offers", "grant": grant, "scope": scope_of(grant), "form": form}
    return render(request, "portal/clinic/offer.html", page)


@require_safe
@staff_page()
def code(request: AtWork) -> HttpResponse:
    """`/clinic/code.svg`: the address that leads to sharing with this clinic, as a QR code to print."""
    link = _link(request.membership.clinic.share_code)
    return HttpResponse(qr.svg(link), content_type="image/svg+xml")


def _link(share_code: str) -> str:
    return settings.SITE_URL + reverse("portal:share", args=[share_code])


def _waiting(request: AtWork, public_id: uuid.UUID) -> Grant:
    found = (one for one in sharing.offered_to(request.viewer) if one.public_id == public_id)
    grant = next(found, None)
    if grant is None:
        raise NoSuchGrant
    return grant


def _answered(request: AtWork, public_id: uuid.UUID, form: AnswerForm) -> HttpResponse:
    """Raises NoSuchGrant, also where a colleague was quicker."""
    grant = _waiting(request, public_id)
    told = {"name": grant.patient.full_name}
    if form.cleaned_data["action"] == "accept":
        sharing.accept(viewer=request.viewer, public_id=public_id, number=form.cleaned_data["number"])
        messages.success(request, _("Accepted. %(name)s is among your patients now.") % told)
    else:
        sharing.decline(viewer=request.viewer, public_id=public_id)
        messages.success(request, _("Declined. %(name)s is told so.") % told)
    return redirect("portal:clinic_offers")
