"""The request as these views get it."""

from typing import Any

from django.http import HttpRequest

from ground.viewer import Viewer


class Visit(HttpRequest):
    """A request on which `portal.middleware` has written who is looking. Only names the type; never made."""

    viewer: Viewer
    patient: Any
    held: list[Any]
