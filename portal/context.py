"""What every page needs to draw its shell."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """Site name and logo, the patient in front of us, and whether this is the demo."""
    return {
        "site_name": settings.SITE_NAME,
        "site_logo": settings.SITE_LOGO,
        "support_email": settings.SUPPORT_EMAIL,
        "demo": settings.DEMO,
        "patient": getattr(request, "patient", None),
        "nav_kinds": (),
    }
