"""Registers `connect` with Django."""

from django.apps import AppConfig


class ConnectConfig(AppConfig):
    """Fetching."""

    name = "connect"
    verbose_name = "Connections"
    default_auto_field = "django.db.models.BigAutoField"
