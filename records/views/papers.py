"""A record's files: their content on a page of ours, page by page where they have pages, and the download."""

import re
from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from ground import scope
from ground.absence import or_404
from records import papers, reading
from records.addresses import reverse
from records.fhir.attachments import Attached
from records.models import Record
from records.reading import absent, filed
from records.views.visit import Visit

_AT_ONCE = 5
_PICTURES = ("png", "jpeg")
_COLUMNS = re.compile(r"\S {3,}\S")
"""Text that was set in columns with spaces, and is read so."""
_TYPES = {"pdf": "application/pdf", "png": "image/png", "jpeg": "image/jpeg"}


def links(found: reading.Found) -> list[dict[str, str]]:
    """The files of a record, as links for its page: what each is called, and where it opens."""
    return _links(found.record, found.files)


@require_safe
def paper(request: Visit, slug: str, origin: int, name: str, key: str, number: int) -> HttpResponse:
    """`…/file/<n>/`: what a file holds, or why it cannot be read here."""
    found = _found(request, origin, name, key, number)
    where = [found.line.record.kind, origin, name, key, number]
    links = _links(found.line.record, found.files)
    context = {**_EMPTY, "line": found.line, "nav": slug, **_read(request, found, where)}
    context["title"] = found.file.title or found.line.title or links[number]["title"]
    context["others"] = [link for at, link in enumerate(links) if at != number]
    context["quiet"] = " · ".join(filter(None, (context["what"], found.line.source)))
    context["why"] = absent.why(context["state"], found.line.place) if context["state"] else None
    return render(request, "records/paper.html", context)


@require_safe
def page(request: Visit, slug: str, origin: int, name: str, key: str, number: int, page: int) -> HttpResponse:
    """`…/file/<n>/page/<m>/`: one page, drawn by us; with `?large` twice as wide, for small print."""
    found = _found(request, origin, name, key, number)
    wide = papers.WIDEST if "large" in request.GET else papers.WIDE
    with or_404(papers.CannotShow):
        picture = papers.draw(found.data or b"", page, wide)
    return _inert(HttpResponse(picture, content_type="image/png"))


@require_safe
def download(request: Visit, slug: str, origin: int, name: str, key: str, number: int) -> HttpResponse:
    """`…/file/<n>/download/`: the exact bytes, as a file that no browser opens in place."""
    found = _found(request, origin, name, key, number)
    if found.data is None:
        raise Http404
    kind = papers.sniff(found.data)
    answer = HttpResponse(found.data, content_type=_TYPES.get(kind, "application/octet-stream"))
    called = f"{found.line.record.when[:10] or 'undated'}-{slug}-{number + 1}.{filed.ENDINGS[kind]}"
    answer["Content-Disposition"] = content_disposition_header(True, called) or "attachment"
    return _inert(answer)


def _found(request: Visit, origin: int, name: str, key: str, number: int) -> reading.Paper:
    """Read in a scope of its own: showing a file can take seconds, and no transaction waits for it."""
    with scope.open(request.viewer), or_404(reading.NotThere):
        return reading.paper(request.viewer, origin, name, key, number)


def _links(record: Record, files: Sequence[Attached]) -> list[dict[str, str]]:
    where = [record.kind, record.origin_id, record.resource_type, record.fhir_id]
    return [
        {
            "title": filed.title(file, number, len(files)),
            "kind": filed.claimed(file),
            "url": reverse("records:paper", args=[*where, number]),
        }
        for number, file in enumerate(files)
    ]


def _read(request: Visit, found: reading.Paper, where: list[Any]) -> dict[str, Any]:
    """What the file is, its content, or the state that says why there is none."""
    if found.data is None:
        return {"what": filed.claimed(found.file), "state": found.state}
    here = {"download_url": reverse("records:paper_download", args=where)}
    try:
        shown = papers.show(found.data)
    except papers.CannotShow:
        return {"what": filed.claimed(found.file), "state": "closed", **here}
    empty = not (shown.html or shown.text or shown.pages or shown.sections)
    return {
        "what": _what(shown),
        "state": "blank" if empty else "",
        **here,
        **_content(request, shown, where),
    }


def _content(request: Visit, shown: papers.Shown, where: list[Any]) -> dict[str, Any]:
    """What there is to read, and the pictures of it."""
    return {
        "words": reading.narrative(shown.html) if shown.html else "",
        "sections": reading.sections(shown),
        "subtitle": shown.text if shown.sections else "",
        "text": "" if shown.sections else shown.text,
        "columns": _COLUMNS.search(shown.text) is not None,
        "is_picture": shown.kind in _PICTURES,
        **(_pages(request, shown, where) if shown.pages else {}),
    }


def _pages(request: Visit, shown: papers.Shown, where: list[Any]) -> dict[str, Any]:
    """The pages to show now, and the way to the others."""
    first = min(_number(request.GET.get("from", "")), shown.pages)
    last = min(first + _AT_ONCE - 1, shown.pages)
    drawn = [
        {"url": reverse("records:paper_page", args=[*where, each]), "alt": _alt(shown, each)}
        for each in range(first, last + 1)
    ]
    return {
        "pages": drawn,
        "range": _range(first, last, shown.pages) if shown.pages > _AT_ONCE else "",
        "previous": _way(max(1, first - _AT_ONCE), first - 1, shown.pages),
        "next": _way(last + 1, min(last + _AT_ONCE, shown.pages), shown.pages),
    }


def _alt(shown: papers.Shown, page: int) -> str:
    if shown.kind in _PICTURES:
        return _("The picture")
    return _("Page %(page)s of %(pages)s") % {"page": page, "pages": shown.pages}


def _way(first: int, last: int, pages: int) -> dict[str, str] | None:
    """The link to some of the pages; None where there are none."""
    return {"url": f"?from={first}", "text": _range(first, last, pages)} if first <= last else None


def _range(first: int, last: int, pages: int) -> str:
    if first == last:
        return _("Page %(page)s of %(pages)s") % {"page": first, "pages": pages}
    return _("Pages %(first)s to %(last)s of %(pages)s") % {"first": first, "last": last, "pages": pages}


def _number(asked: str) -> int:
    """A page's number out of an address; 1 for what is none."""
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1


def _what(shown: papers.Shown) -> str:
    """What it turned out to be, in a word; of pages how many."""
    name = filed.what(shown.kind)
    if shown.kind in _PICTURES or not shown.pages:
        return name
    pages = ngettext("%(count)d page", "%(count)d pages", shown.pages) % {"count": shown.pages}
    return f"{name}, {pages}"


def _inert(answer: HttpResponse) -> HttpResponse:
    """Nothing in it runs, wherever it is opened."""
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


_EMPTY: dict[str, Any] = {
    "sections": [],
    "subtitle": "",
    "words": "",
    "text": "",
    "columns": False,
    "is_picture": False,
    "pages": [],
    "range": "",
    "previous": None,
    "next": None,
    "download_url": "",
}
