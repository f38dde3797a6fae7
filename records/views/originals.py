"""Exactly what the source sent: to read, and to keep."""

import msgspec
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from ground.absence import or_404
from ground.scope import scoped
from records import reading
from records.views.visit import Visit

_LONGEST = 400_000
"""Characters drawn on the page; the download is always whole."""


@require_safe
@scoped
def original(request: Visit, slug: str, origin: int, name: str, key: str) -> HttpResponse:
    """What came, laid out for the eye. Nothing in it is taken as markup."""
    found = _found(request, origin, name, key)
    if found.line.record.kind != slug:
        return redirect(found.line.url)
    text = _laid_out(found.raw)
    context = {"line": found.line, "text": text[:_LONGEST], "cut": len(text) > _LONGEST, "nav": slug}
    return render(request, "records/original.html", context)


@require_safe
@scoped
def download(request: Visit, slug: str, origin: int, name: str, key: str) -> HttpResponse:
    """The exact bytes, as a file that no browser opens in place."""
    found = _found(request, origin, name, key)
    answer = HttpResponse(found.raw, content_type="application/fhir+json")
    header = content_disposition_header(as_attachment=True, filename=f"{name}-{key}.json")
    answer["Content-Disposition"] = header or "attachment"
    return answer


def _found(request: Visit, origin: int, name: str, key: str) -> reading.Original:
    with or_404(reading.NotThere):
        return reading.original(request.viewer, origin, name, key)


def _laid_out(raw: bytes) -> str:
    """Indented, every number and letter as it was sent; what cannot be indented, as it stands."""
    try:
        return msgspec.json.format(raw, indent=2).decode()
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return raw.decode("utf-8", "replace")
