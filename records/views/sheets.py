"""Papers to save: a record, a list as it was chosen, everything; each as a PDF and as plain text."""

import io
import zipfile
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ground import scope
from ground.absence import or_404
from records import reading, typesetting
from records.addresses import reverse
from records.fhir.kinds import BY_SLUG, Kind
from records.forms import ListForm
from records.taking import booklet, sheets, summary
from records.taking.whose import Whose
from records.typesetting import Document
from records.views import choice, layout
from records.views.confirming import confirmed
from records.views.visit import Visit

MOST = 500
"""Records on the paper of a list: some four seconds. It says when there are more."""


@require_safe
def one_pdf(request: Visit, slug: str, origin: int, name: str, key: str) -> HttpResponse:
    """One record on paper."""
    found = _one(request, origin, name, key)
    return pdf(request, sheets.item(whose(request), found), _called(found), found.line.url)


@require_safe
def one_text(request: Visit, slug: str, origin: int, name: str, key: str) -> HttpResponse:
    """One record as plain text."""
    found = _one(request, origin, name, key)
    return text(typesetting.text(sheets.item(whose(request), found)), _called(found))


@require_safe
def kind_pdf(request: Visit, slug: str) -> HttpResponse:
    """A list on paper, as it was chosen."""
    back = f"{reverse('records:kind', args=[slug])}?{request.GET.urlencode()}".rstrip("?")
    return pdf(request, _list(request, slug), today(slug), back)


@require_safe
def kind_text(request: Visit, slug: str) -> HttpResponse:
    """A list as plain text, as it was chosen."""
    return text(typesetting.text(_list(request, slug)), today(slug))


@require_safe
@confirmed
def whole_pdf(request: Visit) -> HttpResponse:
    """A record that is not very large as one PDF; where that became several, as a zip of them."""
    if not booklet.is_small(request.viewer):
        return redirect(reverse("records:take"))
    return _set(
        request, lambda: _papers(booklet.papers(request.viewer, whose(request))), reverse("records:take")
    )


@require_safe
@confirmed
def whole_text(request: Visit) -> StreamingHttpResponse:
    """Everything as plain text, sent while it is read."""
    lines = booklet.text(request.viewer, whose(request))
    answer = StreamingHttpResponse(lines, content_type=_PLAIN)
    return _file(answer, f"{today('records')}.txt")


@require_safe
@confirmed
def patient_summary(request: Visit) -> HttpResponse:
    """The International Patient Summary as one FHIR document."""
    made = summary.summary(request.viewer, whose(request))
    answer = HttpResponse(made, content_type="application/fhir+json")
    return _file(answer, f"{today('patient-summary')}.json")


def whose(request: Visit) -> Whose:
    """Whose records the paper holds, for its every page. Who has not said yet whose they are has none."""
    if request.patient is None:
        raise Http404
    return Whose(request.patient.full_name, request.patient.birth_date)


def pdf(request: Visit, document: Document, called: str, back: str) -> HttpResponse:
    """The paper as a PDF; where it cannot be made, the page it was asked for on, which says so."""
    return _set(request, lambda: _pdf(typesetting.pdf(document), called), back)


def text(lines: Iterable[str], called: str) -> HttpResponse:
    """The paper as plain text."""
    return _file(HttpResponse("".join(lines), content_type=_PLAIN), f"{called}.txt")


_PLAIN = "text/plain; charset=utf-8"
_Answer = TypeVar("_Answer", bound=HttpResponseBase)


def _set(request: Visit, make: Callable[[], HttpResponse], back: str) -> HttpResponse:
    try:
        return make()
    except typesetting.CannotSet:
        said = _("We could not make this PDF. Please try again in a minute, or save it as plain text.")
        messages.error(request, said)
        return redirect(back)


def _pdf(made: bytes, called: str) -> HttpResponse:
    return _file(HttpResponse(made, content_type="application/pdf"), f"{called}.pdf")


def _papers(papers: Iterable[tuple[int, bytes]]) -> HttpResponse:
    made = list(papers)
    if len(made) == 1:
        return _pdf(made[0][1], today("records"))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parcel:
        for number, paper in made:
            parcel.writestr(f"{today('records')}-{number}.pdf", paper)
    return _file(HttpResponse(out.getvalue(), content_type="application/zip"), f"{today('records')}-pdf.zip")


def _file(answer: _Answer, called: str) -> _Answer:
    answer["Content-Disposition"] = f'attachment; filename="{called}"'
    return answer


def today(word: str) -> str:
    """A file's name: what is in it and the day, and nobody's name."""
    return f"{word}-{timezone.localdate().isoformat()}"


def _called(found: reading.Found) -> str:
    day = found.record.when[:10]
    is_day = len(day) == 10 and day.replace("-", "").isdigit()
    return f"{day if is_day else 'undated'}-{found.record.kind}"


def _one(request: Visit, origin: int, name: str, key: str) -> reading.Found:
    """Read in a scope of its own: setting takes a while, and no transaction waits for it."""
    with scope.open(request.viewer), or_404(reading.NotThere):
        return reading.one(request.viewer, origin, name, key)


def _list(request: Visit, slug: str) -> Document:
    if slug not in BY_SLUG:
        raise Http404
    kind: Kind = BY_SLUG[slug]
    asked = ListForm.asked(request.GET, reading.STATUSES.get(slug, ()))
    with scope.open(request.viewer):
        places = reading.places(request.viewer)
        found = reading.several(request.viewer, slug, asked.sift, most=MOST)
        chosen = [chip["text"] for chip in choice.chips("", asked, places, slug)]
        warning = layout.reassures_nobody(slug) if places and not found.found else ""
        return sheets.listing(whose(request), kind, found, places, chosen, warning)
