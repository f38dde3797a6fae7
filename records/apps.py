"""Registers `records` with Django."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Keeping and showing."""

    name = "records"
    verbose_name = "Records"
    default_auto_field = "django.db.models.BigAutoField"
