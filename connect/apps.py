"""Registers `connect` with Django."""

from django.apps import AppConfig


class ConnectConfig(AppConfig):
    """Fetching."""

    name = "connect"
    verbose_name = "Connections"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let jobs know what an import is, in the web process as in the worker."""
        from connect import tasks  # noqa: F401, PLC0415  (models are not there before the apps are loaded)
