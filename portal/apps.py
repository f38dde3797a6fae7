"""Registers the front door with Django."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The front door."""

    name = "portal"
    verbose_name = "Portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Switch on the checks and whatever listens to accounts."""
        from portal import checklist, checks, news, renewals, signals  # noqa: F401, PLC0415  (they need the apps)

        signals.listen()
