"""Who sees my records: share with a clinic by its code, see beforehand what it will see, change, stop."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from connect.services import mirrors
from ground import scope
from ground.absence import or_404
from ground.scope import scoped
from portal import carers, clinics, offered
from portal.forms_of_sharing import CodeForm, ShareForm, initial
from portal.models import Clinic
from portal.requests import SignedIn
from portal.sharing_words import scope_of
from records import reading
from records.access import NotTheirs
from records.models import Grant
from records.services import links, sharing
from records.services.sharing import CannotShare, Choice, NoSuchGrant, Recipient

_FORM = ["GET", "HEAD", "POST"]


@require_safe
@scoped
def who(request: SignedIn) -> HttpResponse:
    """`/records/sharing/`: who sees what until when, and a clinic's code to begin with."""
    form = CodeForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect("portal:share", code=form.cleaned_data["code"])
    given = sharing.given(request.viewer) if request.viewer.patients else ()
    told = _rows(request, given)
    now, past = [one for one in told if not one["over"]], [one for one in told if one["over"]]
    by_link = links.mine(request.viewer) if request.viewer.patients else ()
    page = {"groups": _groups(now), "past": past, "links": [one for one in by_link if one.is_good]}
    return render(request, "portal/sharing/who.html", {"nav": "sharing", "form": form, **page})


@require_http_methods(_FORM)
def share(request: SignedIn, code: str) -> HttpResponse:
    """`/records/sharing/with/<code>/`: choose what a clinic sees; then its preview."""
    clinic = clinics.by_code(code)
    if clinic is None:
        raise Http404
    if not request.viewer.patients:
        messages.info(request, _("First say whose records these are. Then open the clinic’s address again."))
        return redirect("portal:about")
    with scope.open(request.viewer):
        places, held = reading.places(request.viewer), _held(request, clinic)
    form = ShareForm(request.POST or None, places=places, initial=initial(held) if held else None)
    if request.method == "POST" and form.is_valid():
        try:
            drafted = _draft(request, clinic, form.choice())
        except CannotShare:
            form.add_error(None, _("Please check what you chose: this cannot be shared."))
        else:
            return redirect("portal:share_preview", drafted.public_id)
    page = {"nav": "sharing", "clinic": clinic, "form": form, "held": held}
    return render(request, "portal/sharing/share.html", page)


@require_safe
def preview(request: SignedIn, public_id: uuid.UUID) -> HttpResponse:
    """`/records/sharing/<id>/`: what its recipient sees of these records, by the rule they look by."""
    with or_404(NoSuchGrant, NotTheirs):
        grant = _grant(request, public_id)
        viewer = sharing.preview_of(request.viewer, public_id)
    with scope.open(viewer):
        found = reading.timeline(viewer)
        shown = [one for one in found.menu if one.count]
        all_there = {one.slug: one.count for one in _menu(request)}
        page = {"nav": "sharing", "grant": grant, "found": found, "shown": shown}
        page["left_out"] = sum(all_there.values()) - sum(one.count for one in shown)
        page["places"], page["mirrored"] = found.places, mirrors.says(grant)
        page["total"] = sum(one.count for one in shown)
        return render(request, "portal/sharing/preview.html", page)


@require_POST
def confirm(request: SignedIn, public_id: uuid.UUID) -> HttpResponse:
    """`/records/sharing/<id>/confirm/`: share it, as the preview said."""
    with or_404(NoSuchGrant, NotTheirs):
        if "mirrored" not in request.POST and mirrors.says(_grant(request, public_id)):
            return redirect("portal:share_preview", public_id)  # it says more by now than they have read
        grant = sharing.offer(viewer=request.viewer, public_id=public_id)
    if carers.offered(draft=public_id, grant=grant):
        told = _("We wrote to %(name)s. They see it once they accept, which they can for two weeks.")
    elif grant.accepted_at is None:
        offered.put(grant)
        told = _("Offered to %(name)s. They see it once they accept.")
    else:
        told = _("Changed. %(name)s sees this from now on.")
    messages.success(request, told % {"name": grant.named})
    return redirect("portal:sharing")


