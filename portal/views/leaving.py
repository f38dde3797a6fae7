"""Close the account: say what goes, ask who you are, and afterwards the receipt, which needs no sign-in."""

import uuid

from allauth.account.decorators import reauthentication_required
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from portal import closing, receipts
from portal.forms import CloseForm
from portal.requests import SignedIn


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: SignedIn) -> HttpResponse:
    """`/account/close/`: what is deleted, what stays and why; then end it, and sign out."""
    return _closed(request)  # type: ignore[no-any-return]


@reauthentication_required(app="portal")  # type: ignore[untyped-decorator]
def _closed(request: SignedIn) -> HttpResponse:
    form = CloseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        closure = closing.begin(request.user)
        logout(request)
        return redirect("portal:closed", closure.public_id)
    page = {"nav": "account", "form": form, "plan": closing.plan(request.user)}
    return render(request, "portal/close.html", page)


@login_not_required
@require_safe
def closed(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """`/account/closed/<id>/`: how far it is, and the receipt, for 30 days, for whoever has its address."""
    closure = closing.closure(public_id)
    if closure is None:
        raise Http404
    return render(request, "portal/closed.html", {"told": receipts.receipt(closure), "nav": ""})
