"""Which database alias does what: the application's role for everything, the owner's for migrations alone."""

from typing import Any


class OwnerMigrates:
    """Migrations run as the owner; nothing else ever does."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Only the owner's alias may change tables."""
        return db == "owner"
