"""Questions for the next visit: asked on any record, gathered on one page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ground.absence import or_404
from ground.scope import scoped
from records import access, reading, services
from records.addresses import reverse
from records.forms import QuestionForm
from records.models import Question
from records.views.speaking import came_from, go_back, line_of, speaker
from records.views.visit import Visit

_DO = {
    "answered": services.answer,
    "open": services.unanswer,
    "remove": services.remove_question,
}


@require_http_methods(["GET", "HEAD", "POST"])
@scoped
def ask(request: Visit, slug: str, origin: int, name: str, key: str) -> HttpResponse:
    """Write a question on a record."""
    line = line_of(request, slug, origin, name, key)
    form = QuestionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        who = speaker(request)
        services.ask(viewer=request.viewer, line=line, speaker=who, text=form.cleaned_data["text"])
        messages.success(request, _("Kept. It is on the page of your questions, too."))
        return go_back(request, line)
    return render(
        request,
        "records/ask.html",
        {"nav": slug, "line": line, "form": form, "back": came_from(request, line)},
    )


@require_safe
@scoped
def questions(request: Visit) -> HttpResponse:
    """All questions: those to ask, then those that were answered."""
    found = reading.questions(request.viewer)
    context = {
        "nav": "records",
        "open": [_shown(one) for one in found if one.answered_at is None],
        "answered": [_shown(one) for one in found if one.answered_at is not None],
    }
    return render(request, "records/questions.html", context)


@require_POST
@scoped
def question(request: Visit, pk: int) -> HttpResponse:
    """A question was answered, is open again, or is removed."""
    act = _DO.get(request.POST.get("action", ""))
    with or_404(reading.NotThere, access.NotTheirs):
        if act is None:
            raise reading.NotThere
        act(viewer=request.viewer, pk=pk)
    return redirect("records:questions")


def _shown(one: Question) -> dict[str, object]:
    at = [one.kind, one.origin_id, one.resource_type, one.fhir_id]
    return {
        "pk": one.pk,
        "text": one.text,
        "about": one.title,
        "url": reverse("records:one", args=at),
        "at": one.at,
        "discussed_at": one.discussed_at,
        "discussed": one.discussed_named,
    }
