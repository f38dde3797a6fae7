"""A record's files: their content on a page of ours, page by page where they have pages, and the download."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from ground import scope
from records import papers, reading
from records.fhir.attachments import Attached
from records.views import detail
from records.views.visit import Visit

_AT_ONCE = 5
_ENDINGS = {
    "pdf": "pdf",
    "png": "png",
    "jpeg": "jpg",
    "rtf": "rtf",
    "cda": "xml",
    "html": "html",
    "text": "txt",
}
_TYPES = {"pdf": "application/pdf", "png": "image/png", "jpeg": "image/jpeg"}
_NAMES = {
    "pdf": gettext_lazy("PDF"),
    "png": gettext_lazy("Picture"),
    "jpeg": gettext_lazy("Picture"),
    "rtf": gettext_lazy("Text"),
    "cda": gettext_lazy("Summary document"),
    "html": gettext_lazy("Text"),
    "text": gettext_lazy("Text"),
}
_CLAIMED = (
    ("pdf", "pdf"),
    ("image", "png"),
    ("rtf", "rtf"),
    ("html", "html"),
    ("xml", "cda"),
    ("text", "text"),
)


def links(found: reading.Found) -> list[dict[str, str]]:
    """The files of a record, as links for its page: what each is called, and where it opens."""
    record = found.record
    where = [record.kind, record.origin_id, record.resource_type, record.fhir_id]
    return [
        {"title": title(file), "kind": _claimed(file), "url": reverse("records:paper", args=[*where, number])}
        for number, file in enumerate(found.files)
    ]


def title(file: Attached) -> str:
    """Its own title, unless that is a file's name with nothing to read in it."""
    return file.title or _("The document")


@require_safe
def paper(request: Visit, slug: str, origin: int, name: str, key: str, number: int) -> HttpResponse:
    """`…/file/<n>/`: what a file holds, or why it cannot be read here."""
    found = _found(request, origin, name, key, number)
    where = [found.line.record.kind, origin, name, key, number]
    context: dict[str, Any] = {"line": found.line, "title": title(found.file), "nav": slug, **_EMPTY}
    context["quiet"] = " · ".join(filter(None, (_claimed(found.file), found.line.source)))
    if found.data is None:
        context["state"] = found.state
        return render(request, "records/paper.html", context)
    context["download_url"] = reverse("records:paper_download", args=where)
    try:
        shown = papers.show(found.data)
    except papers.CannotShow:
        context["state"] = "closed"
        return render(request, "records/paper.html", context)
    context["words"] = detail.narrative(shown.html) if shown.html else ""
    context["text"] = shown.text
    if shown.pages:
        context |= _pages(request, shown, where)
    if not (shown.html or shown.text or shown.pages):
        context["state"] = "blank"
    return render(request, "records/paper.html", context)


@require_safe
def page(request: Visit, slug: str, origin: int, name: str, key: str, number: int, page: int) -> HttpResponse:
    """`…/file/<n>/page/<m>/`: one page, drawn by us."""
    found = _found(request, origin, name, key, number)
    try:
        picture = papers.draw(found.data or b"", page)
    except papers.CannotShow as broken:
        raise Http404 from broken
    return _inert(HttpResponse(picture, content_type="image/png"))


@require_safe
def download(request: Visit, slug: str, origin: int, name: str, key: str, number: int) -> HttpResponse:
    """`…/file/<n>/download/`: the exact bytes, as a file that no browser opens in place."""
    found = _found(request, origin, name, key, number)
    if found.data is None:
        raise Http404
    kind = papers.sniff(found.data)
    answer = HttpResponse(found.data, content_type=_TYPES.get(kind, "application/octet-stream"))
    called = f"{found.line.record.when[:10] or 'undated'}-{slug}-{number + 1}.{_ENDINGS.get(kind, 'bin')}"
    answer["Content-Disposition"] = content_disposition_header(True, called) or "attachment"
    return _inert(answer)


def _found(request: Visit, origin: int, name: str, key: str, number: int) -> reading.Paper:
    """Read in a scope of its own: showing a file can take seconds, and no transaction waits for it."""
    with scope.open(request.viewer):
        try:
            return reading.paper(request.viewer, origin, name, key, number)
        except reading.NotThere as absent:
            raise Http404 from absent


def _pages(request: Visit, shown: papers.Shown, where: list[Any]) -> dict[str, Any]:
    """The pages to show now, and the way to the others."""
    first = min(_number(request.GET.get("from", "")), shown.pages)
    last = min(first + _AT_ONCE - 1, shown.pages)
    drawn = [
        {
            "url": reverse("records:paper_page", args=[*where, each]),
            "alt": _("Page %(page)s of %(pages)s") % {"page": each, "pages": shown.pages},
        }
        for each in range(first, last + 1)
    ]
    return {
        "pages": drawn,
        "range": ngettext("One page", "Pages %(first)s to %(last)s of %(pages)s", shown.pages)
        % {"first": first, "last": last, "pages": shown.pages},
        "previous_url": f"?from={max(1, first - _AT_ONCE)}" if first > 1 else "",
        "next_url": f"?from={last + 1}" if last < shown.pages else "",
    }


def _number(asked: str) -> int:
    """A page's number out of an address; 1 for what is none."""
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1


def _claimed(file: Attached) -> str:
    """What the source says it is, in a word; only the bytes themselves decide how it is opened."""
    kind = next((kind for part, kind in _CLAIMED if part in file.content_type.lower()), "")
    return str(_NAMES[kind]) if kind else ""


def _inert(answer: HttpResponse) -> HttpResponse:
    """Nothing in it runs, wherever it is opened."""
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


_EMPTY: dict[str, Any] = {
    "state": "",
    "words": "",
    "text": "",
    "pages": [],
    "range": "",
    "previous_url": "",
    "next_url": "",
    "download_url": "",
}
