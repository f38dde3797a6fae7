"""A place that is not listed: asked for, and what one can do meanwhile."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from connect import forms, services
from connect.views.doorman import for_patient


@require_http_methods(["GET", "HEAD", "POST"])
@for_patient
def ask(request: HttpRequest) -> HttpResponse:
    """`/connect/not-listed/`: what was searched for stands in the form already."""
    form = forms.RequestForm(request.POST or None, initial={"name": request.GET.get("q", "")[:200]})
    if request.method == "POST" and form.is_valid():
        try:
            services.ask_for(viewer=request.viewer, **form.cleaned_data)  # type: ignore[attr-defined]
        except services.TooMany:
            form.add_error(None, _("You have asked for many places today. Please go on tomorrow."))
        else:
            return redirect("connect:asked")
    return render(request, "connect/not_listed.html", {"nav": "find", "form": form})


@require_safe
@for_patient
def asked(request: HttpRequest) -> HttpResponse:
    """`/connect/not-listed/thanks/`: what happens next, and the copy one has a right to."""
    return render(request, "connect/asked.html", {"nav": "find"})
