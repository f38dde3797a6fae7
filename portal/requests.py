"""What a request carries once our middleware has seen it. For types; nothing is made from it."""

from typing import Any

from django.http import HttpRequest

from ground.viewer import Viewer
from portal.models import Membership, Patient, User


class Request(HttpRequest):
    """A request with its id, the patient in front of us (None before they said whose) and who looks."""

    id: str
    patient: Patient | None
    viewer: Viewer


class SignedIn(Request):
    """A request of somebody who signed in: what views behind the sign-in are given."""

    user: User
    held: list[Patient]
    """All patients this user looks after, the first one first."""


class AtWork(SignedIn):
    """A request of somebody who works at a clinic and has a second step: what staff views are given."""

    membership: Membership
    chart: Any
    """On pages about one patient (`portal.charts`)."""
