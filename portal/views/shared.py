"""What others share with this person: the list of them, saying yes or no to one more, and not any more."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ground.absence import or_404
from portal import carers
from portal.requests import SignedIn
from portal.sharing_words import scope_of
from records.services import reach, sharing
from records.services.sharing import NoSuchGrant


@require_safe
def mine(request: SignedIn) -> HttpResponse:
    """`/shared/`: whose records this person may see."""
    found = reach.patients(carers.of(request.user))
    rows = [{"patient": one.patient, "scope": scope_of(one)} for one in found.grants]
    return render(request, "portal/shared/mine.html", {"nav": "shared", "rows": rows})


@require_safe
def one(request: SignedIn, public_id: uuid.UUID) -> HttpResponse:
    """`/shared/<id>/`: to a patient's records."""
    with or_404(reach.NotShared):
        reach.grant_of(carers.of(request.user), public_id)
    return redirect("shared:overview", public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: SignedIn, word: str) -> HttpResponse:
    """`/shared/join/<word>/`: say yes or no, signed in with the address it was sent to."""
    found = carers.asked(request.user, word)
    if found is None:
        raise Http404
    asked, grant = found
    if request.method == "POST" and "no" in request.POST:
        carers.decline(user=request.user, asked=asked)
        messages.success(request, _("You said no. Nothing is shown to you."))
        return redirect("portal:shared")
    if request.method == "POST":
        try:
            carers.accept(user=request.user, asked=asked)
        except NoSuchGrant:
            messages.error(request, _("You see records of theirs already."))
        return redirect("portal:shared")
    page = {"nav": "shared", "sharer": asked.patient, "grant": grant, "scope": scope_of(grant)}
    return render(request, "portal/shared/join.html", page)


@require_POST
def end(request: SignedIn, public_id: uuid.UUID) -> HttpResponse:
    """`/shared/<id>/end/`: this person does not want to see them any more."""
    viewer = carers.of(request.user)
    with or_404(reach.NotShared):
        grant = reach.grant_of(viewer, public_id)
    sharing.stop_as_person(viewer, grant_id=grant.pk)
    messages.success(request, _("Ended. You see nothing of theirs from now on."))
    return redirect("portal:shared")
