"""A patient's pages as staff of a clinic see them: whose they are, by which grant, for which reason.

The pages are those of the patient (`records.views`); here stands who may open them, asked on each request.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from ground.absence import or_404
from ground.viewer import Viewer
from portal import borrowed, reasons
from portal.models import Patient
from portal.reasons import Why
from portal.requests import AtWork
from portal.sharing_words import Scope, scope_of
from portal.staff import staff_page
from records.models import Grant
from records.services import reach

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Chart:
    """What stands above each page of a patient's records that staff open."""

    patient: Patient
    grant: Grant
    scope: Scope
    number: str
    why: str
    clinic: str
    """For which clinic they look."""

    @property
    def is_emergency(self) -> bool:
        """Whether nobody agreed to it."""
        return self.grant.recipient == "emergency"


def chart_page(view: View) -> View:
    """A page about one patient, for staff whose clinic's grant is good and who said why. To everybody else,
    and about everybody else, there is no such page.

    The view finds the patient as `request.patient`, who looks as `request.viewer`, and `request.chart`.
    """

    @wraps(view)
    def inside(request: AtWork, public_id: UUID, *args: Any, **kwargs: Any) -> HttpResponse:
        grant = grant_of(request, public_id)
        why = reasons.given(request, public_id)
        if why is None:
            return _asked_first(request, public_id)
        viewer = _viewer(request.viewer, grant, why)
        with borrowed.about(
            request, grant.patient, viewer, _chart(request, viewer, grant, why), below(public_id)
        ):
            return view(request, *args, **kwargs)

    return staff_page()(inside)


def grant_of(request: AtWork, public_id: UUID) -> Grant:
    """By which grant they look. Raises Http404 where there is none, or none any more."""
    with or_404(reach.NotShared):
        return reach.grant_of(request.viewer, public_id)


def below(public_id: UUID) -> str:
    """Where a patient's pages stand for staff, without a slash at the end."""
    return reverse("portal:chart", args=[public_id]).rstrip("/")


def _asked_first(request: HttpRequest, public_id: UUID) -> HttpResponse:
    address = reverse("portal:chart_why", args=[public_id])
    to = request.get_full_path() if request.method in ("GET", "HEAD") else ""
    return redirect(f"{address}?{urlencode({'to': to})}" if to else address)


def _viewer(nobody: Viewer, grant: Grant, why: Why) -> Viewer:
    here = (grant.patient_id,)
    return replace(nobody, patients=here, grant_id=grant.pk, reason=why.reason, words=why.words)


def _chart(request: AtWork, viewer: Viewer, grant: Grant, why: Why) -> Chart:
    number, clinic = reach.number_of(viewer, grant.patient_id), request.membership.clinic.name
    return Chart(grant.patient, grant, scope_of(grant), number, why.text, clinic)
