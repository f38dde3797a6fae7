"""The first page: a welcome for strangers, what is new and where it comes from for people who signed in."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from ground import scope
from portal import overview


@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """`/`: welcome, or home."""
    if not request.user.is_authenticated:
        return render(request, "portal/welcome.html")
    if request.patient is None:
        return redirect("portal:about")
    with scope.open(request.viewer):
        page = overview.of(request.viewer, request.patient.pk)
        greeting = overview.greeting(timezone.localtime())
        return render(request, "portal/home.html", {"nav": "home", "greeting": greeting, **page})
