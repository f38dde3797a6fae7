"""The change feed: one number per patient that grows with every batch that changed something."""

from typing import ClassVar

from django.db import models

from records.models.origin import Origin
from records.models.source import Source


class Feed(models.Model):
    """The last number of a patient's feed. Deleted with the patient."""

    patient = models.OneToOneField(
        "portal.Patient", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"feed {self.pk}"


class Seen(models.Model):
    """Up to which number of a patient's feed a user has looked. Deleted with the patient."""

    patient = models.ForeignKey("portal.Patient", on_delete=models.CASCADE, related_name="+")
    user_id = models.BigIntegerField()
    number = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "seen"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["patient", "user_id"], name="one_seen_per_user_and_patient")
        ]

    def __str__(self) -> str:
        return f"seen {self.pk}"


class Looked(models.Model):
    """A record that a user has opened since the number they have looked up to, and the number it had then.

    Says of one record what `Seen` says of all. There are never more than records that moved since: when
    `Seen` comes past a number, the rows up to it go. Deleted with its source or the patient.
    """

    patient = models.ForeignKey("portal.Patient", on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="+")
    user_id = models.BigIntegerField()
    origin = models.ForeignKey(Origin, on_delete=models.PROTECT, related_name="+")
    resource_type = models.TextField()
    fhir_id = models.TextField()
    number = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "looked"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["patient", "user_id", "origin", "resource_type", "fhir_id"],
                name="one_looked_per_user_and_record",
            )
        ]

    def __str__(self) -> str:
        return f"looked {self.pk}"