@require_POST
def stop(request: SignedIn, public_id: uuid.UUID) -> HttpResponse:
    """`/records/sharing/<id>/stop/`: end it, at once."""
    with or_404(NoSuchGrant, NotTheirs):
        grant = sharing.stop(viewer=request.viewer, public_id=public_id)
    told = _stopped(request, grant)
    if grant.accepted_at is None:
        told = _("Taken back. %(name)s had not accepted, and sees nothing.")
    messages.success(request, told % {"name": grant.named})
    return redirect("portal:sharing")


def _stopped(request: SignedIn, grant: Grant) -> str:
    with scope.open(request.viewer):
        elsewhere = mirrors.stands(request.viewer)
    if grant.recipient == Grant.Recipient.CLINIC and grant.clinic_id in elsewhere:
        return _(
            "Stopped. %(name)s sees nothing here from now on. We have 1upHealth take it back as well, and ask"
            " until it has confirmed."
        )
    return _("Stopped. %(name)s sees nothing from now on.")


def _draft(request: SignedIn, clinic: Clinic, choice: Choice) -> Grant:
    return sharing.draft(viewer=request.viewer, to=Recipient(clinic.name, clinic_id=clinic.pk), choice=choice)


def _grant(request: SignedIn, public_id: uuid.UUID) -> Grant:
    with scope.open(request.viewer):
        return sharing.mine(request.viewer, public_id)


def _menu(request: SignedIn) -> Any:
    with scope.open(request.viewer):
        return reading.menu(request.viewer)


def _held(request: SignedIn, clinic: Clinic) -> Grant | None:
    """What the clinic has, or was offered, now."""
    now = timezone.now()
    return next(
        (
            one
            for one in sharing.given(request.viewer)
            if (one.recipient, one.clinic_id) == ("clinic", clinic.pk)
            and one.stopped_at is None
            and one.ends_at > now
        ),
        None,
    )


def _groups(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Who sees records, and apart from them who was asked and sees nothing yet."""
    seeing = [one for one in rows if one["grant"].accepted_at is not None]
    waiting = [one for one in rows if one["grant"].accepted_at is None]
    groups = [
        {"key": "now", "title": _("Shared now"), "rows": seeing},
        {"key": "waiting", "title": _("Offered, and not accepted yet"), "rows": waiting},
    ]
    return [one for one in groups if one["rows"]]


def _rows(request: SignedIn, given: tuple[Grant, ...]) -> list[dict[str, Any]]:
    """A line for each; how it stands at the gateway stands by the newest of a clinic."""
    elsewhere: dict[int, str] = dict(mirrors.stands(request.viewer))
    rows = []
    for grant in given:
        here = grant.recipient == Grant.Recipient.CLINIC and grant.offered_at is not None
        rows.append({**_row(grant), "elsewhere": elsewhere.pop(grant.clinic_id or 0, "") if here else ""})
    return rows


def _row(grant: Grant) -> dict[str, Any]:
    """A line of the list: to whom, how it stands, what, until when."""
    clinic = clinics.by_pk(grant.clinic_id) if grant.clinic_id and grant.recipient == "clinic" else None
    over = grant.stopped_at is not None or grant.ends_at <= timezone.now()
    return {
        "grant": grant,
        "scope": scope_of(grant, mine=True),
        "over": over,
        "change_url": "" if over else _change_url(grant, clinic),
        "sleeps": carers.is_asleep(grant),
        "wants_word": carers.wants_word(grant),
    }


def _change_url(grant: Grant, clinic: Clinic | None) -> str:
    if grant.recipient == Grant.Recipient.PERSON:
        return reverse("portal:share_person_change", args=[grant.public_id])
    return reverse("portal:share", args=[clinic.share_code]) if clinic else ""
