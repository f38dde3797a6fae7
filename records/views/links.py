"""A patient's links to a summary: choose, look at it first, make it, show its code, who opened it, stop."""

import uuid
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ground import qr, scope
from ground.absence import or_404
from ground.scope import scoped
from ground.viewer import Viewer
from records import access, reading
from records.addresses import reverse
from records.forms_of_links import LinkForm
from records.models import HealthLink, Source
from records.services import links, sharing
from records.taking import chapters, healthlinks
from records.taking.emergency import all_said
from records.templatetags.records_words import status_word
from records.views import viewer_words
from records.views.visit import Visit

_FORM = ["GET", "HEAD", "POST"]
_PICTURES = {"svg": (qr.svg, "image/svg+xml"), "png": (qr.png, "image/png")}


@require_safe
@scoped
def every(request: Visit) -> HttpResponse:
    """All links, with those that are over."""
    mine = links.mine(request.viewer) if request.viewer.patients else ()
    page = {
        "nav": "sharing",
        "good": [one for one in mine if one.is_good],
        "over": [one for one in mine if not one.is_good],
        "places": _open(request),
    }
    return render(request, "records/links.html", page)


@require_http_methods(_FORM)
@reauthentication_required(app="records")  # type: ignore[untyped-decorator]
@scoped
def new(request: Visit) -> HttpResponse:
    """Choose what a link shows; for who has just shown who they are."""
    places = _open(request)
    if not places:
        return redirect("records:links")
    form = LinkForm(request.POST if request.method == "POST" else None, places)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            link = links.draft(
                viewer=request.viewer, named=told["named"], choice=form.choice(), passcode=told["passcode"]
            )
        except sharing.CannotShare:
            form.add_error(None, _("This cannot be shared. Please look at what you ticked."))
        else:
            return redirect("records:link_check", link.public_id)
    page = {"nav": "sharing", "form": form, "kinds": form.choices("kind"), "places": form.choices("place")}
    return render(request, "records/link_new.html", page)


@require_http_methods(_FORM)
def check(request: Visit, public_id: uuid.UUID) -> HttpResponse:
    """What its holder will see, before it is made."""
    link = _found(request, links.drafted, public_id)
    return _checked(request, link)  # type: ignore[no-any-return]


@reauthentication_required(app="records")  # type: ignore[untyped-decorator]
def _checked(request: Visit, link: HealthLink) -> HttpResponse:
    if request.method == "POST":
        links.begin(viewer=request.viewer, public_id=link.public_id)
        messages.success(request, _("Your link is ready."))
        return redirect("records:link", link.public_id)
    page = {"nav": "sharing", "link": link, "sections": _preview(request, link), "told": _told(request, link)}
    return render(request, "records/link_check.html", page)


@require_safe
def link(request: Visit, public_id: uuid.UUID) -> HttpResponse:
    """A link with its code, who opened it, and what it shows now."""
    found = _found(request, links.one, public_id)
    with scope.open(request.viewer):
        page = {
            "nav": "sharing",
            "link": found,
            "address": address_of(found) if found.is_good else "",
            "openings": links.openings(request.viewer, found),
            "told": _told(request, found),
        }
    return render(request, "records/link.html", page)


@require_safe
def preview(request: Visit, public_id: uuid.UUID) -> HttpResponse:
    """What its holder sees now."""
    found = _found(request, links.one, public_id)
    if not found.is_good:
        raise Http404
    page = {"nav": "sharing", "link": found, "sections": _preview(request, found)}
    return render(request, "records/link_preview.html", page)


@require_safe
def code(request: Visit, public_id: uuid.UUID, kind: str) -> HttpResponse:
    """The QR code as a picture."""
    found = _found(request, links.one, public_id)
    if kind not in _PICTURES or not found.is_good:
        raise Http404
    draw, content_type = _PICTURES[kind]
    answer = HttpResponse(draw(address_of(found)), content_type=content_type)
    if kind == "png":
        answer["Content-Disposition"] = 'attachment; filename="summary-link.png"'
    return answer


@require_POST
def stop(request: Visit, public_id: uuid.UUID) -> HttpResponse:
    """End it at once."""
    _found(request, links.one, public_id)
    links.stop(viewer=request.viewer, public_id=public_id)
    messages.success(request, _("Stopped. From now on the link opens nothing."))
    return redirect("records:link", public_id)


def _open(request: Visit) -> list[Source]:
    """The places whose records can be shared."""
    return [one for one in reading.places(request.viewer) if one.gate == Source.Gate.OPEN]


def _found(request: Visit, find: Any, public_id: uuid.UUID) -> HealthLink:
    with or_404(links.NoSuchLink, access.NotTheirs), scope.open(request.viewer):
        found: HealthLink = find(request.viewer, public_id)
        return found


def address_of(link: HealthLink) -> str:
    """The whole link: our page that opens it, and behind the # what no server is sent."""
    word, key = links.parts(link)
    told = healthlinks.payload(
        url=settings.SITE_URL + reverse("records:link_manifest", args=[word]),
        key=key,
        ends_at=link.grant.ends_at,
        passcode=bool(link.passcode),
        label=_("Patient summary"),
    )
    return f"{settings.SITE_URL}{reverse('records:link_open')}#{told}"


def _preview(request: Visit, link: HealthLink) -> list[dict[str, Any]]:
    """The sections of the summary as its holder gets them: by the same grant, in their own scope."""
    looking: Viewer = sharing.preview_of(request.viewer, link.grant.public_id)
    with scope.open(looking):
        return [
            {
                "title": _(chapter.title),
                "found": [{"one": one, "lines": _lines(one)} for one in some.found],
                "cut": some.total - len(some.found),
            }
            for chapter, some in chapters.gather(looking)
            if some.found or chapter.required
        ]


def _lines(found: reading.Found) -> list[str]:
    """What is said of a record beside its name: its status, where the viewer tells it, and every note."""
    record = found.record
    status = status_word(record.status, record.kind) if record.status in viewer_words.TOLD else ""
    return [one for one in (found.line.state or status, *all_said(found, "Note")) if one]


def _told(request: Visit, link: HealthLink) -> list[dict[str, Any]]:
    """What it shows and until when, in words."""
    grant = link.grant
    kinds = LinkForm(None, ()).choices("kind")
    with scope.open(request.viewer):
        names = {one.pk: one.name for one in reading.places(request.viewer)}
    places = [names[pk] for pk in grant.places if pk in names]
    return [
        {"name": _("What they see"), "lines": [one["text"] for one in kinds if one["value"] in grant.kinds]},
        {"name": _("From"), "lines": places},
        {
            "name": _("Marked as sensitive"),
            "value": _("Shown as well") if grant.sensitive else _("Left out"),
        },
        {"name": _("What you say yourself"), "value": _("Shown as well") if grant.words else _("Left out")},
        {"name": _("Passcode"), "value": _("Asked for") if link.passcode else _("None")},
    ]
