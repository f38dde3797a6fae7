"""Pages that are documents: help, terms, privacy. And the demo's mail."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ground.models import Mail
from portal import demo

_SHOWN = 30


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """`/help/`: what this is, in answers to questions people ask."""
    return render(request, "portal/help.html", {"nav": "help"})


@login_not_required
@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """`/terms/`."""
    return render(request, "portal/terms.html", {"version": settings.TERMS_VERSION})


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """`/privacy/`."""
    return render(request, "portal/privacy.html", {"version": settings.PRIVACY_VERSION})


@login_not_required
@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    """`/demo/mail/`: what the demo would have sent. Not there outside the demo."""
    if not settings.DEMO:
        raise Http404
    page = {"mails": Mail.objects.all()[:_SHOWN], "accounts": demo.accounts(), "nav": "mail"}
    return render(request, "portal/mail.html", page)
