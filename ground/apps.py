"""Registers `ground` with Django, and the grants that go with each migration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class GroundConfig(AppConfig):
    """The floor of the house."""

    name = "ground"
    verbose_name = "Ground"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tie the database grants to migrations, and the looks that were forgotten to the log of looks."""
        from ground import audit, grants, witness  # noqa: PLC0415  (to be tied only once the apps are loaded)

        pre_migrate.connect(grants.prepare, dispatch_uid="ground.grants.prepare")
        post_migrate.connect(grants.tighten, dispatch_uid="ground.grants.tighten")
        witness.when_forgotten(audit.forgotten)
