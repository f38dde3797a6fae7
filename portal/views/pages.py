"""Pages that are documents: help, terms, privacy."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """`/help/`: what this is, in answers to questions people ask."""
    return render(
        request, "portal/help/questions.html", {"nav": "help", "takeout_hours": settings.TAKEOUT_HOURS}
    )


@login_not_required
@require_safe
def how(request: HttpRequest) -> HttpResponse:
    """`/help/how-it-works/`: the way of a record from its place to the reader, drawn."""
    return render(request, "portal/help/how.html", {"nav": "help"})


@login_not_required
@require_safe
def who(request: HttpRequest) -> HttpResponse:
    """`/help/who-sees-what/`: a line for each who has to do with somebody's records."""
    return render(request, "portal/help/who.html", {"nav": "help"})


@login_not_required
@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """`/help/contact/`: whom to ask about what."""
    return render(request, "portal/help/contact.html", {"nav": "help"})


@login_not_required
@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """`/terms/`."""
    return render(request, "portal/terms.html", {"version": settings.TERMS_VERSION})


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """`/privacy/`."""
    return render(
        request,
        "portal/privacy.html",
        {"version": settings.PRIVACY_VERSION, "takeout_hours": settings.TAKEOUT_HOURS},
    )
