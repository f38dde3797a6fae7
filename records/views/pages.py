"""Overview, the list of one kind, the page of one record."""

from collections.abc import Iterable

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ground.absence import or_404
from ground.scope import scoped
from records import reading, services
from records.addresses import reverse
from records.fhir.kinds import BY_SLUG
from records.fhir.sameness import GROUPED
from records.forms import Asked, ListForm, SeenForm
from records.views import changes, choice, detail, layout, news, papers, speaking
from records.views.visit import Visit


@require_safe
@scoped
def overview(request: Visit) -> HttpResponse:
    """All kinds with what there is of each, and why there is nothing of the others."""
    found, since = reading.overview(request.viewer), reading.since(request.viewer)
    absent = [one for one in found.counts if not one.count]
    why = reading.nothing(request.viewer, *(one.slug for one in absent))
    context = {
        "found": found,
        "present": _present(found.counts),
        "absent": [{"kind": one, "why": layout.in_short(why[one.slug])} for one in absent],
        "since": since,
        "since_text": news.sentence(since),
        "asking": layout.asking(found.places),
        "as_of": layout.as_of(found.places),
        "nav_kinds": _present(found.counts),
    }
    return render(request, "records/overview.html", {"nav": "records", **context})


def _present(counts: Iterable[reading.KindCount]) -> tuple[reading.KindCount, ...]:
    """The kinds there are records of. As `nav_kinds` they spare the page's shell a reading of its own."""
    return tuple(one for one in counts if one.count)


@require_POST
@scoped
def seen(request: Visit) -> HttpResponse:
    """Mark everything up to what the page showed as looked at; of nobody but whom the page showed it of."""
    form = SeenForm(request.POST)
    if form.is_valid() and form.cleaned_data["whose"] == request.patient.public_id:
        services.mark_seen(viewer=request.viewer, number=form.cleaned_data["number"])
    return redirect(reverse("records:overview"))


@require_safe
@scoped
def kind(request: Visit, slug: str) -> HttpResponse:
    """One kind, newest first, a page at a time."""
    if slug not in BY_SLUG:
        raise Http404
    asked = ListForm.asked(request.GET, reading.STATUSES.get(slug, ()))
    ask = reading.gathered if slug in GROUPED and not asked.each else reading.listing
    found = ask(request.viewer, BY_SLUG[slug], asked.page, asked.sift)
    nothing = () if found.everything else reading.nothing(request.viewer, slug)[slug]
    context = {
        "kind": BY_SLUG[slug],
        "rows": layout.anchored(found),
        "long": len(found.rows) > layout.SHORT,
        "pager": layout.pager(found, asked, request.path),
        "choice": choice.shown(request.path, asked, found.places, slug) if found.everything else None,
        "other_way": layout.other_way(found, asked, request.path),
        "undated": found.undated if asked.sift.dated else 0,
        "empties": layout.empties(found, nothing, request.path),
        "search_all": choice.elsewhere(asked) if found.everything and not found.rows else "",
        "warning": layout.warning(slug, found),
        "save": choice.saving(asked, "records:kind", slug),
        "as_of": layout.as_of(found.places),
        "nav_kinds": _present(found.menu),
    }
    return render(request, "records/kind.html", {"nav": slug, "heading": _(BY_SLUG[slug].heading), **context})


@require_safe
@scoped
def one(request: Visit, slug: str, origin: int, name: str, key: str) -> HttpResponse:
    """One record in full. A record that has moved to another kind is found from its old address too."""
    with or_404(reading.NotThere):
        found = reading.one(request.viewer, origin, name, key)
    if found.record.kind != slug:
        return redirect(found.line.url)
    past = reading.last_change(request.viewer, found.record)
    services.mark_opened(viewer=request.viewer, records=[found.record])
    page = detail.page(found, words="words" in request.GET)
    page |= {"files": papers.links(found), "change": changes.of_record(found.line, past)}
    page["yours"] = speaking.yours(request.viewer, found.record, found.own)
    page["save"] = choice.saving(Asked(), "records:one", slug, origin, name, key)
    return render(request, "records/one.html", {"nav": slug, **page})
