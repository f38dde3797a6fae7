"""For those who run it: whether we are alive and ready, how everything stands, and the same in numbers."""

from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal import operating, readiness
from portal.admin import site
from portal.requests import SignedIn
from portal.watching import metrics, page


def for_operators(view: Any) -> Any:
    """Staff with a second factor, as the administration asks; others are told that there is nothing."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if site.has_permission(request):
            answer: HttpResponse = view(request, *args, **kwargs)
            return answer
        if request.user.is_active and request.user.is_staff:
            return redirect("mfa_index")
        raise Http404

    return guarded


@login_not_required
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """`/livez`: this process answers. Touches nothing else."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """`/readyz`: the database answers and is migrated; 503 and one word when not. Redis is not asked: reading
    works without it.
    """
    word = readiness.trouble()
    return HttpResponse(word or "ok", status=503 if word else 200, content_type="text/plain")


@login_not_required
@require_safe
def numbers(request: HttpRequest) -> HttpResponse:
    """`/metrics`: numbers for a Prometheus that shows our token; not there where none is set."""
    if not settings.METRICS_TOKEN:
        raise Http404
    if not constant_time_compare(
        request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"
    ):
        return HttpResponse(
            "no", status=401, content_type="text/plain", headers={"WWW-Authenticate": "Bearer"}
        )
    return HttpResponse(operating.numbers(), content_type=metrics.TYPE)


@require_safe
@for_operators
def shown(request: SignedIn) -> HttpResponse:
    """`/ops/`: how everything stands. No name, no health data."""
    return render(request, "portal/operations.html", {"nav": "ops", **page.page()})


@require_POST
@for_operators
def retry(request: SignedIn, job_id: int) -> HttpResponse:
    """`/ops/jobs/<id>/again/`: give a job that gave up its attempts back."""
    job = operating.try_again(user=request.user, job_id=job_id)
    if job is None:
        raise Http404
    messages.success(request, _("Trying again: %(kind)s %(id)d.") % {"kind": job.kind, "id": job.pk})
    return redirect("portal:ops")


@require_POST
@for_operators
def move_keys(request: SignedIn) -> HttpResponse:
    """`/ops/keys/move/`: have a job move every sealed value to the first key."""
    operating.move_keys(user=request.user)
    messages.success(request, _("Under way. What each key sealed is counted anew when it is done."))
    return redirect("portal:ops")
