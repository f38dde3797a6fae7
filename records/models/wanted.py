"""Files that a record names and that did not come with it."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from records.fhir import moments
from records.models.origin import Origin
from records.models.source import Source

ASKED: datetime = moments.FIRST
"""Stands in `changed_at` of a file that somebody has opened and waits for: it goes before all others."""


class Wanted(models.Model):
    """One Binary at a source's server that a record names. Fetched, it is a record like any other.

    Says where a patient was treated; deleted with its source.
    """

    class State(models.TextChoices):
        """`missing`: the server does not have it. `refused`: it does not hand it over."""

        WAITING = "waiting"
        HERE = "here"
        MISSING = "missing"
        REFUSED = "refused"
        TOO_LARGE = "too_large"
        FAILED = "failed"

    patient = models.ForeignKey("portal.Patient", on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="+")
    origin = models.ForeignKey(Origin, on_delete=models.PROTECT, related_name="+")
    fhir_id = models.TextField(help_text="of the Binary")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "wanted"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["patient", "origin", "fhir_id"], name="one_wanted_per_file")
        ]

    def __str__(self) -> str:
        return f"wanted {self.pk} ({self.state})"
