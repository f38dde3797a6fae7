"""Your clinic: who works there, asking somebody to join, ending that, and helping somebody back in."""

import uuid

from allauth.account.decorators import reauthentication_required
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clinics, workplaces
from portal.forms_of_clinics import ClinicForm, InviteForm
from portal.models import Membership, Role
from portal.requests import AtWork, SignedIn
from portal.staff import staff_page

_FORM = ["GET", "HEAD", "POST"]


@require_safe
@staff_page()
def clinic(request: AtWork) -> HttpResponse:
    """`/clinic/`: who works here; for leads also who was asked to, and what they can do about either."""
    mine = request.membership
    page = {"nav": "clinic", "mine": mine, "members": clinics.members(mine.clinic), "leads": _leads(mine)}
    page["invitations"] = clinics.invitations(mine.clinic) if page["leads"] else []
    return render(request, "portal/clinic/clinic.html", page)


@require_http_methods(_FORM)
def choose(request: SignedIn) -> HttpResponse:
    """`/clinic/choose/`: at which of their clinics somebody works now, for this sign-in."""
    work = workplaces.of(request)
    if work is None:
        raise Http404
    form = ClinicForm(request.POST or None, work=work)
    if request.method == "POST" and form.is_valid():
        workplaces.choose(request, form.cleaned_data["clinic"])
        to, below = request.GET.get("to", ""), reverse("portal:clinic")
        return HttpResponseRedirect(to if to.startswith(below) else reverse("portal:patients"))
    return render(request, "portal/clinic/choose.html", {"nav": "choose", "form": form})


@require_safe
@staff_page()
def guide(request: AtWork) -> HttpResponse:
    """`/clinic/help/`: how all of it works, for who works here."""
    return render(request, "portal/clinic/guide.html", {"nav": "clinic", "mine": request.membership})


@require_http_methods(_FORM)
@staff_page(Role.LEAD)
def invite(request: AtWork) -> HttpResponse:
    """`/clinic/invite/`: ask somebody by mail to join."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            clinics.invite(clinic=request.membership.clinic, by=request.user, **form.cleaned_data)
        except clinics.AlreadyThere:
            form.add_error("email", _("Somebody with this address works at your clinic already."))
        else:
            messages.success(request, _("Invitation sent to %(email)s.") % form.cleaned_data)
            return redirect("portal:clinic")
    return render(request, "portal/clinic/invite.html", {"nav": "account", "form": form})


@require_POST
@staff_page(Role.LEAD)
def take_back(request: AtWork, public_id: uuid.UUID) -> HttpResponse:
    """`/clinic/invitations/<id>/take-back/`: nobody can join by it any more."""
    found = clinics.invitation(request.membership.clinic, public_id)
    if found is None:
        raise Http404
    clinics.take_back(found)
    messages.success(request, _("Invitation taken back."))
    return redirect("portal:clinic")


@require_http_methods(_FORM)
@staff_page(Role.LEAD)
def end(request: AtWork, public_id: uuid.UUID) -> HttpResponse:
    """`/clinic/people/<id>/end/`: somebody works here no more."""
    member = _member(request, public_id)
    if request.method == "POST":
        try:
            clinics.end(member=member, by=request.user)
        except clinics.CannotEnd:
            messages.error(request, _("A clinic needs a lead. Invite another one first."))
        else:
            messages.success(request, _("%(name)s no longer works here.") % {"name": member.name})
        return redirect("portal:clinic")
    return render(request, "portal/clinic/end.html", {"nav": "account", "member": member})


@require_http_methods(_FORM)
@staff_page(Role.LEAD)
def second_step(request: AtWork, public_id: uuid.UUID) -> HttpResponse:
    """`/clinic/people/<id>/second-step/`: somebody else lost theirs; for who has just shown who they are."""
    member = _member(request, public_id)
    if member.user_id == request.user.pk:
        raise Http404
    return _given_back(request, member)  # type: ignore[no-any-return]


@reauthentication_required(app="portal")  # type: ignore[untyped-decorator]
def _given_back(request: AtWork, member: Membership) -> HttpResponse:
    if request.method == "POST":
        clinics.give_back_second_step(member=member, by=request.user)
        messages.success(request, _("Done. We wrote to %(name)s how to go on.") % {"name": member.name})
        return redirect("portal:clinic")
    return render(request, "portal/clinic/second_step.html", {"nav": "account", "member": member})


@require_http_methods(_FORM)
def join(request: SignedIn, word: str) -> HttpResponse:
    """`/clinic/join/<word>/`: take up an invitation, signed in with the address it was sent to."""
    invitation = clinics.invited(request.user, word)
    if invitation is None:
        raise Http404
    if request.method == "POST":
        clinics.join(user=request.user, invitation=invitation)
        workplaces.choose(request, invitation.clinic.public_id)
        ready = is_mfa_enabled(request.user)
        messages.success(request, _("Welcome to %(clinic)s.") % {"clinic": invitation.clinic.name})
        return redirect("portal:clinic" if ready else "mfa_index")
    page = {"nav": "account", "invitation": invitation, "ready": is_mfa_enabled(request.user)}
    return render(request, "portal/clinic/join.html", page)


def _member(request: AtWork, public_id: uuid.UUID) -> Membership:
    found = clinics.member(request.membership.clinic, public_id)
    if found is None:
        raise Http404
    return found


def _leads(mine: Membership) -> bool:
    return mine.role == Role.LEAD
