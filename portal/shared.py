"""A patient's pages as a person sees them whom the patient named: by which grant, asked on each request.

The pages are those of the patient (`records.views`), below an address that says whose they are. What only a
patient does (connect, delete, share, say something themselves, take everything along) is not among them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from ground.absence import or_404
from portal import borrowed, carers
from portal.models import Patient
from portal.sharing_words import Scope, scope_of
from records.models import Grant
from records.services import reach

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Shared:
    """What stands above each page of a patient's records that a named person opens."""

    patient: Patient
    grant: Grant
    scope: Scope
    is_carer: bool = True


def shared_page(view: View) -> View:
    """A page about one patient, for whom they named and whose grant is good. To everybody else, and about
    everybody else, there is no such page.
    """

    @wraps(view)
    def inside(request: HttpRequest, public_id: UUID, *args: Any, **kwargs: Any) -> HttpResponse:
        asking: Any = request
        nobody = carers.of(asking.user)
        with or_404(reach.NotShared):
            grant = reach.grant_of(nobody, public_id)
        viewer = replace(nobody, patients=(grant.patient_id,), grant_id=grant.pk)
        shared = Shared(grant.patient, grant, scope_of(grant))
        address = reverse("portal:shared_one", args=[public_id]).rstrip("/")
        with borrowed.about(request, grant.patient, viewer, shared, address):
            return view(request, *args, **kwargs)

    return inside


shared_urls = (
    borrowed.behind(shared_page, borrowed.SHOWN),
    "shared",
)
