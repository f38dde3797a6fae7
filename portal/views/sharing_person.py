"""Sharing with one person: whom, what and until when; then the same preview as for a clinic."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ground import scope
from ground.absence import or_404
from portal import carers
from portal.forms_of_sharing import ChangeForm, PersonForm, ShareForm, initial
from portal.requests import SignedIn
from records import reading
from records.access import NotTheirs
from records.models import Grant
from records.services import sharing
from records.services.sharing import CannotShare, NoSuchGrant, Recipient

_FORM = ["GET", "HEAD", "POST"]


@require_http_methods(_FORM)
def choose(request: SignedIn) -> HttpResponse:
    """`/records/sharing/person/`: a family member or carer, by name and address, and what they see."""
    if not request.viewer.patients:
        return redirect("portal:about")
    with scope.open(request.viewer):
        form = PersonForm(request.POST or None, places=reading.places(request.viewer), user=request.user)
    if request.method == "POST" and form.is_valid():
        drafted = _drafted(request, form, Recipient(form.cleaned_data["name"]))
        if drafted is not None:
            to = {"grant": drafted, "email": form.cleaned_data["email"]}
            carers.prepare(patient_id=request.viewer.patients[0], by=request.user, **to)
            return redirect("portal:share_preview", drafted.public_id)
    return render(request, "portal/sharing/person.html", {"nav": "sharing", "form": form, "held": None})


@require_http_methods(_FORM)
def change(request: SignedIn, public_id: uuid.UUID) -> HttpResponse:
    """`/records/sharing/person/<id>/`: what somebody sees who was named already."""
    with or_404(NoSuchGrant, NotTheirs), scope.open(request.viewer):
        held = sharing.mine(request.viewer, public_id)
        places = reading.places(request.viewer)
    if held.recipient != Grant.Recipient.PERSON or held.offered_at is None:
        raise Http404
    form = ChangeForm(request.POST or None, places=places, initial=initial(held))
    if request.method == "POST" and form.is_valid():
        drafted = _drafted(request, form, Recipient(held.named, person_id=held.person_id))
        if drafted is not None:
            return redirect("portal:share_preview", drafted.public_id)
    return render(request, "portal/sharing/person.html", {"nav": "sharing", "form": form, "held": held})


@require_POST
def still(request: SignedIn, public_id: uuid.UUID) -> HttpResponse:
    """`/records/sharing/<id>/still/`: it is still right, for another year."""
    with or_404(NoSuchGrant, NotTheirs):
        grant = sharing.confirm(viewer=request.viewer, public_id=public_id)
    messages.success(request, _("Kept: %(name)s goes on seeing this.") % {"name": grant.named})
    return redirect("portal:sharing")


def _drafted(request: SignedIn, form: ShareForm, to: Recipient) -> Grant | None:
    try:
        return sharing.draft(viewer=request.viewer, to=to, choice=form.choice())
    except CannotShare:
        form.add_error(None, _("Please check what you chose: this cannot be shared."))
        return None
