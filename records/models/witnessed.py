"""What every model with health data is: its rows say that they were read (`ground.witness`)."""

from typing import Any

from django.db import models

from ground import witness


class Witnessed(models.Model):
    """A model whose rows each say whose they are when they are read.

    Numbers and names that are asked for as values do not: they are no record.
    """

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: Any, field_names: Any, values: Any, **more: Any) -> Any:
        """As Django's."""
        made: Any = super().from_db(db, field_names, values, **more)
        known = made.__dict__
        witness.saw(known["patient_id"], known.get("kind", ""))
        return made
