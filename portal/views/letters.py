"""Mail: what the demo would have sent, and the link by which a reader ends mails of a sort."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from ground.models import Mail
from portal import demo, services

_SHOWN = 30


@login_not_required
@require_safe
def shown(request: HttpRequest) -> HttpResponse:
    """`/demo/mail/`: what the demo would have sent. Not there outside the demo."""
    if not settings.DEMO:
        raise Http404
    page = {"mails": Mail.objects.all()[:_SHOWN], "accounts": demo.accounts(), "nav": "mail"}
    return render(request, "portal/mail.html", page)


@csrf_exempt  # a mail program posts here by itself (RFC 8058); the signed word is the proof
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """`/mail/end/…/`: end mails about arrived records. Opening it changes nothing: mail scanners do that."""
    user = services.whose_news(token)
    if user is None:
        raise Http404
    if request.method == "POST":
        services.end_news(user)
    return render(request, "portal/unsubscribe.html", {"over": not user.news_by_mail, "nav": ""})
