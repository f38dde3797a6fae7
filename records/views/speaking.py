"""The patient's own word: the section on the page of a record, and the page where they say it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods

from ground.absence import or_404
from ground.scope import scoped
from ground.viewer import Viewer
from records import access, reading, services
from records.addresses import reverse
from records.fhir.sameness import GROUPED
from records.forms import WordForm
from records.models import Record, Said
from records.reading import WORDS, Line, OwnWords
from records.services import Speaker
from records.views.visit import Visit

_OWN = {
    "medicines": gettext_noop("Do you take this?"),
    "conditions": gettext_noop("Do you have this?"),
    "allergies": gettext_noop("Do you have this allergy?"),
    "vaccines": gettext_noop("Did you have this?"),
    "procedures": gettext_noop("Did you have this?"),
}
_FOR = {
    "medicines": gettext_noop("Does %(name)s take this?"),
    "conditions": gettext_noop("Does %(name)s have this?"),
    "allergies": gettext_noop("Does %(name)s have this allergy?"),
    "vaccines": gettext_noop("Did %(name)s have this?"),
    "procedures": gettext_noop("Did %(name)s have this?"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@scoped
def word(request: Visit, slug: str, origin: int, name: str, key: str) -> HttpResponse:
    """Say whether the patient takes, has or had this; say something else later, or take it back."""
    line = line_of(request, slug, origin, name, key)
    if slug not in WORDS:
        raise Http404
    if request.POST.get("action") == "withdraw":
        return _said(request, line, Said.Word.WITHDRAWN, "")
    form = _form(request, line)
    if request.method == "POST" and form.is_valid():
        return _said(request, line, form.cleaned_data["word"], form.cleaned_data["comment"])
    return render(
        request,
        "records/word.html",
        {
            "nav": slug,
            "line": line,
            "form": form,
            "back": came_from(request, line),
            **_history(request, line),
        },
    )


def line_of(request: Visit, slug: str, origin: int, name: str, key: str) -> Line:
    """The record that a page is about. Raises Http404, also under the word of another kind."""
    with or_404(reading.NotThere, access.NotTheirs):
        line = reading.named(request.viewer, origin, name, key)
        access.speaks_for(request.viewer)
    if line.record.kind != slug:
        raise Http404
    return line


def speaker(request: Visit) -> Speaker:
    """Who speaks: the patient, or whoever looks after them, by the name of their own pages."""
    own = request.patient.relation == "self"
    myself = next((one for one in request.held if one.relation == "self"), None)
    return Speaker(myself.full_name if myself else request.user.email, own=own)  # type: ignore[union-attr]


def came_from(request: Visit, line: Line) -> str:
    """The address of the page one came from: of the record, or of all records of its fact. Nothing that was
    typed becomes part of it.
    """
    if request.GET.get("from") != "together" or line.record.kind not in GROUPED:
        return line.url
    record = line.record
    at = [record.kind, record.origin_id, record.resource_type, record.fhir_id]
    return reverse("records:together", args=at)


def go_back(request: Visit, line: Line) -> HttpResponseRedirect:
    """Back to the patient's own words on the page one came from."""
    return HttpResponseRedirect(f"{came_from(request, line)}#yours")


def yours(viewer: Viewer, record: Record, own: OwnWords | None = None, back: str = "") -> dict[str, Any]:
    """The section "Your word on this" of the page of a record; `own`: where that was read already; `back`:
    the query that leads back to the page it stands on, where that is not the record's.
    """
    own = own or reading.beside(viewer).of(record)
    at = [record.kind, record.origin_id, record.resource_type, record.fhir_id]
    return {
        "speaks": access.sees_all(viewer),
        "said": own.said,
        "doubts": [_doubt(one, viewer) for one in own.corrections],
        "questions": [one.text for one in own.questions],
        "word_url": reverse("records:word", args=at) + back if record.kind in WORDS else "",
        "word_link": _("Change this or take it back") if own.said else _ask_word(viewer, record, own),
        "wrong_url": "" if own.corrections else reverse("records:wrong", args=at) + back,
        "ask_url": reverse("records:ask", args=at) + back,
    }


def _doubt(one: Any, viewer: Viewer) -> dict[str, str]:
    text = reading.correction_words(one, viewer.user_id)
    return {"text": text, "url": reverse("records:correction", args=[one.pk])}


def _ask_word(viewer: Viewer, record: Record, own: OwnWords) -> str:
    return _(_OWN[record.kind]) if record.kind in WORDS else ""


def _form(request: Visit, line: Line) -> WordForm:
    own, kind = speaker(request).own, line.record.kind
    label = _(_OWN[kind]) if own else _(_FOR[kind]) % {"name": request.patient.given_name}
    words = [(one.value, _capital(reading.word_text(kind, one, own=own))) for one in WORDS[kind]]
    last = reading.sayings(request.viewer, kind).of(line.record)
    said = {"word": last.word, "comment": last.comment} if last else {}
    return WordForm(request.POST if request.method == "POST" else None, words, label, initial=said)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _history(request: Visit, line: Line) -> dict[str, Any]:
    before = reading.said_history(request.viewer, line.record)
    stands = bool(before) and before[0].word != Said.Word.WITHDRAWN
    return {"history": [one.full for one in before], "stands": stands}


def _said(request: Visit, line: Line, word: str, comment: str) -> HttpResponse:
    services.say(viewer=request.viewer, line=line, speaker=speaker(request), word=word, comment=comment)
    text = (
        _("Taken back.") if word == Said.Word.WITHDRAWN else _("Kept. What your places wrote stays as it is.")
    )
    messages.success(request, text)
    return go_back(request, line)
